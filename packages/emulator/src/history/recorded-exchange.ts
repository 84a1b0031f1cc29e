import type { ReceivedResponse, SentRequest } from "../dispatch/exchange.ts";
import type { MaskedRequest, MaskedResponse } from "../emulator-events.ts";
import { HiddenValues } from "./masking/hidden-values.ts";
import { maskBody, maskHeaders, maskUrl } from "./masking/mask-http.ts";
import { maskText } from "./masking/mask-text.ts";
import type { SecretNames } from "./masking/secret-names.ts";
import { tokenClaims } from "./token-claims.ts";

/** A request or response that is not masked, with only the beginning of its body. */
type Unmasked<T> = Omit<T, "body" | "size"> & { readonly bytes: Uint8Array; readonly size: number };

/**
 * The compact form that is kept until the exchange is read: headers as JSON, bytes as characters. Ten thousand attempts with
 * twenty headers each would otherwise be a million small objects, which are expensive for the garbage collector.
 */
type Packed<T> = Omit<Unmasked<T>, "headers" | "bytes"> & { readonly headers: string; readonly latin1: string };

type PackedParts = Pick<Packed<SentRequest>, "headers" | "latin1">;

/** A request and its response without secrets. */
export interface MaskedExchange {
  readonly request: MaskedRequest | undefined;
  readonly response: MaskedResponse | undefined;
}

/**
 * Records the request and the response of an attempt. They are masked when they are read for the first time, because most
 * attempts of a load test are never read. The unmasked form is then dropped.
 */
export class RecordedExchange {
  /** Bytes of each body to keep. */
  readonly bodyBytes: number;
  readonly #names: SecretNames;
  #request: Packed<SentRequest> | undefined;
  #response: Packed<ReceivedResponse> | undefined;
  #masked: MaskedExchange | undefined;
  #isDiscarded = false;
  #hasEnded = false;

  /**
   * @param bodyBytes - bytes of each body to keep
   * @param names - the names that mark a secret
   */
  constructor(bodyBytes: number, names: SecretNames) {
    this.bodyBytes = bodyBytes;
    this.#names = names;
  }

  onRequest({ method, url, headers, body }: SentRequest): void {
    if (this.#hasEnded) return;
    this.#request = {
      method,
      url,
      headers: JSON.stringify(headers),
      latin1: this.#firstBytes(body),
      size: body.length,
    };
  }

  onResponse({ headers, body, ...response }: ReceivedResponse): void {
    if (this.#hasEnded) return;
    this.#isDiscarded = headerOf(headers, "cloudtask-outcome") === "discarded";
    this.#response = { ...response, headers: JSON.stringify(headers), latin1: this.#firstBytes(body) };
  }

  /**
   * Ends the recording: a later request or response is ignored.
   *
   * @returns the approximate memory of this exchange, in bytes
   */
  end(): number {
    this.#hasEnded = true;
    return bytesOf(this.#request) + bytesOf(this.#response) + (this.#request?.url.length ?? 0);
  }

  masked(): MaskedExchange {
    if (!this.#masked) {
      this.#masked = maskedExchange(this.#request, this.#response, new HiddenValues(this.#names));
      this.#request = undefined;
      this.#response = undefined;
    }
    return this.#masked;
  }

  /** Whether the worker answered that it discarded the task. */
  get isDiscarded(): boolean {
    return this.#isDiscarded;
  }

  /** Masks the secrets in a text about the exchange, such as an error. */
  maskText(text: string): string {
    return maskText(text, new HiddenValues(this.#names));
  }

  /** Copies the first bytes. A subarray would keep the whole body in memory. */
  #firstBytes({ buffer, byteOffset, length }: Uint8Array): string {
    return Buffer.from(buffer, byteOffset, Math.min(length, this.bodyBytes)).toString("latin1");
  }
}

function maskedExchange(
  request: Packed<SentRequest> | undefined,
  response: Packed<ReceivedResponse> | undefined,
  hidden: HiddenValues,
): MaskedExchange {
  return {
    request: request && maskSentRequest({ ...request, ...unpack(request) }, hidden),
    response: response && maskResponse({ ...response, ...unpack(response) }, hidden),
  };
}

function unpack({ headers, latin1 }: PackedParts): {
  readonly headers: SentRequest["headers"];
  readonly bytes: Uint8Array;
} {
  return { headers: JSON.parse(headers) as SentRequest["headers"], bytes: Buffer.from(latin1, "latin1") };
}

function maskSentRequest(request: Unmasked<SentRequest>, hidden: HiddenValues): MaskedRequest {
  const claims = tokenClaims(headerOf(request.headers, "authorization"));
  return { ...maskRequest(request, hidden), ...(claims && { tokenClaims: claims }) };
}

/** Masks the secrets in a request and adds them to `hidden`. */
export function maskRequest(request: Unmasked<SentRequest>, hidden: HiddenValues): MaskedRequest {
  const { method, url, headers } = request;
  const masked = maskHeaders(headers, hidden);
  const maskedUrl = maskUrl(url, hidden);
  const body = maskBody({ ...request, ...formatOf(headers) }, hidden);
  return { method, url: hidden.scrub(maskedUrl), headers: scrubHeaders(masked, hidden), ...body };
}

function maskResponse(response: Unmasked<ReceivedResponse>, hidden: HiddenValues): MaskedResponse {
  const { status, headers, redirectedTo } = response;
  const masked = maskHeaders(headers, hidden);
  const answeredBy = redirectedTo === undefined ? {} : { redirectedTo: hidden.scrub(maskUrl(redirectedTo, hidden)) };
  const body = maskBody({ ...response, ...formatOf(headers) }, hidden);
  return { status, ...answeredBy, headers: scrubHeaders(masked, hidden), ...body };
}

function scrubHeaders(headers: MaskedRequest["headers"], hidden: HiddenValues): MaskedRequest["headers"] {
  if (hidden.isEmpty) return headers;
  return headers.map(([name, value]) => [name, hidden.scrub(value)]);
}

function formatOf(headers: SentRequest["headers"]): { readonly type: string; readonly encoding: string } {
  return { type: headerOf(headers, "content-type") ?? "", encoding: headerOf(headers, "content-encoding") ?? "" };
}

/** @param lowerName - the name of the header in lower case */
function headerOf(headers: SentRequest["headers"], lowerName: string): string | undefined {
  // The length is compared first: this runs for each header of each attempt.
  return headers.find(([name]) => name.length === lowerName.length && name.toLowerCase() === lowerName)?.[1];
}

function bytesOf(packed: PackedParts | undefined): number {
  return packed ? packed.headers.length + packed.latin1.length : 0;
}
