import { httpStatusOf, QUEUES_HEADER } from "cloudtask/internal";
import { detailJson } from "../service/error-details.ts";
import { QueueNotFoundError } from "../service/queue-not-found-error.ts";
import { RpcError } from "../service/rpc-error.ts";
import { HttpError } from "./http-error.ts";

/** The response to an HTTP request, before it is written. */
export interface Answer {
  readonly status: number;
  /** Written as JSON, unless it is HTML. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer to a failed call: `{"error":{code,message,status,details}}`. */
export function errorAnswer(error: unknown): Answer {
  const rpc = RpcError.from(error);
  const code = rpc instanceof HttpError ? rpc.httpStatus : httpStatusOf(rpc.status);
  const details = rpc.details.map(detailJson);
  const answer = failure(code, rpc.message, rpc.status, details);
  return rpc instanceof QueueNotFoundError
    ? { ...answer, headers: { [QUEUES_HEADER]: rpc.existing.join(", ") } }
    : answer;
}

/** The answer to an unknown path. */
export function unknownPath(method: string, path: string): Answer {
  return failure(404, `The requested URL was not found on this server: ${method} ${path}`, "NOT_FOUND", []);
}

/** The answer to a known path with a wrong method. */
export function wrongMethod(method: string, path: string, allowed: readonly string[]): Answer {
  const message = `${method} is not a method of ${path}; it has ${allowed.join(", ")}.`;
  return { ...failure(405, message, "UNIMPLEMENTED", []), headers: { Allow: allowed.join(", ") } };
}

function failure(code: number, message: string, status: string, details: readonly unknown[]): Answer {
  const error = details.length > 0 ? { code, message, status, details } : { code, message, status };
  return { status: code, body: { error } };
}
