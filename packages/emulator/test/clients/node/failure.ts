/** The failure of a call, equal over gRPC and REST. */
export interface Failure {
  /** A google.rpc.Code. */
  readonly code: number | undefined;
  readonly message: string;
  /** The descriptions of the links in google.rpc.Help. */
  readonly help: readonly string[];
}

/** The fields of Google's error objects that the tests read. */
interface GoogleFailure {
  readonly code?: number;
  readonly message: string;
  /** The message over gRPC, the packed details over REST. */
  readonly details?: unknown;
  readonly statusDetails?: readonly { readonly links?: readonly { readonly description?: string }[] }[];
}

/** @throws Error if the call succeeds */
export async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const error = await call.then(
    (answer) => Promise.reject(new Error(`expected a failure; received ${JSON.stringify(answer)}`)),
    (reason: GoogleFailure) => reason,
  );
  const links = (error.statusDetails ?? []).flatMap((detail) => detail.links ?? []);
  return {
    code: error.code,
    message: typeof error.details === "string" ? error.details : error.message,
    help: links.map(({ description = "" }) => description),
  };
}
