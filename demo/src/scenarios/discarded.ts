import { withConnection } from "../database.ts";
import { expectSame } from "../expectation.ts";
import { log } from "../output.ts";
import { DeadLetters, Invoices, Orders } from "../repositories.ts";
import { push, type Scenario } from "../stage.ts";
import { refundOrder } from "../tasks.ts";

export const discarded: Scenario = {
  title: "Will never succeed: rolled back, handed to onDiscard, not tried again",

  async play({ deliveries, emulator }) {
    const { id } = await push(refundOrder({ orderId: 1 }));
    const seen = await deliveries.settled(id);
    await emulator.idle();

    const { order, invoice, letters } = withConnection((session) => ({
      order: new Orders(session).get(1),
      invoice: new Invoices(session).of(1),
      letters: new DeadLetters(session).all(),
    }));
    log.seen(`another connection reads order 1: still ${order.status}, its invoice ${invoice?.status}`);
    for (const { task, payload, error } of letters)
      log.seen(`onDiscard kept a dead letter: ${task} ${payload}: ${error}`);
    return {
      expectations: [
        expectSame("answers", "200 discarded", seen.map(({ status, outcome }) => `${status} ${outcome}`).join(", ")),
        expectSame("dead letters kept by onDiscard", 1, letters.length),
        expectSame("the order it had begun to change", "processed", order.status),
        expectSame("the invoice it had begun to change", "open", invoice?.status),
      ],
    };
  },
};
