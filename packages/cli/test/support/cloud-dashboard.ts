import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type OpenDashboard, openDashboard } from "./open-dashboard.ts";
import { createTask } from "./target.ts";

/** Any JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** An answer of a dashboard. */
export interface Answer<Body = Json> {
  readonly status: number;
  readonly body: Body;
}

/** A page of tasks. */
export interface Page {
  readonly tasks: readonly { readonly id: string; readonly [field: string]: unknown }[];
  readonly nextCursor?: string;
}

export const LOCATION = "projects/prod/locations/europe-west1";

/** The headers of a dead letter. */
export const DEAD = {
  "CloudTask-Dead-Reason": "max-attempts",
  "CloudTask-Dead-Message": "card declined",
  "CloudTask-Dead-Queue": "mail",
};

/** Returns the full name of a queue. */
export const queue = (id: string): string => `${LOCATION}/queues/${id}`;

/** An emulator that stands for Google Cloud, with dashboards that read and change it. */
export class CloudDashboard {
  cloud!: Emulator;
  reader!: OpenDashboard;
  writer!: OpenDashboard;

  /** Sends a GET request. */
  async get<Body = Json>(path: string, dashboard: OpenDashboard = this.reader): Promise<Answer<Body>> {
    const response = await fetch(`${dashboard.url}${path}`);
    return { status: response.status, body: (await response.json()) as Body };
  }

  /** Sends a change as a page of the dashboard does. */
  async send(method: string, path: string, body?: object, dashboard: OpenDashboard = this.writer): Promise<Answer> {
    const { token } = (await this.get<{ readonly token: string }>("/control/session", dashboard)).body;
    const headers = { "X-CloudTask-Token": token, "Sec-Fetch-Site": "same-origin" };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(`${dashboard.url}${path}`, init);
    return { status: response.status, body: (await response.json()) as Json };
  }

  /** Returns the ids of the tasks that match a query, sorted. */
  async ids(query: string): Promise<readonly string[]> {
    return (await this.get<Page>(`/inspect/tasks${query}`)).body.tasks.map(({ id }) => id).sort();
  }

  /** Creates a task of the definition `send-mail`, due in an hour. */
  async push(id: string, body: string, headers: Readonly<Record<string, string>> = {}, at = "mail"): Promise<string> {
    const { name } = await createTask(this.cloud.url, queue(at), {
      name: `${queue(at)}/tasks/${id}`,
      scheduleTime: new Date(Date.now() + 3_600_000).toISOString(),
      httpRequest: {
        url: "http://127.0.0.1:9/run",
        headers: { "CloudTask-Name": "send-mail", ...headers },
        body: Buffer.from(body).toString("base64"),
      },
    });
    return name;
  }
}

/** Starts the dashboards for the tests of a file. Each test begins with empty queues. */
export function useCloudDashboard(): CloudDashboard {
  const stage = new CloudDashboard();
  beforeAll(async () => {
    stage.cloud = await createEmulator({
      project: "prod",
      location: "europe-west1",
      queues: {
        mail: { paused: true, rate: 5, retry: { minBackoff: "60s" } },
        other: { paused: true },
        dead: { paused: true },
      },
    });
    stage.reader = await openDashboard(stage.cloud);
    stage.writer = await openDashboard(stage.cloud, "--allow-writes");
  });
  beforeEach(() => stage.cloud.reset());
  afterAll(async () => {
    await stage.reader.stop();
    await stage.writer.stop();
    await stage.cloud.close();
  });
  return stage;
}
