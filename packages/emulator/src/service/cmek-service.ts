import { setValue } from "../engine/values.ts";
import { checkLocationName } from "./resource-names.ts";
import { invalidArgument } from "./rpc-error.ts";
import type { ServiceContext } from "./service-context.ts";

const suffix = "/cmekConfig";
const keyName = /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/;

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
    checkName(name);
    return { name, kmsKey: this.#engine.values.get(valueKey(name)) ?? "" };
  }

  async updateCmekConfig(config: KeyConfig | undefined, paths: readonly string[]): Promise<KeyConfig> {
    if (!config) throw invalidArgument("UpdateCmekConfigRequest.cmekConfig is required.");
    const { name, kmsKey } = config;
    checkName(name);
    const unknown = paths.find((path) => !["kms_key", "kmsKey", "name", "*"].includes(path));
    if (unknown !== undefined) {
      throw invalidArgument(`Invalid update mask: "${unknown}" is not a field of a CmekConfig.`);
    }
    if (kmsKey !== "" && !keyName.test(kmsKey)) {
      throw invalidArgument(
        'CmekConfig.kmsKey must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/keyRings/<KEY_RING>/cryptoKeys/<KEY>".',
      );
    }
    setValue(this.#engine, valueKey(name), kmsKey);
    await this.#engine.store.flushed();
    return { name, kmsKey };
  }
}

function checkName(name: string): void {
  if (!name.endsWith(suffix)) throw invalidArgument("Invalid resource field value in the request.");
  checkLocationName(name.slice(0, -suffix.length));
}

function valueKey(name: string): string {
  return `cmek/${name}`;
}
