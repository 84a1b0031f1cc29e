import type { TargetUrl } from "./target-url.ts";

/** A request as sent to a target, including the headers and tokens that the emulator added. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  /** The headers in the order they are sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** A request that is ready to be sent. */
export interface PreparedRequest extends SentRequest {
  /** The parsed URL. */
  readonly target: TargetUrl;
  /** The request line and the headers as they are sent. */
  readonly head: string;
}

/** The response of a target. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The status line and the headers as they were received, without the empty line; unset if the target was not asked. */
  readonly head?: string;
  /** The first bytes of the body, `Observer.bodyBytes` at most. */
  readonly body: Uint8Array;
  /** The size of the body in bytes, as far as it was read. */
  readonly size: number;
  /** The URL that answered, if the request was redirected. */
  readonly redirectedTo?: string;
}

/** Ends an attempt. The part of an `AbortSignal` that is needed: creating one for each attempt would be expensive. */
export interface EndSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Observes the request of an attempt. */
export interface Observer {
  /** Aborts the request. The attempt then counts as unreachable. */
  readonly signal: EndSignal;
  /** Bytes of the response body to pass to `onResponse`. */
  readonly bodyBytes: number;
  /** Called when the request is sent. */
  onRequest(request: PreparedRequest): void;
  /** Called when the response is complete. */
  onResponse(response: ReceivedResponse): void;
}
