import { PayloadInvalidError, type PayloadIssue } from "../core/errors/payload-invalid-error.ts";
import { printableText } from "../core/printable.ts";
import { childPath } from "./child-path.ts";
import type { SchemaIssue, SchemaResult, StandardSchema } from "./standard-schema.ts";

/**
 * Validates a value with any Standard Schema (https://standardschema.dev): zod, valibot, arktype and others.
 *
 * @param subject - a description of the value, for the message: `the payload of "process-order"`
 * @returns the output of the schema; a promise of it if the schema validates asynchronously
 * @throws PayloadInvalidError with all issues and their paths
 */
export function validate(schema: StandardSchema, value: unknown, subject: string): unknown {
  const result = schema["~standard"].validate(value);
  // Not `instanceof`: the promise may be of another realm.
  return "then" in result ? result.then((settled) => outputOf(settled, subject)) : outputOf(result, subject);
}

function outputOf(result: SchemaResult<unknown>, subject: string): unknown {
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map((issue) => ({ message: issue.message, path: pathOf(issue) }));
  throw new PayloadInvalidError(`${subject} does not match its schema: ${summary(issues)}`, issues);
}

/**
 * Checks that an `input` is a Standard Schema, or `undefined`. A schema can be a function, as those of arktype are.
 *
 * @throws TypeError that states the version to install, if the schema is of a library whose version is too old
 */
export function checkSchema(input: unknown, subject: string): void {
  if (input === undefined || isStandardSchema(input)) return;
  throw new TypeError(
    isOldZod(input)
      ? `${subject}: \`input\` is a schema of a zod version before 3.24, which is not a Standard Schema; run \`npm install zod@latest\``
      : `${subject}: \`input\` must be a Standard Schema, such as z.object({ … }) of zod 3.24 or later, valibot 1 or arktype 2`,
  );
}

function isStandardSchema(value: unknown): value is StandardSchema {
  const standard: unknown = Object(value)["~standard"];
  return typeof Object(standard).validate === "function";
}

/** The schemas of zod 3 have a definition with the name of their class. */
function isOldZod(value: unknown): boolean {
  const { _def: definition, safeParse } = Object(value);
  return typeof safeParse === "function" && String(Object(definition).typeName).startsWith("Zod");
}

function pathOf(issue: SchemaIssue): string {
  return (issue.path ?? []).reduce<string>(
    (path, segment) => childPath(path, typeof segment === "object" ? segment.key : segment),
    "payload",
  );
}

function summary(issues: readonly PayloadIssue[]): string {
  // Keys and values of a received payload can be part of both.
  const texts = issues.slice(0, 3).map(({ path, message }) => `${printableText(path)}: ${printableText(message)}`);
  return issues.length > 3 ? `${texts.join("; ")}; and ${issues.length - 3} more` : texts.join("; ");
}
