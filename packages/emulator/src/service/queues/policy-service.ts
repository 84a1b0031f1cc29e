import { randomBytes } from "node:crypto";
import { create, fromJsonString, toJsonString } from "@bufbuild/protobuf";
import { setQueuePolicy } from "../../engine/change-queue.ts";
import {
  type GetIamPolicyRequest,
  type SetIamPolicyRequest,
  type TestIamPermissionsRequest,
  type TestIamPermissionsResponse,
  TestIamPermissionsResponseSchema,
} from "../../gen/google/iam/v1/iam_policy_pb.ts";
import { type Policy, PolicySchema } from "../../gen/google/iam/v1/policy_pb.ts";
import { invalidArgument, RpcError } from "../rpc-error.ts";
import { existingQueue, type ServiceContext } from "../service-context.ts";
import { mergedBindings } from "./merged-bindings.ts";

/** The etag of a policy that was never set. */
const EMPTY_ETAG = Uint8Array.of(0x00, 0x20, 0x01);

const ETAG_BYTES = 8;

/**
 * The calls about access to queues. Policies are stored and returned but not enforced: the emulator does not authenticate its
 * callers, so every caller has every permission on an existing queue.
 */
export class PolicyService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  getIamPolicy({ resource }: GetIamPolicyRequest): Policy {
    return this.#policyOf(resource);
  }

  async setIamPolicy({ resource, policy, updateMask }: SetIamPolicyRequest): Promise<Policy> {
    const queue = existingQueue(this.#context, resource);
    if (!policy) throw invalidArgument("SetIamPolicyRequest.policy is required.");
    const current = this.#policyOf(resource);
    // Optimistic locking: `Policy.etag` in google/iam/v1/policy.proto.
    if (policy.etag.length > 0 && Buffer.compare(policy.etag, current.etag) !== 0) {
      throw concurrentChange(policy.etag, current.etag);
    }
    const updated = merged(current, policy, updateMask?.paths ?? []);
    setQueuePolicy(this.#context.engine, queue, toJsonString(PolicySchema, updated));
    await this.#context.engine.store.flushed();
    return updated;
  }

  testIamPermissions({ resource, permissions }: TestIamPermissionsRequest): TestIamPermissionsResponse {
    const exists = this.#context.engine.queues.has(resource);
    const wild = permissions.find((permission) => permission.includes("*"));
    if (wild !== undefined) throw invalidArgument(`Permissions with wildcards are not allowed: "${wild}".`);
    return create(TestIamPermissionsResponseSchema, { permissions: exists ? [...permissions].sort() : [] });
  }

  #policyOf(resource: string): Policy {
    const { policy } = existingQueue(this.#context, resource).record;
    return policy === undefined ? create(PolicySchema, { etag: EMPTY_ETAG }) : fromJsonString(PolicySchema, policy);
  }
}

/** Without `SetIamPolicyRequest.update_mask`, the bindings are replaced. Every update makes a new etag. */
function merged(current: Policy, requested: Policy, paths: readonly string[]): Policy {
  const fields = paths.length === 0 ? ["bindings"] : paths;
  const updated = create(PolicySchema, { ...current, version: 1, etag: randomBytes(ETAG_BYTES) });
  for (const field of fields) {
    if (field === "bindings") updated.bindings = mergedBindings(requested.bindings);
    else if (field === "audit_configs") updated.auditConfigs = requested.auditConfigs;
    else if (field !== "etag" && field !== "version") throw invalidArgument(`Invalid mask: ${field}`);
  }
  return updated;
}

function concurrentChange(requested: Uint8Array, current: Uint8Array): RpcError {
  return new RpcError(
    "ABORTED",
    `There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff. The request's ETag '${escaped(requested)}' did not match the current policy's ETag '${escaped(current)}'.`,
  );
}

const escapes: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  '"': '\\"',
  "'": "\\'",
  "\\": "\\\\",
};

/** Writes bytes with the escapes of C: those that do not print as octal numbers. */
function escaped(bytes: Uint8Array): string {
  const octal = (char: string): string => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`;
  return Buffer.from(bytes)
    .toString("latin1")
    .replace(/[^\x20-\x7e]|["'\\]/g, (char) => escapes[char] ?? octal(char));
}
