import { checkEqual } from "../check.ts";
import { withConnection } from "../database.ts";
import { log } from "../output.ts";
import { DeadLetters, Invoices, Orders } from "../repositories.ts";
import { push, type Scenario } from "../scenario.ts";
import { refundOrder } from "../tasks.ts";

export const discarded: Scenario = {
  title: "A permanent failure: rolled back, passed to onDiscard, not retried",

  async run({ deliveries, emulator }) {
    const { id } = await push(refundOrder({ orderId: 1 }));
    const attempts = await deliveries.settled(id);
    await emulator.idle();

    const { order, invoice, letters } = withConnection((session) => ({
      order: new Orders(session).get(1),
      invoice: new Invoices(session).of(1),
      letters: new DeadLetters(session).all(),
    }));
    log.result(`order 1, read by another connection: still ${order.status}, invoice ${invoice?.status}`);
    for (const { task, payload, error } of letters)
      log.result(`onDiscard stored a dead letter: ${task} ${payload}: ${error}`);
    return {
      checks: [
        checkEqual(
          "responses",
          "200 discarded",
          attempts.map(({ status, outcome }) => `${status} ${outcome}`).join(", "),
        ),
        checkEqual("dead letters stored by onDiscard", 1, letters.length),
        checkEqual("order, after the rollback", "processed", order.status),
        checkEqual("invoice, after the rollback", "open", invoice?.status),
      ],
    };
  },
};
