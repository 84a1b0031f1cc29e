import { expectSame } from "../expectation.ts";
import { recipients } from "../mail.ts";
import { push, type Scenario } from "../stage.ts";
import { sendWelcomeEmail } from "../tasks.ts";

export const plainTask: Scenario = {
  title: "A plain task: a function, somewhere else, in a moment",

  async play({ deliveries, emulator }) {
    const pushedAt = Date.now();
    const { id } = await push(sendWelcomeEmail({ userId: "ada", email: "ada@example.com" }));
    const [first] = await deliveries.settled(id);
    await emulator.idle();

    const mails = (await recipients()).filter((to) => to === "ada@example.com");
    return {
      expectations: [
        expectSame("deliveries", 1, deliveries.of(id).length),
        expectSame("mails to ada@example.com", 1, mails.length),
      ],
      figures: { "first delivery after its push": `${(first?.arrivedAt ?? Number.NaN) - pushedAt} ms` },
    };
  },
};
