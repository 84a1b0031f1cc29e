import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import fc from "fast-check";
import { expect, test } from "vitest";
import { call, createTask, queuePath } from "../support/api.ts";
import { get } from "../support/inspect.ts";
import { startTarget } from "../support/target.ts";

const NOON = Date.parse("2030-01-01T12:00:00Z");
const QUEUES = ["a", "b"];
const DEFINITIONS = ["charge", "mail", undefined];

interface Task {
  readonly name: string;
  readonly sequence: number;
  readonly state: string;
  readonly definition?: string;
  readonly scheduleTime: string;
  readonly finishTime?: string;
  readonly lastAttempt?: { readonly status?: number };
}

interface Page {
  readonly tasks: readonly Task[];
  readonly nextCursor?: string;
  readonly counts: {
    readonly states: Readonly<Record<string, number>>;
    readonly definitions: readonly { readonly definition?: string; readonly states: Record<string, number> }[];
    readonly statuses: Readonly<Record<string, number>>;
  };
}

const step = fc.record({
  kind: fc.constantFrom("create", "create", "create", "advance", "delete", "purge", "pause", "resume"),
  pick: fc.nat(1_000),
  seconds: fc.nat(8),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Run {
  readonly emulator: Emulator;
  readonly url: string;
  created: number;
}

const steps: Readonly<Record<Step["kind"], (run: Run, step: Step) => Promise<unknown>>> = {
  create: (run, { pick, seconds }) => {
    run.created += 1;
    const definition = DEFINITIONS[pick % 3];
    const headers = definition === undefined ? {} : { "CloudTask-Name": definition };
    // The target answers by its path: success, failure until the task is exhausted, or a discard.
    const httpRequest = { url: `${run.url}/${["ok", "fail", "discard"][pick % 7] ?? "ok"}`, headers };
    const options = { queue: QUEUES[pick % 2] ?? "a", id: `t${run.created}`, httpRequest, now: NOON };
    return createTask(run.emulator, { ...options, delaySeconds: seconds * 3 });
  },
  advance: ({ emulator }, { seconds }) => emulator.advance(seconds * 1_000),
  delete: async ({ emulator }, { pick }) => {
    const { tasks } = await read(emulator, "state=waiting&limit=1000");
    for (const { name } of tasks.slice(pick % Math.max(1, tasks.length)).slice(0, 1))
      await call(emulator, "DELETE", name);
  },
  purge: ({ emulator }, { pick }) => {
    return pick % 4 === 0 ? call(emulator, "POST", `${queuePath(emulator, "b")}:purge`) : Promise.resolve();
  },
  pause: ({ emulator }) => call(emulator, "POST", `${queuePath(emulator, "a")}:pause`),
  resume: ({ emulator }) => call(emulator, "POST", `${queuePath(emulator, "a")}:resume`),
};

async function read(emulator: Emulator, query: string): Promise<Page> {
  const { status, body } = await get(emulator, `tasks?${query}`);
  expect(status).toBe(200);
  return body as unknown as Page;
}

/** Reads all tasks in one page. */
async function snapshot(emulator: Emulator, query = ""): Promise<readonly Task[]> {
  const { tasks, nextCursor } = await read(emulator, `limit=1000&${query}`);
  expect(nextCursor).toBeUndefined();
  return tasks;
}

/** Reads a list page by page. Between two pages, `change` is called. */
async function readPages(emulator: Emulator, query: string, change: () => Promise<unknown>): Promise<Task[]> {
  const found: Task[] = [];
  for (let cursor = ""; ; ) {
    const page = await read(emulator, `${query}${cursor}`);
    found.push(...page.tasks);
    if (page.nextCursor === undefined) return found;
    cursor = `&cursor=${page.nextCursor}`;
    await change();
  }
}

async function check(
  property: (run: Run, list: readonly Step[], change: () => Promise<void>) => Promise<void>,
): Promise<void> {
  await using target = await startTarget((response) => {
    const path = response.req.url ?? "";
    response.statusCode = path.endsWith("fail") ? 503 : 200;
    if (path.endsWith("discard")) response.setHeader("CloudTask-Outcome", "discarded");
    response.end();
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 8, maxLength: 30 }),
      fc.array(step, { maxLength: 30 }),
      async (before, during) => {
        await using emulator = await createEmulator({
          clock: new ManualClock(NOON),
          queues: Object.fromEntries(QUEUES.map((name) => [name, { retry: { maxAttempts: 3, minBackoff: "2s" } }])),
        });
        const run: Run = { emulator, url: target.url, created: 0 };
        for (const each of before) await steps[each.kind](run, each);
        const rest = during.values();
        const change = async (): Promise<void> => {
          for (const each of [rest.next(), rest.next()]) if (!each.done) await steps[each.value.kind](run, each.value);
        };
        await property(run, during, change);
      },
    ),
    { numRuns: 25 },
  );
}

