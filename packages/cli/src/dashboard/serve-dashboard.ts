import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AccessGuard, ControlToken, createDashboard, dashboardFolder } from "@cloudtask/emulator/internal";
import { CloudTaskClient } from "cloudtask";
import { type AdminOptions, createAdmin } from "cloudtask/admin";
import { transportOf } from "cloudtask/internal/cli";
import { CallPace, LIST_RATE } from "../place/call-pace.ts";
import { answerRequest } from "./answer-request.ts";
import type { CloudApi } from "./cloud-parts.ts";
import { BodyAccess } from "./read/body-access.ts";
import { CloudJobs } from "./write/cloud-jobs.ts";

/** The address that the dashboard listens on: it acts with the credentials of the user. */
export const HOST = "127.0.0.1";

/** A page reads again by itself, so a failed call is repeated only a few times. After a 429, more calls would not help. */
const API_RETRY = { totalTimeout: "3s", minDelay: "500ms" } as const;

/** Options of `serveDashboard`. */
export interface ServeOptions {
  readonly project: string;
  readonly location: string;
  readonly connection: AdminOptions;
  /** 0 selects a free port. */
  readonly port: number;
  readonly allowsWrites: boolean;
}

/** A dashboard over Google Cloud that listens. */
export interface ServedDashboard {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the pages of the dashboard over Google Cloud on this machine.
 *
 * @throws the error of the socket, such as EADDRINUSE
 */
export async function serveDashboard(options: ServeOptions): Promise<ServedDashboard> {
  const { project, location, allowsWrites } = options;
  const client = new CloudTaskClient({ ...options.connection, apiRetry: API_RETRY, url: undefined });
  const now = Date.now;
  const api: CloudApi = {
    project,
    location,
    admin: createAdmin(client),
    transport: transportOf(client),
    bodies: new BodyAccess(now),
    pace: new CallPace(now, LIST_RATE),
    now,
  };
  const token = new ControlToken();
  const jobs = new CloudJobs(api);
  const guard = new AccessGuard({ host: HOST, allowedHosts: [], server: "dashboard" });
  const pages = createDashboard(dashboardFolder(), token.value);
  const parts = { ...api, allowsWrites, token, jobs, guard, pages };
  const server = createServer((request, response) => void answerRequest(parts, request, response));
  const port = await listen(server, options.port).catch(async (error: unknown) => {
    await client.close();
    throw error;
  });
  return {
    url: `http://${HOST}:${port}`,
    close: async () => {
      jobs.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await client.close();
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
