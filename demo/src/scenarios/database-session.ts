import { withConnection } from "../database.ts";
import { expectSame } from "../expectation.ts";
import { log } from "../output.ts";
import { Invoices, Orders } from "../repositories.ts";
import { push, type Scenario } from "../stage.ts";
import { processOrder } from "../tasks.ts";

export const databaseSession: Scenario = {
  title: "Dependencies: two repositories share one database session, committed before the answer",

  async play({ deliveries }) {
    const { id: orderId } = withConnection((session) => new Orders(session).create("a red bicycle", 34_900));
    log.seen(`order ${orderId} was created by the app`);

    const { id } = await push(processOrder({ orderId, due: "2031-05-04" }));
    await deliveries.settled(id);

    const { order, invoice } = withConnection((session) => ({
      order: new Orders(session).get(orderId),
      invoice: new Invoices(session).of(orderId),
    }));
    log.seen(`another connection reads order ${orderId}: ${order.status}, due ${order.due}`);
    return {
      expectations: [
        expectSame("deliveries", 1, deliveries.of(id).length),
        expectSame("the order, from another connection", "processed", order.status),
        expectSame("its date, made a Date by the schema", "2031-05-04T00:00:00.000Z", order.due ?? undefined),
        expectSame("its invoice, from the same session", 34_900, invoice?.cents),
      ],
    };
  },
};
