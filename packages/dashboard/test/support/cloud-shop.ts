import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { CloudTaskClient, createWorker, NonRetriableError } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type OpenDashboard, openDashboard } from "../../../cli/test/support/open-dashboard.ts";

const silent = { warn: () => {}, error: () => {} };

/** A shop whose queues are in Google Cloud, for which an emulator stands, with dashboards that read and change them. */
export class CloudShop {
  cloud!: Emulator;
  reader!: OpenDashboard;
  writer!: OpenDashboard;
  /** Orders below 10 fail and are retried, others are discarded, until it is `false`. */
  isBroken = true;
  /** The charged orders. */
  charged: number[] = [];
  #client!: CloudTaskClient;
  #worker!: Server;
  #charge!: (payload: { orderId: number }) => { push(options?: object): Promise<{ readonly name: string }> };

  async start(): Promise<void> {
    this.cloud = await createEmulator({
      project: "shop-production",
      location: "europe-west1",
      queues: { payments: { retry: { minBackoff: "10m" } }, reports: { paused: true }, dead: { paused: true } },
    });
    this.#worker = createServer();
    await new Promise<void>((resolve) => this.#worker.listen(0, "127.0.0.1", resolve));
    const { host, project, location } = this.cloud;
    this.#client = new CloudTaskClient({
      emulatorHost: host,
      project,
      location,
      queue: "payments",
      url: `http://127.0.0.1:${(this.#worker.address() as AddressInfo).port}/run`,
      secret: "a-secret-of-the-tests",
      deadLetter: "dead",
      logger: silent,
    });
    this.#worker.on("request", cloudTaskListener(createWorker(this.#client)));
    this.#charge = this.#client.task("charge-card", async ({ orderId }: { orderId: number }) => {
      if (this.isBroken && orderId < 10) throw new Error("the bank does not answer");
      if (this.isBroken) throw new NonRetriableError("the card was declined");
      this.charged.push(orderId);
    });
    this.reader = await openDashboard(this.cloud);
    this.writer = await openDashboard(this.cloud, "--allow-writes");
  }

  /** Pushes an order, and returns the name of its task. */
  async push(orderId: number, options: object = {}): Promise<string> {
    return (await this.#charge({ orderId }).push(options)).name;
  }

  /** Removes all tasks. */
  async reset(): Promise<void> {
    this.cloud.faults.clear();
    await this.cloud.reset();
    this.isBroken = true;
    this.charged = [];
  }

  queue(id: string): string {
    return `projects/${this.cloud.project}/locations/${this.cloud.location}/queues/${id}`;
  }

  /** The view of a queue's tab. */
  queueView(id: string, tab: string): string {
    return `queues/${encodeURIComponent(this.queue(id))}/${tab}`;
  }

  async close(): Promise<void> {
    await this.reader.stop();
    await this.writer.stop();
    await this.#client.close();
    await this.cloud.close();
    this.#worker.closeAllConnections();
    this.#worker.close();
  }
}

/** Starts a shop for the tests of a file. Each test begins without tasks. */
export function useCloudShop(): CloudShop {
  const shop = new CloudShop();
  beforeAll(() => shop.start());
  beforeEach(() => shop.reset());
  afterAll(() => shop.close());
  return shop;
}
