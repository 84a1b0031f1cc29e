/** A request as sent to a target, including the headers and tokens that the emulator added. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  /** The headers in the order they are sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** The response of a target. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The first bytes of the body, `Observer.bodyBytes` at most. */
  readonly body: Uint8Array;
  /** The size of the body in bytes, as far as it was read. */
  readonly size: number;
  /** The URL that answered, if the request was redirected. */
  readonly redirectedTo?: string;
}

/** Observes the request of an attempt. */
export interface Observer {
  /** Aborts the request. The attempt then counts as unreachable. */
  readonly signal: AbortSignal;
  /** Bytes of the response body to pass to `onResponse`. */
  readonly bodyBytes: number;
  /** Called when the request is sent. */
  onRequest(request: SentRequest): void;
  /** Called when the response is complete. */
  onResponse(response: ReceivedResponse): void;
}
