import { z } from "zod";

/** Inputs that several tools share. */
export const queueField = z.string().min(1).describe("The id of a queue, such as mail, or its full name");
export const taskField = z.string().min(1).describe("QUEUE/ID, as in mail/1234567890, or the full name of a task");
export const definitionField = z.string().min(1).describe("The name of a task definition");

/** The maximum number of items of a list. */
export function limitField(most: number): z.ZodDefault<z.ZodInt> {
  return z.int().min(1).max(most).default(20).describe("The maximum number of items");
}
