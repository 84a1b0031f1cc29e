import type { DescMessage, Message } from "@bufbuild/protobuf";
import type { FieldMask } from "@bufbuild/protobuf/wkt";
import { setValue } from "../engine/values.ts";
import { errorInfo } from "./error-details.ts";
import { invalidArgument, RpcError } from "./rpc-error.ts";
import type { ServiceContext } from "./service-context.ts";
import { checkMask } from "./update-mask.ts";

const keyName = /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/;

/** The longest `task_ttl` with which CMEK can be enabled: every queue of the location must have this or less. */
const LONGEST_TASK_TTL_MS = 60 * 86_400_000;

/** A CmekConfig of either version. */
export interface KeyConfig {
  readonly name: string;
  /** Empty if no key is set. */
  readonly kmsKey: string;
}

/** The calls about the encryption keys of locations. The emulator stores and returns the name of a key but encrypts nothing. */
export class CmekService {
  readonly #engine: ServiceContext["engine"];

  constructor({ engine }: ServiceContext) {
    this.#engine = engine;
  }

  getCmekConfig(name: string): KeyConfig {
    return { name, kmsKey: this.#engine.values.get(valueKey(name)) ?? "" };
  }

  /** @param mask - the fields to change; undefined changes all */
  async updateCmekConfig(
    schema: DescMessage,
    { name, kmsKey }: KeyConfig & Message,
    mask: FieldMask | undefined,
  ): Promise<KeyConfig> {
    const paths = mask?.paths ?? ["kms_key"];
    checkMask(schema, paths);
    if (!paths.includes("kms_key")) return this.getCmekConfig(name);
    if (kmsKey !== "") this.#checkKey(name, kmsKey);
    setValue(this.#engine, valueKey(name), kmsKey);
    await this.#engine.store.flushed();
    return { name, kmsKey };
  }

  #checkKey(name: string, kmsKey: string): void {
    const location = name.slice(0, name.lastIndexOf("/"));
    const queues = [...this.#engine.queues.values()].filter(({ record }) =>
      record.name.startsWith(`${location}/queues/`),
    );
    const preventsCmek = queues.some(({ record: { settings } }) => {
      return (settings.httpTarget?.headers.length ?? 0) > 0 || settings.taskTtlMs > LONGEST_TASK_TTL_MS;
    });
    if (preventsCmek) throw unsatisfiedPrecondition();
    if (!keyName.test(kmsKey)) {
      throw invalidArgument(`Resource name [${kmsKey}] does not match any known resource name pattern.`);
    }
  }
}

function unsatisfiedPrecondition(): RpcError {
  return new RpcError(
    "FAILED_PRECONDITION",
    "CMEK cannot be enabled on any project that has one or more queues with HTTP Target Override headers or tasks ttl of more than 60 days.",
    [errorInfo("UNSATISFIED_PRECONDITION_FOR_CMEK", "cloudtasks.googleapis.com")],
  );
}

function valueKey(name: string): string {
  return `cmek/${name}`;
}
