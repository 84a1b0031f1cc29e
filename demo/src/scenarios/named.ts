import { expectSame } from "../expectation.ts";
import { recipients } from "../mail.ts";
import { push, type Scenario } from "../stage.ts";
import { sendWelcomeEmail } from "../tasks.ts";

export const named: Scenario = {
  title: "Pushed twice under one name: the second creates nothing",

  async play({ deliveries, emulator }) {
    const task = sendWelcomeEmail({ userId: "linus", email: "linus@example.com" });
    const first = await push(task, { name: "welcome-linus" });
    const second = await push(task, { name: "welcome-linus" });
    await deliveries.settled(first.id);
    await emulator.idle();

    const mails = (await recipients()).filter((to) => to === "linus@example.com");
    return {
      expectations: [
        expectSame("the first push: deduplicated", "false", String(first.deduplicated)),
        expectSame("the second push: deduplicated", "true", String(second.deduplicated)),
        expectSame("deliveries", 1, deliveries.of(first.id).length),
        expectSame("mails to linus@example.com", 1, mails.length),
      ],
    };
  },
};
