import { checkEqual } from "../check.ts";
import { recipients } from "../mail.ts";
import { push, type Scenario } from "../scenario.ts";
import { sendWelcomeEmail } from "../tasks.ts";

export const plainTask: Scenario = {
  title: "A simple task: push it, and the worker runs its handler",

  async run({ deliveries, emulator }) {
    const pushedAt = Date.now();
    const { id } = await push(sendWelcomeEmail({ userId: "ada", email: "ada@example.com" }));
    const [first] = await deliveries.settled(id);
    await emulator.idle();

    const mails = (await recipients()).filter((to) => to === "ada@example.com");
    return {
      checks: [
        checkEqual("deliveries", 1, deliveries.of(id).length),
        checkEqual("mails to ada@example.com", 1, mails.length),
      ],
      figures: { "time from push to delivery": `${(first?.arrivedAt ?? Number.NaN) - pushedAt} ms` },
    };
  },
};
