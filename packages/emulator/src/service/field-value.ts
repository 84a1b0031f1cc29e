import type { DescField } from "@bufbuild/protobuf";

/** The value of a field of a message; undefined if it is unset, or another field of its oneof is set. */
export function fieldValue(message: unknown, { localName, oneof }: DescField): unknown {
  const fields = message as Readonly<Record<string, unknown>> | undefined;
  if (!oneof) return fields?.[localName];
  const member = fields?.[oneof.localName] as { readonly case?: string; readonly value?: unknown } | undefined;
  return member?.case === localName ? member.value : undefined;
}
