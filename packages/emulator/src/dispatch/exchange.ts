/** A request as it goes out to a target: what the emulator added is in it, tokens too. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  /** In the order in which they are sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** What came back. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The first bytes of the body, as many as were asked for. */
  readonly body: Uint8Array;
  /** How large the body was, in bytes, as far as it was read. */
  readonly size: number;
}

/** Who looks on while an attempt is made. */
export interface Observer {
  /** Gives the request up, which counts as unreachable. */
  readonly signal: AbortSignal;
  /** How many bytes of the answer's body to hand over. */
  readonly bodyBytes: number;
  /** Called when the request goes out. */
  onRequest(request: SentRequest): void;
  /** Called when the answer is complete. */
  onResponse(response: ReceivedResponse): void;
}
