import { createAdmin, type DeadLetter } from "cloudtask/admin";
import { cardCompany } from "../card-company.ts";
import { checkEqual } from "../check.ts";
import { withConnection } from "../database.ts";
import { log } from "../output.ts";
import { Invoices, Orders } from "../repositories.ts";
import { push, type Scenario } from "../scenario.ts";
import { client, refundOrder } from "../tasks.ts";

export const deadLetter: Scenario = {
  title: "A permanent failure: rolled back, kept as a dead letter, redriven after the repair",

  async run({ deliveries, emulator }) {
    const { deadLetters } = createAdmin(client);
    const { id } = await push(refundOrder({ orderId: 1 }));
    const attempts = await deliveries.settled(id);
    const before = statusOfOrder(1);
    log.result(`order 1, read by another connection: still ${before.order}, invoice ${before.invoice}`);

    const letters: DeadLetter[] = [];
    for await (const letter of deadLetters.list("orders-dead")) letters.push(letter);
    for (const { queue, task, payload, reason, message } of letters)
      log.result(`${queue} keeps ${task} ${JSON.stringify(payload)} (${reason}): ${message}`);

    cardCompany.reopenAccounts();
    const { redriven } = await deadLetters.redrive("orders-dead", { match: { task: refundOrder.name } });
    log.result(`the card company has reopened the account; redriven: ${redriven}`);
    await emulator.idle();
    const after = statusOfOrder(1);
    log.result(`order 1 is ${after.order}, invoice ${after.invoice}`);
    const responses = attempts.map(({ status, outcome }) => `${status} ${outcome}`);
    return {
      checks: [
        checkEqual("responses", "200 discarded", responses.join(", ")),
        checkEqual("order and invoice, after the rollback", "processed, open", `${before.order}, ${before.invoice}`),
        checkEqual("dead letters", "non-retriable", letters.map(({ reason }) => reason).join(", ")),
        checkEqual("redriven dead letters", 1, redriven),
        checkEqual("order and invoice, after the redrive", "refunded, cancelled", `${after.order}, ${after.invoice}`),
      ],
    };
  },
};

function statusOfOrder(id: number): { readonly order: string; readonly invoice: string | undefined } {
  return withConnection((session) => ({
    order: new Orders(session).get(id).status,
    invoice: new Invoices(session).of(id)?.status,
  }));
}
