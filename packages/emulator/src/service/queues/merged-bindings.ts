import { create, toJsonString } from "@bufbuild/protobuf";
import { type Binding, BindingSchema } from "../../gen/google/iam/v1/policy_pb.ts";
import { type Expr, ExprSchema } from "../../gen/google/type/expr_pb.ts";

/** Merges the bindings of the same role and condition into one, with each member once. Bindings without members are dropped. */
export function mergedBindings(bindings: readonly Binding[]): Binding[] {
  const merged = new Map<string, Binding>();
  for (const binding of bindings) {
    const key = `${binding.role} ${conditionKey(binding.condition)}`;
    const members = [...(merged.get(key)?.members ?? []), ...binding.members];
    merged.set(key, create(BindingSchema, { ...binding, members: [...new Set(members)] }));
  }
  return [...merged.values()].filter(({ members }) => members.length > 0);
}

function conditionKey(condition: Expr | undefined): string {
  return condition ? toJsonString(ExprSchema, condition) : "";
}
