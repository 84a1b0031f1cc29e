import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { describe, expect, test } from "vitest";
import { type BrokenWorker, startBrokenWorker } from "./support/broken-worker.ts";
import { temporaryFolder } from "./support/folder.ts";
import { type CommandResult, runHere, runWith } from "./support/run-here.ts";
import { runOnCloud } from "./support/run-on-cloud.ts";
import { createTask, startTarget } from "./support/target.ts";

/** A worker that has discarded three tasks. */
async function broken(): Promise<BrokenWorker> {
  const stage = await startBrokenWorker();
  for (const to of ["ada", "bob", "eve"]) await stage.push(to);
  await stage.emulator.idle();
  return stage;
}

/** Runs a command of an emulator. */
function on(emulator: Emulator, ...args: readonly string[]): Promise<CommandResult> {
  return runHere(...args, `--emulator=${emulator.host}`);
}

test("dead letters are listed, described, redriven and deleted", async () => {
  await using stage = await broken();
  const { emulator } = stage;
  const list = await on(emulator, "dead", "list", "dead");
  expect(list.out.split("\n")).toHaveLength(4);
  expect(list.out).toMatch(/^dead\/\S+ +send-mail +non-retriable +no route to ada +1 +\S+ \S+ ago$/m);
  const [letter] = JSON.parse((await on(emulator, "dead", "list", "dead", "--message", "eve", "--json")).out);
  expect(letter).toMatchObject({ task: "send-mail", payload: { to: "eve" }, homeQueue: "mail" });
  const described = await on(emulator, "dead", "describe", `dead/${letter.id}`);
  expect(described.out).toMatch(/^message +no route to eve$/m);
  expect(described.out).toContain('{"task":"send-mail","payload":{"to":"eve"}}');
  expect((await on(emulator, "dead", "delete", "dead", "--message", "eve")).err).toContain(
    "this deletes 1 dead letter of dead (the emulator at",
  );
  const deleted = await on(emulator, "dead", "delete", "dead", "--message", "eve", "--yes");
  expect(deleted).toEqual({ code: 0, out: "deleted 1 dead letter", err: "" });
  stage.mend();
  const one = await on(emulator, "dead", "redrive", "dead", "--limit", "1", "--json");
  expect(JSON.parse(one.out)).toEqual({ redriven: 1, failed: [] });
  const rest = await on(emulator, "dead", "redrive", "dead", "--yes");
  expect(rest).toEqual({ code: 0, out: "redriven 1 dead letter", err: "" });
  await emulator.idle();
  expect(stage.received).toHaveLength(2);
  expect(await on(emulator, "dead", "list", "dead")).toEqual({ code: 0, out: "", err: "no dead letters in dead" });
});

test("QUEUE/ID names one letter for every command", async () => {
  await using stage = await broken();
  const { emulator } = stage;
  const [first, second] = JSON.parse((await on(emulator, "dead", "list", "--json")).out);
  const described = await on(emulator, "dead", "describe", `dead/${first.id}`);
  expect(described.out.split("\n").at(-1)).toBe(
    `to run it again: cloudtask dead redrive dead/${first.id} --emulator=${emulator.host}`,
  );
  const listed = await on(emulator, "dead", "list", first.name, "--json");
  expect(JSON.parse(listed.out)).toMatchObject([{ id: first.id }]);
  stage.mend();
  expect((await on(emulator, "dead", "redrive", `dead/${first.id}`)).out).toBe("redriven 1 dead letter");
  expect((await on(emulator, "dead", "delete", second.name, "--yes")).out).toBe("deleted 1 dead letter");
  await emulator.idle();
  expect(stage.received).toEqual([first.payload]);
  const gone = await on(emulator, "dead", "describe", `dead/${first.id}`);
  expect(gone).toMatchObject({ code: 1, out: "" });
  expect(gone.err).toMatch(
    /NOT_FOUND.*may have been redriven or deleted\. To list the letters: cloudtask dead list --/,
  );
});

test("without a selection and without --yes, a redrive changes nothing and names the number of letters", async () => {
  await using stage = await broken();
  const { emulator } = stage;
  for (const options of [[], ["--rate", "5"], ["--to", "mail"]]) {
    const refused = await on(emulator, "dead", "redrive", "dead", ...options);
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.err).toContain(
      `this redrives all 3 dead letters of dead (the emulator at ${emulator.host}) and cannot be undone; without a terminal to ask, pass --yes to confirm`,
    );
  }
  expect(JSON.parse((await on(emulator, "dead", "list", "dead", "--json")).out)).toHaveLength(3);
  stage.mend();
  const selected = await on(emulator, "dead", "redrive", "dead", "--message", "eve");
  expect(selected).toEqual({ code: 0, out: "redriven 1 dead letter", err: "" });
  expect(await on(emulator, "dead", "redrive", "mail")).toEqual({ code: 0, out: "redriven 0 dead letters", err: "" });
});

