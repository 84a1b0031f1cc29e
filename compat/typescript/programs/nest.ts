/** A user's program with NestJS and awilix. */

import { CloudTaskModule, fromNest, InjectClient, InjectDelivery, OnTask, type OnTaskContext } from "@cloudtask/nestjs";
import { Injectable, Module } from "@nestjs/common";
import { createContainer } from "awilix";
import { type Delivery, type Dependency, depends } from "cloudtask";
import { fromAwilix } from "cloudtask/awilix";
import { client } from "./core.ts";

const chargeCard = client.declare<{ orderId: number }>("charge-card");

@Injectable()
export class Payments {
  @InjectClient()
  readonly ours: typeof client | undefined;

  @InjectDelivery()
  readonly delivery: Delivery | undefined;

  @OnTask(chargeCard)
  async charge({ orderId }: { orderId: number }, { delivery }: OnTaskContext): Promise<void> {
    if (delivery.attempt === orderId) await this.ours?.close();
  }

  // @ts-expect-error a method with another payload
  @OnTask(chargeCard)
  async wrong(_: { orderId: string }): Promise<void> {}
}

@Module({ imports: [CloudTaskModule.forRoot({ client, path: "/tasks/run" })], providers: [Payments] })
export class AppModule {}

// @ts-expect-error a module without its client
CloudTaskModule.forRoot({ path: "/tasks/run" });

export const getPayments: Dependency<Payments> = fromNest(Payments);

const container = createContainer<{ orders: { status(id: number): string } }>();
export const getStatus = depends({ orders: fromAwilix(container, "orders") }, ({ orders }) => orders.status(1));
// @ts-expect-error a name that is not registered
fromAwilix(container, "nothing");
