import "reflect-metadata";
import { createEmulator } from "@cloudtask/emulator";
import { CloudTaskModule, InjectDelivery, OnTask, type OnTaskContext } from "@cloudtask/nestjs";
import { Inject, Injectable, Module, Scope } from "@nestjs/common";
import { type AbstractHttpAdapter, NestFactory } from "@nestjs/core";
import { CloudTaskClient, type Delivery } from "cloudtask";
import { expect, test } from "vitest";
import { freePort } from "../../../test/support/free-port.ts";
import { platforms } from "./support/nest-mounts.ts";

const TASKS = 1_000;

/** One use of a repository. */
interface Use {
  readonly repository: number;
  readonly delivery: string;
}

/** Starts an app whose handler gets one request-scoped repository through two providers. */
async function startShop(
  adapter: AbstractHttpAdapter,
  client: CloudTaskClient,
  port: number,
): Promise<{ readonly uses: readonly Use[]; readonly made: readonly Repository[] } & AsyncDisposable> {
  const uses: Use[] = [];
  const made: Repository[] = [];
  const ship = client.declare<{ orderId: number }>("ship");
  @Injectable({ scope: Scope.REQUEST })
  class OrderRepository extends Repository {
    @InjectDelivery() readonly delivery: Delivery | undefined;
    readonly number: number = made.push(this);
    async find(): Promise<Use> {
      await Promise.resolve();
      return { repository: this.number, delivery: this.delivery?.id ?? "" };
    }
  }
  class Stock {
    @Inject(OrderRepository) readonly repository!: OrderRepository;
  }
  class Invoices {
    @Inject(OrderRepository) readonly repository!: OrderRepository;
  }
  class Shipping {
    @Inject(Stock) readonly stock!: Stock;
    @Inject(Invoices) readonly invoices!: Invoices;
    @OnTask(ship)
    async ship(_: { orderId: number }, { delivery }: OnTaskContext): Promise<void> {
      const found = await Promise.all([this.stock.repository.find(), this.invoices.repository.find()]);
      expect(found.map((use) => use.delivery)).toEqual([delivery.id, delivery.id]);
      uses.push(...found);
    }
  }
  @Module({
    imports: [CloudTaskModule.forRoot({ client })],
    providers: [OrderRepository, Stock, Invoices, Shipping],
  })
  class AppModule {}
  const app = await NestFactory.create(AppModule, adapter, { logger: false });
  await app.listen(port, "127.0.0.1");
  await client.pushMany(Array.from({ length: TASKS }, (_, orderId) => ship({ orderId })));
  return { uses, made, [Symbol.asyncDispose]: () => app.close() };
}

class Repository implements AsyncDisposable {
  disposed = 0;
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve();
    this.disposed += 1;
  }
}

test.each(platforms)(
  "on %s, each of 1,000 tasks from the emulator has one repository, shared within its delivery and disposed once",
  async (_, adapter) => {
    await using emulator = await createEmulator();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/tasks/run`;
    const client = new CloudTaskClient({ url, emulatorHost: emulator.host, secret: "s3cret-key" });
    await using shop = await startShop(adapter(), client, port);
    await emulator.idle();
    expect(
      emulator
        .attempts()
        .map(({ response }) => response?.status)
        .filter((status) => status !== 200),
    ).toEqual([]);
    expect(shop.made.map(({ disposed }) => disposed)).toEqual(Array.from({ length: TASKS }, () => 1));
    expect(shop.uses.length).toBe(2 * TASKS);
    expect(new Set(shop.uses.map(({ delivery }) => delivery)).size).toBe(TASKS);
    expect(new Set(shop.uses.map(({ repository, delivery }) => `${repository} ${delivery}`)).size).toBe(TASKS);
    await client.close();
  },
  60_000,
);