test.each([
  ["the secret of the file", true, "a-new-secret"],
  ["its own secret without a file", false, "an-old-secret"],
])("a redriven task has %s", async (_, hasFile, secret) => {
  await using folder = await temporaryFolder();
  const file = await folder.write("secret", "a-new-secret\n");
  await using target = await startTarget();
  await using emulator = await createEmulator({ port: 0, queues: { mail: null, dead: { paused: true } } });
  const dead = emulator.queues.find((name) => name.endsWith("/dead")) ?? "";
  const headers = {
    "X-CloudTask-Secret": "an-old-secret",
    "CloudTask-Dead-Reason": "max-attempts",
    "CloudTask-Dead-Queue": "mail",
  };
  await createTask(emulator.url, dead, { httpRequest: { url: target.url, headers } });
  const options = hasFile ? ["--secret-file", file] : [];
  const redriven = await on(emulator, "dead", "redrive", "dead", "--yes", ...options);
  expect(redriven).toEqual({ code: 0, out: "redriven 1 dead letter", err: "" });
  expect((await target.next()).headers["x-cloudtask-secret"]).toBe(secret);
});

test("a list has at most --limit letters, and says so if there are more", async () => {
  await using stage = await broken();
  const { emulator } = stage;
  const cut = await on(emulator, "dead", "list", "dead", "--limit", "2", "--json");
  expect(JSON.parse(cut.out)).toHaveLength(2);
  expect(cut.err).toBe("dead has more than 2 dead letters; pass --limit to see more");
  const whole = await on(emulator, "dead", "list", "dead", "--limit", "3");
  expect([whole.out.split("\n").length, whole.err]).toEqual([4, ""]);
  const none = await on(emulator, "dead", "list", "dead", "--definition", "none");
  expect(none).toEqual({ code: 0, out: "", err: "no dead letters in dead match" });
});

test("letters that cannot be redriven are named, and the exit code is 1", async () => {
  await using stage = await broken();
  const result = await on(stage.emulator, "dead", "redrive", "dead", "--to", "missing", "--yes");
  expect(result).toMatchObject({ code: 1, out: "redriven 0 dead letters" });
  expect(result.err.split("\n")).toEqual([
    expect.stringMatching(/^3 failures for the same reason: Could not redrive the task to .*missing: 404 NOT_FOUND: /),
    ...[1, 2, 3].map(() => expect.stringMatching(/^ {2}dead\/\S+-dead-send-mail$/)),
  ]);
  const one = await on(stage.emulator, "dead", "redrive", "dead", "--to", "missing", "--message", "ada");
  expect(one.err).toMatch(/^dead\/\S+: Could not redrive projects\/\S+ to .*: 404 NOT_FOUND: /);
});

test.each([
  [["dead", "list", "--reason", "tired"], 2, "--reason: expected max-attempts, non-retriable"],
  [["dead", "describe"], 2, "LETTER is missing"],
  [["dead", "redrive", ""], 2, "QUEUE is empty"],
  [["dead", "list", "none"], 1, "none"],
  [["dead", "list", "dead", "--reason", "tired"], 2, "--reason: expected max-attempts, non-retriable"],
  [["dead", "list", "dead", "--limit", "0"], 2, "--limit: expected an integer of at least 1"],
  [["dead", "delete", "dead"], 2, "pass options that select letters, or --all"],
  [["dead", "delete", "dead", "--all", "--message", "x"], 2, "pass options that select letters, or --all"],
  [["dead", "redrive", "dead", "--rate", "0"], 2, "--rate: expected a number of more than 0"],
  [["dead", "redrive", "dead", "--yes", "--secret-file", "/nonexistent"], 2, "/nonexistent: the file cannot be read"],
  [["dead", "describe", "dead"], 2, "LETTER: expected QUEUE/ID"],
  [["dead", "describe", "dead/1"], 1, "dead/tasks/1"],
])("cloudtask %j exits with %i: %s", async (args, code, message) => {
  await using emulator = await createEmulator({ port: 0, queues: { dead: { paused: true } } });
  const result = await runWith({ CLOUD_TASKS_EMULATOR_HOST: emulator.host }, ...args);
  expect(result).toMatchObject({ code, out: "" });
  expect(result.err).toContain(message);
});

