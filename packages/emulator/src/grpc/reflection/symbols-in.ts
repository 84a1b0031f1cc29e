import type { DescEnum, DescFile, DescMessage, DescService } from "@bufbuild/protobuf";

/** Returns the full names of everything that a file declares: messages, fields, oneofs, enums, their values, services, methods. */
export function symbolsIn({ messages, enums, services }: DescFile): string[] {
  return [
    ...messages.flatMap(symbolsOfMessage),
    ...enums.flatMap(symbolsOfEnum),
    ...services.flatMap(symbolsOfService),
  ];
}

function symbolsOfMessage({ typeName, fields, oneofs, nestedMessages, nestedEnums }: DescMessage): string[] {
  const members = [...fields, ...oneofs].map(({ name }) => `${typeName}.${name}`);
  return [typeName, ...members, ...nestedMessages.flatMap(symbolsOfMessage), ...nestedEnums.flatMap(symbolsOfEnum)];
}

/** The values of an enum belong to the scope of the enum itself. Source: google/protobuf/descriptor.proto */
function symbolsOfEnum({ typeName, values }: DescEnum): string[] {
  const scope = typeName.slice(0, typeName.lastIndexOf(".") + 1);
  return [typeName, ...values.map(({ name }) => scope + name)];
}

function symbolsOfService({ typeName, methods }: DescService): string[] {
  return [typeName, ...methods.map(({ name }) => `${typeName}.${name}`)];
}
