import { checkEqual } from "../check.ts";
import { withConnection } from "../database.ts";
import { log } from "../output.ts";
import { Invoices, Orders } from "../repositories.ts";
import { push, type Scenario } from "../scenario.ts";
import { processOrder } from "../tasks.ts";

export const databaseSession: Scenario = {
  title: "Dependencies: two repositories share a database session, committed before the response",

  async run({ deliveries }) {
    const { id: orderId } = withConnection((session) => new Orders(session).create("a red bicycle", 34_900));
    log.result(`order ${orderId} was created`);

    const { id } = await push(processOrder({ orderId, due: "2031-05-04" }));
    await deliveries.settled(id);

    const { order, invoice } = withConnection((session) => ({
      order: new Orders(session).get(orderId),
      invoice: new Invoices(session).of(orderId),
    }));
    log.result(`order ${orderId}, read by another connection: ${order.status}, due ${order.due}`);
    return {
      checks: [
        checkEqual("deliveries", 1, deliveries.of(id).length),
        checkEqual("order, read by another connection", "processed", order.status),
        checkEqual("due date, parsed by the schema", "2031-05-04T00:00:00.000Z", order.due ?? undefined),
        checkEqual("invoice, from the same session", 34_900, invoice?.cents),
      ],
    };
  },
};