/** An emulator with a letter of `mail` and two of `payments`, and a paused queue with another task. */
async function threeLetters(): Promise<Emulator> {
  const [hidden, kept] = [{ paused: true }, { mail: null, payments: null, reports: { paused: true } }];
  const queues = { ...kept, "mail-dead": hidden, "payments-dead": hidden };
  const emulator = await createEmulator({ port: 0, project: "prod", location: "europe-west1", queues });
  const create = (id: string, headers: object): Promise<unknown> =>
    createTask(emulator.url, `projects/prod/locations/europe-west1/queues/${id}`, {
      scheduleTime: new Date(Date.now() + 86_400_000).toISOString(),
      httpRequest: { url: "http://127.0.0.1:1/", headers },
    });
  const letter = (message: string, home: string): Promise<unknown> =>
    create(`${home}-dead`, {
      "CloudTask-Dead-Reason": "non-retriable",
      "CloudTask-Dead-Message": message,
      "CloudTask-Dead-Queue": home,
    });
  await letter("no route", "mail");
  await letter("no card", "payments");
  await letter("no route", "payments");
  await create("reports", {});
  return emulator;
}

/** Runs a command of an emulator, or with its API called as that of Google Cloud. */
function at(place: "emulator" | "cloud", emulator: Emulator, ...args: readonly string[]): Promise<CommandResult> {
  if (place === "cloud") return runOnCloud(emulator, ...args);
  return runWith({ CLOUD_TASKS_EMULATOR_HOST: emulator.host }, ...args);
}

describe.each(["emulator", "cloud"] as const)("without a queue, in %s", (place) => {
  test("dead list shows the letters of all queues, and how to redrive them", async () => {
    await using emulator = await threeLetters();
    const { code, out, err } = await at(place, emulator, "dead", "list");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const [table = "", next] = out.split("\n\n");
    expect(table.split("\n").map((line) => line.split("/")[0])).toEqual([
      expect.stringMatching(/^LETTER/),
      "mail-dead",
      "payments-dead",
      "payments-dead",
    ]);
    expect(next?.split("\n")).toEqual([
      `mail-dead: 1 dead letter; to run them again: cloudtask dead redrive mail-dead`,
      `payments-dead: 2 dead letters; to run them again: cloudtask dead redrive payments-dead`,
    ]);
  });

  test("dead list selects letters of each queue, and --limit counts for each", async () => {
    await using emulator = await threeLetters();
    const selected = await at(place, emulator, "dead", "list", "--message", "no route", "--json");
    expect(JSON.parse(selected.out).map(({ queue }: { queue: string }) => queue)).toEqual([
      "mail-dead",
      "payments-dead",
    ]);
    const text = await at(place, emulator, "dead", "list", "--message", "no route", "--reason", "non-retriable");
    const options = "--reason=non-retriable --message='no route'";
    expect(text.out.split("\n\n")[1]?.split("\n")).toEqual([
      `mail-dead: 1 dead letter; to run them again: cloudtask dead redrive mail-dead ${options}`,
      `payments-dead: 1 dead letter; to run them again: cloudtask dead redrive payments-dead ${options}`,
    ]);
    const cut = await at(place, emulator, "dead", "list", "--limit", "1", "--json");
    expect(JSON.parse(cut.out)).toHaveLength(2);
    expect(cut.err).toBe("payments-dead has more than 1 dead letter; pass --limit to see more");
    const none = await at(place, emulator, "dead", "list", "--message", "none");
    expect(none).toEqual({ code: 0, out: "", err: "no dead letters in mail-dead, payments-dead match" });
  });

  test("dead redrive and dead delete name the queues that have letters, and change nothing", async () => {
    await using emulator = await threeLetters();
    for (const args of [
      ["redrive", "--yes"],
      ["delete", "--all"],
    ]) {
      const { code, out, err } = await at(place, emulator, "dead", ...args);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toContain("QUEUE is missing; pass one of those with dead letters: mail-dead, payments-dead");
    }
    const left = await at(place, emulator, "dead", "list", "--json");
    expect(JSON.parse(left.out)).toHaveLength(3);
  });
});

test.each([
  ["emulator", /^no queue of the emulator at \S+ has dead letters\. A worker keeps .* sets `deadLetter`$/],
  ["cloud", /^no dead letters among the first 20 tasks of each queue \(Google Cloud, project prod, .*pass its id$/],
] as const)("if no queue has dead letters, the commands state this, in %s", async (place, message) => {
  const queues = { mail: null, dead: { paused: true } };
  await using emulator = await createEmulator({ port: 0, project: "prod", location: "europe-west1", queues });
  const list = await at(place, emulator, "dead", "list");
  expect(list).toEqual({ code: 0, out: "", err: expect.stringMatching(message) });
  expect((await at(place, emulator, "dead", "list", "--json")).out).toBe("[]");
  const redrive = await at(place, emulator, "dead", "redrive", "--yes");
  expect(redrive).toEqual({ code: 2, out: "", err: expect.stringContaining(`QUEUE is missing; ${list.err}`) });
});
