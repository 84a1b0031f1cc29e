import { clone, create, type DescField, type DescMessage, type Message, type MessageShape } from "@bufbuild/protobuf";
import { fieldValue } from "./field-value.ts";
import { invalidArgument } from "./rpc-error.ts";

type Fields = Record<string, unknown>;

/**
 * Returns a message after an update: each path is copied from the request. A field that the request leaves out is cleared.
 *
 * @param paths - the fields to update, in snake_case; a dot separates a nested field
 * @throws RpcError for a path that is not a field
 */
export function applyUpdateMask<Desc extends DescMessage>(
  schema: Desc,
  { current, requested, paths }: MaskedUpdate<MessageShape<Desc>>,
): MessageShape<Desc> {
  const updated = clone(schema, current);
  for (const path of paths) copyField(updated, requested, fieldsOf(schema, path));
  return updated;
}

/** An update of a message by a mask. */
export interface MaskedUpdate<Shape extends Message> {
  readonly current: Shape;
  readonly requested: Shape;
  readonly paths: readonly string[];
}

/** @throws RpcError for the first path that is not a field */
export function checkMask(schema: DescMessage, paths: readonly string[]): void {
  for (const path of paths) fieldsOf(schema, path);
}

/** The fields along a path. */
function fieldsOf(schema: DescMessage, path: string): readonly DescField[] {
  let parent: DescMessage | undefined = schema;
  return path.split(".").map((name) => {
    const field = parent?.fields.find((each) => each.name === name);
    if (!field) throw invalidArgument(`Invalid mask: ${path}`);
    parent = field.fieldKind === "message" ? field.message : undefined;
    return field;
  });
}

/** @param source - the message of the request; undefined if the request does not have it */
function copyField(target: Message, source: Message | undefined, [field, ...rest]: readonly DescField[]): void {
  if (!field) return;
  const value = fieldValue(source, field);
  if (rest.length === 0) {
    setValue(target, field, value);
    return;
  }
  if (field.fieldKind !== "message") return;
  const current = fieldValue(target, field);
  const isAbsent = value === undefined && current === undefined;
  // A token of one kind is not created to set or clear a field of it.
  if (isAbsent && (field.oneof || clearsMessage(rest))) return;
  const inner = (current ?? create(field.message)) as Message;
  setValue(target, field, inner);
  copyField(inner, value as Message | undefined, rest);
}

/** Whether the path ends at a message: its absence needs no parent. */
function clearsMessage(rest: readonly DescField[]): boolean {
  return rest.at(-1)?.fieldKind === "message";
}

function setValue(message: Message, field: DescField, value: unknown): void {
  const fields = message as unknown as Fields;
  const { localName, oneof } = field;
  if (!oneof) {
    if (value === undefined) clearField(fields, field);
    else fields[localName] = value;
  } else if (value !== undefined) {
    fields[oneof.localName] = { case: localName, value };
  } else if (fieldValue(message, field) !== undefined) {
    fields[oneof.localName] = { case: undefined };
  }
}

/** Restores the default of the field, which is a zero, an empty list, or nothing. */
function clearField(fields: Fields, { localName, parent }: DescField): void {
  fields[localName] = (create(parent) as unknown as Fields)[localName];
}
