import { PayloadInvalidError, type PayloadIssue } from "../core/errors/payload-invalid-error.ts";
import { childPath } from "./child-path.ts";
import type { SchemaIssue, StandardSchema } from "./standard-schema.ts";

/**
 * @param schema - any Standard Schema (https://standardschema.dev): zod, valibot, arktype …
 * @param value - what to validate
 * @param about - what it is, for the message: `the payload of "process-order"`
 * @returns the schema's output
 * @throws PayloadInvalidError with every issue and its path
 */
export async function validate(schema: StandardSchema, value: unknown, about: string): Promise<unknown> {
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map((issue) => ({ message: issue.message, path: pathOf(issue) }));
  throw new PayloadInvalidError(`${about} does not fit its schema: ${summary(issues)}`, issues);
}

/** @returns whether a value is a Standard Schema; arktype's are functions */
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
  const shown = issues.slice(0, 3).map(({ path, message }) => `${path}: ${message}`);
  return issues.length > 3 ? `${shown.join("; ")}; and ${issues.length - 3} more` : shown.join("; ");
}
