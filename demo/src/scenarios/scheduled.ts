import { check, checkEqual } from "../check.ts";
import { log } from "../output.ts";
import { push, type Scenario } from "../scenario.ts";
import { remindOfBasket } from "../tasks.ts";

export const scheduled: Scenario = {
  title: "A delayed task: it waits in the queue, not in your process",

  async run({ deliveries, emulator }) {
    const { id, scheduleTime } = await push(remindOfBasket({ email: "grace@example.com" }), { delay: "2s" });
    await emulator.idle();
    log.result(`no task is due yet; this one is scheduled for ${scheduleTime.toISOString()}`);

    const [first] = await deliveries.settled(id);
    const lateMs = (first?.arrivedAt ?? Number.NaN) - scheduleTime.getTime();
    log.result(`delivered ${lateMs} ms after its scheduled time`);
    return {
      checks: [
        checkEqual("deliveries", 1, deliveries.of(id).length),
        check("delay after the scheduled time", "≥ 0 ms", `${lateMs} ms`, lateMs >= 0),
      ],
    };
  },
};