function isSorted(values: readonly number[], isReverse: boolean): boolean {
  return values.every(
    (value, index) => index === 0 || (isReverse ? value < (values[index - 1] ?? 0) : value > (values[index - 1] ?? 0)),
  );
}

test.each(["create", "-create"])(
  "pages in the order %s have every task once, also if it finishes meanwhile",
  async (sort) => {
    await check(async ({ emulator }, _, change) => {
      const before = await snapshot(emulator);
      const found = await readPages(emulator, `limit=3&sort=${sort}`, change);
      const sequences = found.map(({ sequence }) => sequence);
      expect(isSorted(sequences, sort === "-create")).toBe(true);
      const after = new Set((await snapshot(emulator)).map(({ sequence }) => sequence));
      const stayed = before.map(({ sequence }) => sequence).filter((sequence) => after.has(sequence));
      expect(stayed.filter((sequence) => !sequences.includes(sequence))).toEqual([]);
    });
  },
  120_000,
);

test.each(["schedule", "-schedule", "finish", "-finish"])(
  "pages in the order %s have every task once whose time does not change",
  async (sort) => {
    await check(async ({ emulator }, _, change) => {
      const keyOf = (task: Task): string =>
        `${task.sequence} ${sort.endsWith("finish") ? task.finishTime : task.scheduleTime}`;
      const before = await snapshot(emulator, `sort=${sort}`);
      const found = (await readPages(emulator, `limit=3&sort=${sort}`, change)).map(keyOf);
      expect(new Set(found).size).toBe(found.length);
      const after = new Set((await snapshot(emulator, `sort=${sort}`)).map(keyOf));
      expect(before.map(keyOf).filter((key) => after.has(key) && !found.includes(key))).toEqual([]);
    });
  },
  120_000,
);

test("the counts beside a page equal a count of all tasks, for each queue and definition", async () => {
  await check(async ({ emulator }, list, change) => {
    for (let round = 0; round < list.length / 2; round += 1) await change();
    await emulator.idle();
    for (const filter of ["", "queue=a", "queue=b&definition=mail", "definition=-", "text=nothing&state=due"]) {
      const { counts } = await read(emulator, filter);
      const selected = filter.replace(/text=.*$/, "");
      const tasks = await snapshot(emulator, selected);
      const ofQueue = await snapshot(emulator, selected.replace(/&?definition=.*$/, ""));
      expect(nonZero(counts.states)).toEqual(countBy(tasks, ({ state }) => state));
      const definitions = counts.definitions.map(({ definition, states }) => [definition ?? "-", nonZero(states)]);
      const counted = [...new Set(ofQueue.map(({ definition }) => definition ?? "-"))].map((name) => {
        return [
          name,
          countBy(
            ofQueue.filter(({ definition }) => (definition ?? "-") === name),
            ({ state }) => state,
          ),
        ];
      });
      expect(Object.fromEntries(definitions)).toEqual(Object.fromEntries(counted));
      const finished = ofQueue.filter(({ finishTime }) => finishTime !== undefined);
      expect(nonZero(counts.statuses)).toEqual(
        countBy(finished, ({ lastAttempt }) =>
          lastAttempt?.status === undefined ? "none" : `${lastAttempt.status}`.replace(/..$/, "xx"),
        ),
      );
    }
  });
}, 120_000);

function countBy(tasks: readonly Task[], keyOf: (task: Task) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const task of tasks) counts[keyOf(task)] = (counts[keyOf(task)] ?? 0) + 1;
  return counts;
}

function nonZero(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
