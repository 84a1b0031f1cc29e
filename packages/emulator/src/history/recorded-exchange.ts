import type { PreparedRequest, ReceivedResponse, SentRequest } from "../dispatch/exchange.ts";
import { headerOf } from "../dispatch/header-of.ts";
import type { MaskedRequest, MaskedResponse } from "../emulator-events.ts";
import type { RetrySettings } from "../engine/records.ts";
import { HiddenValues } from "./masking/hidden-values.ts";
import { maskBody, maskHeaders, maskUrl } from "./masking/mask-http.ts";
import { maskText } from "./masking/mask-text.ts";
import type { SecretNames } from "./masking/secret-names.ts";
import { tokenClaims } from "./token-claims.ts";

/** A request or response that is not masked, with only the beginning of its body. */
type Unmasked<T> = Omit<T, "body" | "size"> & { readonly bytes: Uint8Array; readonly size: number };

/** Headers as they were sent or received, and the first bytes of the body as characters. */
interface Packed {
  readonly head: string;
  readonly latin1: string;
  readonly size: number;
}

/** The settings of a task that its request does not contain. Left out if they are unknown. */
export interface TaskSettings {
  readonly deadlineMs?: number | undefined;
  readonly retry?: RetrySettings | undefined;
}

/** A request in a compact form, not masked. */
export interface PackedRequest extends Packed, TaskSettings {
  readonly method: string;
  readonly url: string;
}

/** A request as it was sent, with its secrets. Its body can be cut off: `size` is the size of the whole body. */
export interface SentBeginning extends SentRequest, TaskSettings {
  readonly size: number;
}

/** A response in a compact form, not masked. */
export interface PackedResponse extends Packed {
  readonly status: number;
  readonly redirectedTo: string | undefined;
}

/** A request and its response that are not masked. */
export interface PackedExchange {
  readonly request: PackedRequest | undefined;
  readonly response: PackedResponse | undefined;
}

/** A request and its response without secrets. */
export interface MaskedExchange {
  readonly request: MaskedRequest | undefined;
  readonly response: MaskedResponse | undefined;
}

/**
 * An exchange that is masked when it is read for the first time, because most attempts of a load test are never read. Lists read only
 * the request.
 */
export class KeptExchange {
  /** The secrets of the request, which are masked in the response too. */
  readonly #hidden: HiddenValues;
  /** Each half is dropped when it is masked. */
  #packed: Partial<PackedExchange>;
  #request: MaskedRequest | undefined;
  #response: MaskedResponse | undefined;

  /** @param names - the names that mark a secret */
  constructor(packed: PackedExchange, names: SecretNames) {
    this.#packed = packed;
    this.#hidden = new HiddenValues(names);
  }

  get request(): MaskedRequest | undefined {
    const { request, response } = this.#packed;
    if (request) {
      this.#request = maskSentRequest({ ...request, ...unpack(request) }, this.#hidden);
      this.#packed = { response };
    }
    return this.#request;
  }

  get response(): MaskedResponse | undefined {
    const { request, response } = this.#packed;
    if (request) void this.request;
    if (response) {
      this.#response = maskResponse({ ...response, ...unpack(response) }, this.#hidden);
      this.#packed = {};
    }
    return this.#response;
  }

  /** Returns the exchange without secrets. */
  masked(): Partial<MaskedExchange> {
    return this;
  }
}

/** Records the request and the response of an attempt. */
export class RecordedExchange {
  /** Bytes of each body to keep. */
  readonly bodyBytes: number;
  readonly #names: SecretNames;
  readonly #deadlineMs: number | undefined;
  readonly #retry: RetrySettings | undefined;
  #request: PackedRequest | undefined;
  #response: PackedResponse | undefined;
  #isDiscarded = false;
  /** Set at the end. */
  #kept: KeptExchange | undefined;

  /**
   * @param bodyBytes - bytes of each body to keep
   * @param names - the names that mark a secret
   * @param settings - those of the task
   */
  constructor(bodyBytes: number, names: SecretNames, { deadlineMs, retry }: TaskSettings) {
    this.bodyBytes = bodyBytes;
    this.#names = names;
    this.#deadlineMs = deadlineMs;
    this.#retry = retry;
  }

  onRequest({ method, url, head, body }: PreparedRequest): void {
    if (this.#kept) return;
    this.#request = {
      method,
      url,
      head,
      latin1: this.#firstBytes(body),
      size: body.length,
      deadlineMs: this.#deadlineMs,
      retry: this.#retry,
    };
  }

  onResponse({ status, headers, head = headText(headers), body, size, redirectedTo }: ReceivedResponse): void {
    if (this.#kept) return;
    this.#isDiscarded = headerOf(headers, "cloudtask-outcome") === "discarded";
    this.#response = { status, redirectedTo, head, latin1: this.#firstBytes(body), size };
  }

  /** Ends the recording: a later request or response is ignored. */
  end(): PackedExchange {
    const packed = { request: this.#request, response: this.#response };
    this.#kept = new KeptExchange(packed, this.#names);
    this.#request = undefined;
    this.#response = undefined;
    return packed;
  }

  /** Returns the exchange without secrets, after its end. */
  masked(): Partial<MaskedExchange> {
    return this.#kept?.masked() ?? {};
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

/** Reads a request that is not masked. */
export function sentBeginning(packed: PackedRequest): SentBeginning {
  const { method, url, size, deadlineMs, retry } = packed;
  const { headers, bytes } = unpack(packed);
  return { method, url, headers, body: bytes, size, deadlineMs, retry };
}

/** Returns the approximate memory of an exchange, in bytes. */
export function exchangeBytes({ request, response }: PackedExchange): number {
  return bytesOf(request) + bytesOf(response) + (request?.url.length ?? 0);
}

function unpack({ head, latin1 }: Packed): { readonly headers: SentRequest["headers"]; readonly bytes: Uint8Array } {
  return { headers: headersIn(head), bytes: Buffer.from(latin1, "latin1") };
}

/** Writes headers as they are sent, after an empty first line. */
function headText(headers: SentRequest["headers"]): string {
  return headers.map(([name, value]) => `\r\n${name}: ${value}`).join("");
}

/** Reads the headers of a request or response that was valid. */
function headersIn(head: string): [name: string, value: string][] {
  const [, ...lines] = head.split("\r\n");
  return lines.filter(Boolean).map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
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

function maskResponse(
  response: Omit<Unmasked<ReceivedResponse>, "redirectedTo"> & Pick<PackedResponse, "redirectedTo">,
  hidden: HiddenValues,
): MaskedResponse {
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

function bytesOf(packed: Packed | undefined): number {
  return packed ? packed.head.length + packed.latin1.length : 0;
}
