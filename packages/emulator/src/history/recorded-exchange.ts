import type { ReceivedResponse, SentRequest } from "../dispatch/exchange.ts";
import type { MaskedRequest, MaskedResponse } from "../emulator-events.ts";
import { HiddenValues } from "./masking/hidden-values.ts";
import { maskBody, maskHeaders, maskUrl } from "./masking/mask-http.ts";

/** A request or an answer with its secrets, but only with the beginning of its body. */
type Start<T> = Omit<T, "body" | "size"> & { readonly bytes: Uint8Array; readonly size: number };

/**
 * The same until someone looks: headers as JSON, bytes as characters. Ten thousand attempts with some twenty headers each
 * would be a million small objects otherwise, which cost more to keep than all the rest of an attempt costs to make.
 */
type Kept<T> = Omit<Start<T>, "headers" | "bytes"> & { readonly headers: string; readonly latin1: string };

type Packed = Pick<Kept<SentRequest>, "headers" | "latin1">;

/** An exchange as it may be shown. */
export interface MaskedExchange {
  readonly request: MaskedRequest | undefined;
  readonly response: MaskedResponse | undefined;
}

/**
 * What is seen of an attempt while it is made. Masking is left until someone looks, because most attempts of a load test are
 * never looked at; then the unmasked is let go.
 */
export class RecordedExchange {
  readonly #bodyBytes: number;
  #request: Kept<SentRequest> | undefined;
  #response: Kept<ReceivedResponse> | undefined;
  #masked: MaskedExchange | undefined;
  #isOver = false;

  /** @param bodyBytes - how many bytes of each body to keep */
  constructor(bodyBytes: number) {
    this.#bodyBytes = bodyBytes;
  }

  onRequest({ method, url, headers, body }: SentRequest): void {
    if (this.#isOver) return;
    this.#request = { method, url, headers: JSON.stringify(headers), latin1: this.#start(body), size: body.length };
  }

  onResponse({ status, headers, body, size }: ReceivedResponse): void {
    if (this.#isOver) return;
    this.#response = { status, headers: JSON.stringify(headers), latin1: this.#start(body), size };
  }

  /**
   * From here on nothing counts: what came later, came too late.
   *
   * @returns about how much memory this takes, in bytes
   */
  end(): number {
    this.#isOver = true;
    return bytesOf(this.#request) + bytesOf(this.#response) + (this.#request?.url.length ?? 0);
  }

  masked(): MaskedExchange {
    if (!this.#masked) {
      this.#masked = maskedExchange(this.#request, this.#response);
      this.#request = undefined;
      this.#response = undefined;
    }
    return this.#masked;
  }

  /** A copy: a part of it would keep the whole in memory. */
  #start({ buffer, byteOffset, length }: Uint8Array): string {
    return Buffer.from(buffer, byteOffset, Math.min(length, this.#bodyBytes)).toString("latin1");
  }
}

function maskedExchange(
  request: Kept<SentRequest> | undefined,
  response: Kept<ReceivedResponse> | undefined,
): MaskedExchange {
  const hidden = new HiddenValues();
  return {
    request: request && maskRequest({ ...request, ...unpacked(request) }, hidden),
    response: response && maskResponse({ ...response, ...unpacked(response) }, hidden),
  };
}

function unpacked({ headers, latin1 }: Packed): {
  readonly headers: SentRequest["headers"];
  readonly bytes: Uint8Array;
} {
  return { headers: JSON.parse(headers) as SentRequest["headers"], bytes: Buffer.from(latin1, "latin1") };
}

/** @returns a request without its secrets, which are noted */
export function maskRequest(request: Start<SentRequest>, hidden: HiddenValues): MaskedRequest {
  const { method, url, headers } = request;
  const masked = maskHeaders(headers, hidden);
  const maskedUrl = maskUrl(url, hidden);
  const body = maskBody({ ...request, type: typeOf(headers) }, hidden);
  return { method, url: hidden.scrub(maskedUrl), headers: scrubHeaders(masked, hidden), ...body };
}

function maskResponse(response: Start<ReceivedResponse>, hidden: HiddenValues): MaskedResponse {
  const { status, headers } = response;
  const masked = maskHeaders(headers, hidden);
  const body = maskBody({ ...response, type: typeOf(headers) }, hidden);
  return { status, headers: scrubHeaders(masked, hidden), ...body };
}

function scrubHeaders(headers: MaskedRequest["headers"], hidden: HiddenValues): MaskedRequest["headers"] {
  return headers.map(([name, value]) => [name, hidden.scrub(value)]);
}

function typeOf(headers: SentRequest["headers"]): string {
  return headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
}

function bytesOf(kept: Packed | undefined): number {
  return kept ? kept.headers.length + kept.latin1.length : 0;
}
