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
 * The calls about access to queues. Policies are stored and returned but not enforced: the emulator does not authenticate its
 * callers, so every caller has every permission on an existing queue.
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
    // Optimistic locking: `Policy.etag` in google/iam/v1/policy.proto.
    if (policy.etag.length > 0 && Buffer.compare(policy.etag, etagOf(current)) !== 0) {
      throw new RpcError("ABORTED", "There were concurrent policy changes. Please retry the whole read-modify-write.");
    }
    const updated = merged(current, policy, updateMask?.paths ?? []);
    setQueuePolicy(this.#context.engine, queue, toJsonString(PolicySchema, updated));
    await this.#context.engine.store.flushed();
    return withEtag(updated);
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

/** Without `SetIamPolicyRequest.update_mask`, version and bindings are replaced. The etag is computed, so none is stored. */
function merged(current: Policy, requested: Policy, paths: readonly string[]): Policy {
  const fields = paths.length === 0 ? ["version", "bindings"] : paths;
  const updated = create(PolicySchema, current);
  for (const field of fields) {
    if (field === "bindings") updated.bindings = requested.bindings;
    else if (field === "version") updated.version = requested.version;
    else if (field === "audit_configs" || field === "auditConfigs") updated.auditConfigs = requested.auditConfigs;
    else if (field !== "etag") throw invalidArgument(`Invalid update mask: "${field}" is not a field of a Policy.`);
  }
  updated.etag = new Uint8Array();
  return updated;
}

function withEtag(policy: Policy): Policy {
  return create(PolicySchema, { ...policy, etag: etagOf(policy) });
}

/** A hash of the policy, so the etag survives a restart. */
function etagOf(policy: Policy): Uint8Array {
  return createHash("sha256").update(toJsonString(PolicySchema, policy)).digest().subarray(0, 8);
}
