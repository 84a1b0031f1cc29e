import { create, type DescMessage, fromBinary, type Message } from "@bufbuild/protobuf";
import { protoCamelCase } from "@bufbuild/protobuf/reflect";
import { base64Decode } from "@bufbuild/protobuf/wire";
import {
  type DescriptorProto,
  FileDescriptorProtoSchema,
  file_google_protobuf_descriptor,
} from "@bufbuild/protobuf/wkt";
import type { Plugin } from "rolldown";

/** A call that protoc-gen-es writes: the descriptor of a file in base64, and the descriptors of its imports. */
const FILE_DESC = /\bfileDesc\(\s*"([\w+/=]+)"(?:,\s*(\[[^\]]*\]))?,?\s*\)/g;

/** Looks like a path, because names of packages stay imports. */
const HELPER = "/descriptor-literals.js";

/** The types of the messages in a descriptor. A message refers to its type by index. */
const types: readonly DescMessage[] = withNested(file_google_protobuf_descriptor.messages).filter(
  // Descriptors that a compiler has checked have no such options.
  ({ name }) => name !== "UninterpretedOption",
);

function withNested(messages: readonly DescMessage[]): DescMessage[] {
  return messages.flatMap((message) => [message, ...withNested(message.nestedMessages)]);
}

/**
 * Writes the descriptors of proto files as object literals. Parsing their bytes at every start takes 20 ms, most of them for the
 * descriptor of descriptor.proto, which describes the bytes; literals do not need it.
 *
 * @param protobuf - the folder of the built files of @bufbuild/protobuf
 */
export function descriptorLiterals(protobuf: string): Plugin {
  return {
    name: "descriptor-literals",
    resolveId: (id) => (id === HELPER ? id : null),
    load: (id) => (id === HELPER ? helper(protobuf) : null),
    transform: (code) => {
      if (!code.includes("fileDesc(") || code.includes("function fileDesc(")) return null;
      const replaced = code.replace(FILE_DESC, (_, base64: string, imports: string = "[]") => {
        return `describedFile(JSON.parse(${textOf(literalOf(base64))}), ${imports})`;
      });
      if (replaced === code) return null;
      // Generated code has no lines that a stack trace could name, so it needs no mappings.
      return { code: `import { describedFile } from ${JSON.stringify(HELPER)};\n${replaced}`, map: { mappings: "" } };
    },
  };
}

/** Writes JSON as a string of JavaScript. V8 parses it faster than an object literal. */
function textOf(value: unknown): string {
  return `'${JSON.stringify(value).replace(/[\\']/g, "\\$&")}'`;
}

/** Returns a message with its type instead of its name, and without what its type determines. */
function literalOf(base64: string): unknown {
  const file = fromBinary(FileDescriptorProtoSchema, base64Decode(base64));
  file.messageType.forEach(restoreJsonNames);
  return literalValue(file);
}

/** The names of fields in JSON are left out of the bytes if they follow from the names. */
function restoreJsonNames({ field, nestedType }: DescriptorProto): void {
  for (const each of field) each.jsonName ||= protoCamelCase(each.name);
  nestedType.forEach(restoreJsonNames);
}

function literalValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(literalValue);
  if (typeof value !== "object" || value === null) return value;
  const { $typeName, $unknown, ...fields } = value as Message;
  const type = types.findIndex(({ typeName }) => typeName === $typeName);
  if (type < 0 || $unknown) throw new Error(`cannot write a literal of ${$typeName}: its type or a field is unknown`);
  const set = Object.entries(fields).filter(([, field]) => !Array.isArray(field) || field.length > 0);
  return { $: type, ...Object.fromEntries(set.map(([name, field]) => [name, literalValue(field)])) };
}

/** The code that turns a literal into a descriptor. The fields of a prototype have the defaults, as in the library's messages. */
function helper(protobuf: string): string {
  const table = types.map((type) => {
    const { $typeName, ...lists } = create(type);
    return [$typeName, Object.getPrototypeOf(create(type)), Object.keys(lists)];
  });
  return `
import { createEmbeddedFileRegistry } from ${JSON.stringify(`${protobuf}/registry.js`)};
const types = ${JSON.stringify(table)};
function messageOf({ $, ...fields }) {
  const [name, defaults, lists] = types[$];
  const message = Object.create(defaults);
  message.$typeName = name;
  for (const list of lists) message[list] = [];
  for (const key in fields) message[key] = valueOf(fields[key]);
  return message;
}
function valueOf(value) {
  if (Array.isArray(value)) return value.map(valueOf);
  return typeof value === "object" ? messageOf(value) : value;
}
export function describedFile(literal, imports) {
  const proto = messageOf(literal);
  proto.dependency = imports.map((file) => file.proto.name);
  const find = (name) => imports.find((file) => file.proto.name === name);
  return createEmbeddedFileRegistry(proto, find).getFile(proto.name);
}
`;
}
