import { type Duration, durationMs } from "../core/duration.ts";

/** A task as a CreateTask says it: what Cloud Tasks keeps, and later sends. */
export interface WireTask {
  /** The full resource name; `undefined` where Cloud Tasks picks one. */
  readonly name: string | undefined;
  readonly scheduleMs: number | undefined;
  readonly dispatchDeadlineMs: number | undefined;
  /** Where it goes. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly kind: "http" | "appEngine";
}

interface WireRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What this library writes of it; everything is there in the one way in which it writes it. */
interface WireJson {
  readonly task: {
    readonly name?: string;
    readonly scheduleTime?: string;
    readonly dispatchDeadline?: Duration;
    readonly httpRequest?: WireRequest & { readonly url: string };
    readonly appEngineHttpRequest?: WireRequest & { readonly relativeUri: string };
  };
}

/**
 * @param json - the body of a CreateTask
 * @param workerUrl - the client's, whose host stands for App Engine's
 * @returns what it says
 */
export function readWireTask(json: string, workerUrl: string): WireTask {
  const { name, scheduleTime, dispatchDeadline, httpRequest, appEngineHttpRequest } = (JSON.parse(json) as WireJson)
    .task;
  const { headers = {}, body = "" }: WireRequest = httpRequest ?? appEngineHttpRequest ?? {};
  return {
    name,
    scheduleMs: scheduleTime === undefined ? undefined : Date.parse(scheduleTime),
    dispatchDeadlineMs: dispatchDeadline === undefined ? undefined : durationMs(dispatchDeadline, "dispatchDeadline"),
    url: httpRequest?.url ?? new URL(appEngineHttpRequest?.relativeUri ?? "/", workerUrl).href,
    headers,
    body: new TextDecoder().decode(Uint8Array.from(atob(body), (byte) => byte.charCodeAt(0))),
    kind: httpRequest === undefined ? "appEngine" : "http",
  };
}
