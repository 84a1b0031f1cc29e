import { expectSame, expectThat } from "../expectation.ts";
import { log } from "../output.ts";
import { push, type Scenario } from "../stage.ts";
import { remindOfBasket } from "../tasks.ts";

export const scheduled: Scenario = {
  title: "A task for later: it waits in the queue, not in a process of yours",

  async play({ deliveries, emulator }) {
    const { id, scheduleTime } = await push(remindOfBasket({ email: "grace@example.com" }), { delay: "2s" });
    await emulator.idle();
    log.seen(`nothing is due now; it is scheduled for ${scheduleTime.toISOString()}`);

    const [first] = await deliveries.settled(id);
    const lateMs = (first?.arrivedAt ?? Number.NaN) - scheduleTime.getTime();
    log.seen(`it arrived ${lateMs} ms after its time`);
    return {
      expectations: [
        expectSame("deliveries", 1, deliveries.of(id).length),
        expectThat("arrived after its time by", "≥ 0 ms", `${lateMs} ms`, lateMs >= 0),
      ],
    };
  },
};
