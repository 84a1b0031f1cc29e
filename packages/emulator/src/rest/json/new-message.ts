import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";

/** Adds the objects and arrays of a new message, which messages must not share. */
type Complete = (message: Record<string, unknown>) => void;

interface Template {
  readonly message: object;
  readonly complete: Complete;
}

const templates = new Map<DescMessage, Template>();

/** Creates an empty message as a copy, which takes a fraction of the time of `create()`. */
export function newMessage<Desc extends DescMessage>(schema: Desc): MessageShape<Desc> {
  const { message, complete } = templates.get(schema) ?? addTemplate(schema);
  const copy = { ...message } as MessageShape<Desc>;
  complete(copy as unknown as Record<string, unknown>);
  return copy;
}

function addTemplate(schema: DescMessage): Template {
  const template: Template = { message: create(schema), complete: completeOf(schema) };
  templates.set(schema, template);
  return template;
}

function completeOf(schema: DescMessage): Complete {
  const lists = schema.fields.filter(({ fieldKind }) => fieldKind === "list").map(({ localName }) => localName);
  const maps = schema.fields.filter(({ fieldKind }) => fieldKind === "map").map(({ localName }) => localName);
  const oneofs = schema.oneofs.map(({ localName }) => localName);
  return (message) => {
    for (const name of lists) message[name] = [];
    for (const name of maps) message[name] = {};
    for (const name of oneofs) message[name] = { case: undefined };
  };
}
