/** How a call failed, the same whichever way it went. */
export interface Failure {
  /** A google.rpc.Code. */
  readonly code: number | undefined;
  readonly message: string;
  /** What the links of google.rpc.Help say. */
  readonly help: readonly string[];
}

/** Any object of Google's, as far as it is looked at. */
interface GoogleFailure {
  readonly code?: number;
  readonly message: string;
  /** Over gRPC the message alone, over REST the packed details. */
  readonly details?: unknown;
  readonly statusDetails?: readonly { readonly links?: readonly { readonly description?: string }[] }[];
}

/**
 * @param call - a call that has to fail
 * @throws Error where it succeeds
 */
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
