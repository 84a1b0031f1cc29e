import { ApiError } from "../../core/errors/api-error.ts";
import { hasCode } from "../../core/errors/has-code.ts";
import type { BatchItem } from "./batch.ts";

/**
 * Lets only one of several creates with the same name be sent, because Cloud Tasks rejects a batch that contains a name twice.
 * After that create has succeeded, or found the name taken, the name is taken for the others. If it fails, the others are sent
 * one by one.
 */
export class NameClaims {
  readonly #waiting = new Map<string, BatchItem[]>();

  /**
   * Claims the name of a create, and returns the create to send. Returns `undefined` if it waits for another one with its name.
   *
   * @param sendAlone - sends a create that has waited
   */
  claim(item: BatchItem, sendAlone: (item: BatchItem) => void): BatchItem | undefined {
    const { name } = item.call;
    if (name === undefined) return item;
    const waiting = this.#waiting.get(name);
    if (waiting !== undefined) {
      waiting.push(item);
      return undefined;
    }
    this.#waiting.set(name, []);
    return {
      ...item,
      resolve: (answer) => {
        item.resolve(answer);
        this.#release(name, rejectTaken);
      },
      reject: (error) => {
        item.reject(error);
        const isTaken = hasCode(error, "API_ERROR") && error.status === "ALREADY_EXISTS";
        this.#release(name, isTaken ? rejectTaken : sendAlone);
      },
    };
  }

  #release(name: string, settle: (item: BatchItem) => void): void {
    const waiting = this.#waiting.get(name) ?? [];
    this.#waiting.delete(name);
    for (const item of waiting) settle(item);
  }
}

function rejectTaken({ call, reject }: BatchItem): void {
  const message = `Could not ${call.action}: 409 ALREADY_EXISTS: another task of this call has the name ${call.name}.`;
  const apiMessage = "Requested entity already exists";
  reject(new ApiError(message, { status: "ALREADY_EXISTS", httpStatus: 409, apiMessage }));
}
