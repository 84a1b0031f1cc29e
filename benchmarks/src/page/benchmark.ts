import { findEmulators } from "../emulators/peers/find-emulators.ts";
import { measureDeliveries, type Session, withEmulator } from "../emulators/session.ts";
import { Target } from "../emulators/target.ts";
import type { Aim, Benchmark, Figure } from "../harness/benchmark.ts";
import { compile } from "../harness/compile.ts";
import { measureRounds, pick } from "../harness/run-context.ts";
import { OpenPage } from "./open-page.ts";

const WITHOUT = "no page";
const WITH = "page open";

const aims: readonly Aim[] = [
  { id: "page-open", figure: "deliveries", row: WITH, against: WITHOUT, min: 0.9 },
  { id: "page-open-disk", figure: "deliveries-disk", row: WITH, against: WITHOUT, min: 0.9 },
];

/** Measures the deliveries of the emulator while a page of the dashboard is open. */
export const benchmark: Benchmark = {
  name: "page",
  title: "Deliveries while the dashboard is open",
  summary:
    "The page is a client that requests the same event stream as the dashboard, parses every event, and reads the same lists again when the stream asks for it. " +
    "The rest is as in “Creates and deliveries of the emulator”.",
  async run(context) {
    const built = await compile("emulators", ["emulator-process", "target-process"]);
    const { peers, versions, remarks } = await findEmulators(context, built, ["memory", "disk"]);
    const count = context.isQuick ? 4_000 : 10_000;
    const target = await Target.start(built("target-process"));
    const figures: Figure[] = [];
    const failures: string[] = [];
    try {
      for (const peer of peers) {
        const measure = (run: (session: Session) => Promise<number>) => () => withEmulator(peer, target, run);
        const rounds = await measureRounds(context, 3, [
          { name: WITHOUT, measure: measure((session) => perSecond(session, count)) },
          { name: WITH, measure: measure((session) => perSecondWithPage(session, count)) },
        ]);
        const rows = [WITHOUT, WITH].map((name) => ({ name, rounds: pick(rounds.of(name), (rate) => rate) }));
        const id = peer.name === "cloudtask" ? "deliveries" : "deliveries-disk";
        figures.push({ id, title: `Deliveries per second, ${peer.name}`, unit: "", rows });
        failures.push(...rounds.failures);
      }
    } finally {
      target.stop();
    }
    return { figures, aims, versions, remarks: [...remarks, ...failures] };
  },
};

async function perSecond(session: Session, count: number): Promise<number> {
  return (await measureDeliveries(session, count)).deliveries.perSecond;
}

async function perSecondWithPage(session: Session, count: number): Promise<number> {
  const page = await OpenPage.open(session.emulator.port);
  try {
    return await perSecond(session, count);
  } finally {
    page.close();
  }
}
