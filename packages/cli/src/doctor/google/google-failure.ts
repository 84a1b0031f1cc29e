import { printableText } from "cloudtask/internal";
import type { HttpResponse } from "cloudtask/internal/cli";

/** The part of a `google.rpc.Status` in JSON that is read. https://cloud.google.com/apis/design/errors */
interface StatusJson {
  readonly code?: number;
  readonly message?: string;
  readonly status?: string;
  readonly details?: readonly DetailJson[];
}

/** A `google.rpc.ErrorInfo` or `google.rpc.Help`. */
interface DetailJson {
  readonly reason?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly links?: readonly { readonly url?: string }[];
}

/** A call of a Google API that failed. */
export class GoogleFailure extends Error {
  override readonly name = "GoogleFailure";
  /** `credentials`: there is no token. `network`: there was no answer. `answer`: the API rejected the call. */
  readonly kind: "credentials" | "network" | "answer";
  readonly httpStatus: number | undefined;
  /** The name of the code, such as `PERMISSION_DENIED`. */
  readonly status: string | undefined;
  /** The reason of the ErrorInfo, such as `SERVICE_DISABLED`. */
  readonly reason: string | undefined;
  /** The page that enables a disabled API. */
  readonly activationUrl: string | undefined;
  /** The time of the API: its header `Date`. */
  readonly date: Date | undefined;

  constructor(
    message: string,
    fields: Partial<Omit<GoogleFailure, keyof Error | "isDenied">> & Pick<GoogleFailure, "kind">,
    options?: ErrorOptions,
  ) {
    super(printableText(message, 1_000), options);
    this.kind = fields.kind;
    this.httpStatus = fields.httpStatus;
    this.status = fields.status;
    this.reason = fields.reason;
    this.activationUrl = fields.activationUrl;
    this.date = fields.date;
  }

  /** Whether a permission is missing. IAM also answers 403 for some resources that do not exist. */
  get isDenied(): boolean {
    return this.status === "PERMISSION_DENIED" && this.reason !== "SERVICE_DISABLED";
  }
}

/**
 * Reads the error of an API's answer. A disabled API is an ErrorInfo with the reason SERVICE_DISABLED and, in its metadata or in a
 * Help, the page that enables it. https://cloud.google.com/service-usage/docs/reference/rest/v1/Reason
 */
export function failureOf(host: string, { status: httpStatus, body, headers }: HttpResponse): GoogleFailure {
  const { message = "no message", status, details = [] } = statusOf(body);
  const info = details.find(({ reason }) => reason !== undefined);
  const link = details.flatMap(({ links = [] }) => links).find(({ url }) => url !== undefined)?.url;
  const activationUrl = info?.reason === "SERVICE_DISABLED" ? (info.metadata?.activationUrl ?? link) : undefined;
  return new GoogleFailure(`${host} answered ${httpStatus}${status ? ` ${status}` : ""}: ${message}`, {
    kind: "answer",
    httpStatus,
    status,
    reason: info?.reason,
    activationUrl,
    date: dateOf(headers),
  });
}

/** Reads the header `Date`. */
export function dateOf({ date = "" }: HttpResponse["headers"]): Date | undefined {
  const time = new Date(date);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function statusOf(body: string): StatusJson {
  try {
    const { error } = Object(JSON.parse(body)) as { readonly error?: unknown };
    return typeof error === "object" && error !== null ? error : {};
  } catch {
    return {};
  }
}
