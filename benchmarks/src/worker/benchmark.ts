import type { Aim, Benchmark, Figure } from "../harness/benchmark.ts";
import { startServer } from "../harness/child-process.ts";
import { compile } from "../harness/compile.ts";
import { HttpConnection } from "../harness/http-connection.ts";
import type { Load } from "../harness/measure-load.ts";
import { packageVersion } from "../harness/package-version.ts";
import { repeat } from "../harness/repeat.ts";
import { measureRounds, pick, type Rounds } from "../harness/run-context.ts";
import { deliveryRequest } from "./delivery-request.ts";
import { type Variant, variants } from "./tasks.ts";

const BARE = "bare JSON route";
const frameworks = ["node", "Express", "Fastify", "Hono"];
const CONNECTIONS = 32;
const WARM_UP = 8_000;
const TOKENS = 20;

/** One server process: a framework with a bare route, or with the worker. */
interface Case {
  readonly framework: string;
  readonly variant: Variant | typeof BARE;
}

// The cost of a feature does not depend on the framework.
const cases: readonly Case[] = frameworks.flatMap((framework) => {
  const variantsOf = framework === "node" ? variants : (["worker"] as const);
  return [BARE, ...variantsOf].map((variant) => ({ framework, variant }) as Case);
});

const aims: readonly Aim[] = frameworks.map((framework) => ({
  id: `worker-${framework.toLowerCase()}`,
  figure: `rate-${framework}`,
  row: "worker",
  against: BARE,
  min: 0.85,
}));

/** Measures deliveries to a worker. */
export const benchmark: Benchmark = {
  name: "worker",
  title: "Deliveries to the worker",
  summary:
    `${CONNECTIONS} connections send deliveries as Cloud Tasks does, one after the other. The worker checks the secret, parses the payload, runs the ` +
    "handler and answers. The bare JSON route in the same framework parses the body and answers, nothing else. The other columns add one " +
    "feature each: a schema (zod), two nested dependencies with a teardown, a verified OIDC token.",
  async run(context) {
    const built = await compile("worker", ["worker-server", "token-server"]);
    const emulator = await startServer(built("token-server"));
    try {
      const tokens = JSON.parse(await emulator.ask(String(TOKENS))) as string[];
      const count = context.isQuick ? 3_000 : 8_000;
      const subjects = cases.map((each) => ({
        name: nameOf(each),
        measure: () => measure(built("worker-server"), each, { emulator: emulator.address, tokens, count }),
      }));
      const rounds = await measureRounds(context, 3, subjects);
      return {
        figures: figuresOf(rounds),
        aims,
        ours: variants,
        versions: versions(),
        remarks: rounds.failures,
      };
    } finally {
      await emulator.stop();
    }
  },
};

function nameOf({ framework, variant }: Case): string {
  return `${framework}, ${variant}`;
}

function versions(): Record<string, string> {
  const names = ["cloudtask", "express", "fastify", "hono", "@hono/node-server", "zod"];
  return Object.fromEntries(names.map((name) => [name, packageVersion(name)]));
}

interface Deliveries {
  readonly emulator: string;
  readonly tokens: readonly string[];
  readonly count: number;
}

/** Starts a server, warms it up, and measures its rate and its CPU time. */
async function measure(
  server: string,
  { framework, variant }: Case,
  { emulator, tokens, count }: Deliveries,
): Promise<Load> {
  const { address, ask, stop } = await startServer(server, { args: [framework, variant, emulator] });
  const open = Array.from({ length: CONNECTIONS }, () => HttpConnection.open(Number(address)));
  const connections = await Promise.all(open);
  const hasToken = variant === "with a token";
  const requests = Array.from({ length: 1_000 }, (_, id) =>
    deliveryRequest(id, hasToken ? tokens[id % tokens.length] : undefined),
  );
  const send = (total: number): Promise<void> => sendAll(connections, requests, total);
  try {
    await send(WARM_UP);
    const cpu = Number(await ask("cpu"));
    const startedAt = performance.now();
    await send(count);
    const seconds = (performance.now() - startedAt) / 1000;
    return { perSecond: count / seconds, cpuUs: (Number(await ask("cpu")) - cpu) / count };
  } finally {
    for (const connection of connections) connection.close();
    await stop();
  }
}

/** Sends requests over all connections, each one after the other. */
async function sendAll(
  connections: readonly HttpConnection[],
  requests: readonly Buffer[],
  total: number,
): Promise<void> {
  const idle = [...connections];
  await repeat(total, connections.length, async (index) => {
    const connection = idle.pop() as HttpConnection;
    const status = await connection.send(requests[index % requests.length] as Buffer);
    if (status !== 200) throw new Error(`expected status 200 for a delivery, received ${status}`);
    idle.push(connection);
  });
}

function figuresOf(rounds: Rounds<Load>): readonly Figure[] {
  const rowsOf = (framework: string, value: (load: Load) => number) => {
    const [bare, worker, ...features] = cases.filter((each) => each.framework === framework);
    const ordered = [worker, bare, ...features].filter((each) => each !== undefined);
    return ordered.map((each) => ({ name: each.variant, rounds: pick(rounds.of(nameOf(each)), value) }));
  };
  return [
    ...frameworks.map((framework) => ({
      id: `rate-${framework}`,
      title: `Deliveries per second, ${framework}`,
      unit: "",
      rows: rowsOf(framework, ({ perSecond }) => perSecond),
    })),
    ...frameworks.map((framework) => ({
      id: `cpu-${framework}`,
      title: `CPU per delivery, ${framework}`,
      unit: "µs",
      rows: rowsOf(framework, ({ cpuUs }) => cpuUs),
    })),
  ];
}
