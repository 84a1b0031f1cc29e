import { createHash } from "node:crypto";
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
import { checkQueueReference } from "../resource-names.ts";
import { invalidArgument, RpcError } from "../rpc-error.ts";
import { existingQueue, type ServiceContext } from "../service-context.ts";

/**
 * The calls about access to queues. Policies are kept and given back; the emulator itself asks nobody who he is, so everyone
 * has every permission on a queue that exists.
 */
export class PolicyService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  getIamPolicy({ resource }: GetIamPolicyRequest): Policy {
    checkQueueReference(resource);
    return withEtag(this.#policyOf(resource));
  }

  async setIamPolicy({ resource, policy, updateMask }: SetIamPolicyRequest): Promise<Policy> {
    checkQueueReference(resource);
    if (!policy) throw invalidArgument("SetIamPolicyRequest.policy is required.");
    const queue = existingQueue(this.#context, resource);
    const current = this.#policyOf(resource);
    // Read, change, write: `Policy.etag` in google/iam/v1/policy.proto.
    if (policy.etag.length > 0 && Buffer.compare(policy.etag, etagOf(current)) !== 0) {
      throw new RpcError("ABORTED", "There were concurrent policy changes. Please retry the whole read-modify-write.");
    }
    const kept = merged(current, policy, updateMask?.paths ?? []);
    setQueuePolicy(this.#context.engine, queue, toJsonString(PolicySchema, kept));
    await this.#context.engine.store.flushed();
    return withEtag(kept);
  }

  testIamPermissions({ resource, permissions }: TestIamPermissionsRequest): TestIamPermissionsResponse {
    const exists = this.#context.engine.queues.has(resource);
    const wild = permissions.find((permission) => permission.includes("*"));
    if (wild !== undefined) throw invalidArgument(`Permissions with wildcards are not allowed: "${wild}".`);
    return create(TestIamPermissionsResponseSchema, { permissions: exists ? permissions : [] });
  }

  #policyOf(resource: string): Policy {
    const { policy } = existingQueue(this.#context, resource).record;
    return policy === undefined ? create(PolicySchema) : fromJsonString(PolicySchema, policy);
  }
}

/** `SetIamPolicyRequest.update_mask`: without one, bindings are set. An etag is computed, so none is kept. */
function merged(current: Policy, wanted: Policy, paths: readonly string[]): Policy {
  const fields = paths.length === 0 ? ["version", "bindings"] : paths;
  const kept = create(PolicySchema, current);
  for (const field of fields) {
    if (field === "bindings") kept.bindings = wanted.bindings;
    else if (field === "version") kept.version = wanted.version;
    else if (field === "audit_configs" || field === "auditConfigs") kept.auditConfigs = wanted.auditConfigs;
    else if (field !== "etag") throw invalidArgument(`Invalid update mask: "${field}" is not a field of a Policy.`);
  }
  kept.etag = new Uint8Array();
  return kept;
}

function withEtag(policy: Policy): Policy {
  return create(PolicySchema, { ...policy, etag: etagOf(policy) });
}

/** The same policy has the same etag, also after a restart. */
function etagOf(policy: Policy): Uint8Array {
  return createHash("sha256").update(toJsonString(PolicySchema, policy)).digest().subarray(0, 8);
}
