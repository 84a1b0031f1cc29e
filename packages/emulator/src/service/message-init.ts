import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";

/** The fields of a message, before it is one: what both versions of the API share can be made into a message of either. */
export type MessageInit<Desc extends DescMessage> = Omit<
  Extract<MessageInitShape<Desc>, { $typeName?: never }>,
  "$typeName"
>;
