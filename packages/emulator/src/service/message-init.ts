import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";

/** The fields of a message without its type, so both versions of the API can create their message from the same fields. */
export type MessageInit<Desc extends DescMessage> = Omit<
  Extract<MessageInitShape<Desc>, { $typeName?: never }>,
  "$typeName"
>;
