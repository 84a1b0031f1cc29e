import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { GoogleService } from "../../src/doctor/google/google-api.ts";

/** A call of one of Google's APIs. */
export interface StandInCall {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** The answer to a call: JSON with the status 200, or all parts of the answer. */
export type StandInAnswer = object | Reply | ((call: StandInCall) => object | Promise<object>);

/** An answer with another status or with headers. */
export class Reply {
  readonly status: number;
  readonly json: object;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, json: object, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.json = json;
    this.headers = headers;
  }
}

/** The answers of Google's APIs by service, method and path: `iam GET /v1/projects/p/…`. */
export type StandInAnswers = Readonly<Record<string, StandInAnswer>>;

const SERVICES: readonly GoogleService[] = [
  "cloudtasks",
  "cloudresourcemanager",
  "iam",
  "iamcredentials",
  "oauth2",
  "run",
];

/** An error in the format of Google's APIs. */
export function rejected(status: number, name: string, message: string, details: readonly object[] = []): Reply {
  return new Reply(status, { error: { code: status, message, status: name, details } });
}

/** Google's answer if a permission is missing. */
export const denied = rejected(403, "PERMISSION_DENIED", "Permission denied.", [
  {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    reason: "IAM_PERMISSION_DENIED",
    domain: "iam.googleapis.com",
  },
]);

/** Google's answer if an API is disabled. */
export function disabled(service: string): Reply {
  const url = `https://console.developers.google.com/apis/api/${service}/overview?project=p`;
  return rejected(403, "PERMISSION_DENIED", `${service} has not been used in project p before or it is disabled.`, [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "SERVICE_DISABLED",
      domain: "googleapis.com",
      metadata: { service, consumer: "projects/p", activationUrl: url },
    },
  ]);
}

/** Starts a server in place of Google's APIs, until the end of the test. Returns the variables that select it. */
export async function startStandIn(answers: StandInAnswers): Promise<NodeJS.ProcessEnv> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const [, service = "", path = ""] = /^\/(\w+)(\/.*)$/.exec(request.url ?? "") ?? [];
    // The name of a ping is random.
    const key = `${service} ${request.method} ${path.replace(/cloudtask-ping-[-\w]+$/, "PING")}`;
    const found = answers[key] ?? rejected(501, "UNIMPLEMENTED", `no answer: ${key}`);
    const call = { headers: request.headers, body: text === "" ? undefined : JSON.parse(text) };
    const answer = typeof found === "function" ? await found(call) : found;
    const reply = answer instanceof Reply ? answer : new Reply(200, answer);
    response.writeHead(reply.status, { "Content-Type": "application/json", ...reply.headers });
    response.end(JSON.stringify(reply.json));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return Object.fromEntries(
    SERVICES.map((service) => [
      `CLOUDSDK_API_ENDPOINT_OVERRIDES_${service.toUpperCase()}`,
      `http://127.0.0.1:${port}/${service}/`,
    ]),
  );
}
