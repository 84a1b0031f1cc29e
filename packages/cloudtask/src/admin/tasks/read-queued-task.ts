import { fromBase64 } from "../../core/base64.ts";
import { parseDurationJson } from "../../core/duration.ts";
import { NAME_HEADER } from "../../core/headers.ts";
import { lastSegment } from "../../core/resource-name.ts";
import { rpcStatusName } from "../../core/rpc-status.ts";
import type { Registry } from "../../execution/registry.ts";
import { parseEnvelope } from "../../payload/codec.ts";
import { dateOf, type Json, numberOf, objectOf, textOf } from "../json-fields.ts";
import { readRetryConfig } from "../retry-config.ts";
import type { QueuedTask, QueuedTaskAttempt, QueuedTaskRequest } from "./queued-task.ts";

/** Reads a task of the API. */
export function readQueuedTask(body: unknown, registry: Registry): QueuedTask {
  const json = objectOf(body);
  const name = textOf(json.name) ?? "";
  const request = requestOf(json, registry.callers.secretHeader);
  return {
    name,
    id: lastSegment(name),
    queue: lastSegment(name.slice(0, name.lastIndexOf("/tasks/"))),
    definition: headerOf(request.headers, NAME_HEADER),
    scheduleTime: dateOf(json.scheduleTime) ?? new Date(0),
    createTime: dateOf(json.createTime) ?? new Date(0),
    dispatchDeadline: parseDurationJson(json.dispatchDeadline),
    dispatchCount: numberOf(json.dispatchCount) ?? 0,
    responseCount: numberOf(json.responseCount) ?? 0,
    firstAttempt: json.firstAttempt === undefined ? undefined : attemptOf(objectOf(json.firstAttempt)),
    lastAttempt: json.lastAttempt === undefined ? undefined : attemptOf(objectOf(json.lastAttempt)),
    request,
    payload: request.body === undefined ? undefined : payloadOf(request.body, registry),
    retry: json.retryConfig === undefined ? undefined : readRetryConfig(objectOf(json.retryConfig)),
  };
}

function requestOf(json: Json, secretHeader: string): QueuedTaskRequest {
  const target = json.appEngineHttpRequest === undefined ? "http" : "appEngine";
  const request = objectOf(json.appEngineHttpRequest ?? json.httpRequest);
  const token = objectOf(request.oidcToken ?? request.oauthToken);
  return {
    target,
    url: textOf(request.url) ?? textOf(request.relativeUri) ?? "",
    method: textOf(request.httpMethod) ?? "POST",
    headers: withoutSecrets(objectOf(request.headers), secretHeader),
    serviceAccount: textOf(token.serviceAccountEmail),
    body: typeof request.body === "string" ? fromBase64(request.body) : undefined,
  };
}

function withoutSecrets(headers: Json, secretHeader: string): Readonly<Record<string, string>> {
  const secret = [secretHeader.toLowerCase(), "authorization"];
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    secret.includes(name.toLowerCase()) ? "[secret]" : String(value),
  ]);
  return Object.fromEntries(entries) as Readonly<Record<string, string>>;
}

function headerOf(headers: Readonly<Record<string, string>>, wanted: string): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === wanted.toLowerCase())?.[1];
}

function attemptOf(json: Json): QueuedTaskAttempt {
  const responseTime = dateOf(json.responseTime);
  const status = objectOf(json.responseStatus);
  // The code 0, which stands for success, is not sent.
  const code = numberOf(status.code) ?? 0;
  const response = { status: rpcStatusName(code), message: textOf(status.message) ?? "" };
  return {
    scheduleTime: dateOf(json.scheduleTime),
    dispatchTime: dateOf(json.dispatchTime),
    responseTime,
    response: responseTime === undefined && json.responseStatus === undefined ? undefined : response,
  };
}

function payloadOf(body: Uint8Array, { serializer }: Registry): unknown {
  const envelope = parseEnvelope(new TextDecoder().decode(body));
  if ("problem" in envelope) return undefined;
  if (envelope.serialized === undefined) return envelope.payload;
  try {
    return serializer?.parse(envelope.serialized);
  } catch {
    return undefined;
  }
}
