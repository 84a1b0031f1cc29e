import { checkEqual } from "../check.ts";
import { recipients } from "../mail.ts";
import { push, type Scenario } from "../scenario.ts";
import { sendWelcomeEmail } from "../tasks.ts";

export const named: Scenario = {
  title: "Two pushes with the same name: the second creates no task",

  async run({ deliveries, emulator }) {
    const task = sendWelcomeEmail({ userId: "linus", email: "linus@example.com" });
    const first = await push(task, { name: "welcome-linus" });
    const second = await push(task, { name: "welcome-linus" });
    await deliveries.settled(first.id);
    await emulator.idle();

    const mails = (await recipients()).filter((to) => to === "linus@example.com");
    return {
      checks: [
        checkEqual("first push: deduplicated", "false", String(first.deduplicated)),
        checkEqual("second push: deduplicated", "true", String(second.deduplicated)),
        checkEqual("deliveries", 1, deliveries.of(first.id).length),
        checkEqual("mails to linus@example.com", 1, mails.length),
      ],
    };
  },
};
