import { PayloadInvalidError, type PayloadIssue } from "../core/errors/payload-invalid-error.ts";
import { printableText } from "../core/printable.ts";
import { childPath } from "./child-path.ts";
import type { SchemaIssue, StandardSchema } from "./standard-schema.ts";

/**
 * Validates a value with any Standard Schema (https://standardschema.dev): zod, valibot, arktype and others.
 *
 * @param subject - a description of the value, for the message: `the payload of "process-order"`
 * @returns the output of the schema
 * @throws PayloadInvalidError with all issues and their paths
 */
export async function validate(schema: StandardSchema, value: unknown, subject: string): Promise<unknown> {
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map((issue) => ({ message: issue.message, path: pathOf(issue) }));
  throw new PayloadInvalidError(`${subject} does not match its schema: ${summary(issues)}`, issues);
}

/** Checks whether a value is a Standard Schema. It can be a function, as those of arktype are. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  const standard: unknown = (value as Partial<StandardSchema>)["~standard"];
  return typeof (standard as Partial<StandardSchema["~standard"]> | undefined)?.validate === "function";
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
