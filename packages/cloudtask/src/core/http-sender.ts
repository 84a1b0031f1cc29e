/** A small HTTP request: the body is whole, the headers are single values. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Gives the request up; its reason is what the returned promise rejects with. */
  readonly signal: AbortSignal;
}

/** A small HTTP answer: the body is whole, header names are in lower case. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends small requests over kept connections. One per client, closed with it. */
export interface HttpSender {
  /**
   * @param request - what to send
   * @returns the answer, whatever its status
   * @throws whatever the socket said where no answer came; the signal's reason where it was given up
   */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Closes the kept connections. */
  close(): Promise<void>;
}
