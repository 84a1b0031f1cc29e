import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { flagsOf } from "../src/command-line/command-spec.ts";
import { variableOf } from "../src/command-line/flag.ts";
import { commands } from "../src/commands.ts";
import { readConfig } from "../src/config/read-config.ts";
import { emulatorCommand } from "../src/emulator/emulator-command.ts";
import { temporaryFolder } from "./support/folder.ts";
import { allSpecs, parseLine } from "./support/parse-line.ts";
import { optionsOf } from "./support/run-here.ts";
import { spawnCloudtask, startEmulator } from "./support/spawned.ts";

const page = ["emulator", "emulator-docker", "emulator-clients"]
  .map((name) => readFileSync(`docs/${name}.md`, "utf8"))
  .join("\n");
const ciPage = readFileSync("docs/continuous-integration.md", "utf8");
const ciFiles = [...ciPage.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = ""]) => parse(yaml));
const differences = readFileSync("docs/emulator-differences.md", "utf8");

/** Returns the code blocks of a language, with continued lines joined. */
const blocks = (language: string): string[] =>
  [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)]
    .filter(([, name]) => name === language)
    .map(([, , code = ""]) => code.replace(/\\\n\s*/g, ""));

const calls = [
  ...[
    ...blocks("sh")
      .join("\n")
      .matchAll(/^npx (?:@cloudtask\/cli|cloudtask) (.*)$/gm),
  ].map(([, call = ""]) => call),
  ...[...page.matchAll(/`npx (?:@cloudtask\/cli|cloudtask) ([^`]*)`/g)].map(([, call = ""]) => call),
].map((call) => call.replace(/\s+#.*/, ""));

test("the commands on the pages exist", async () => {
  expect(calls.length).toBeGreaterThan(5);
  for (const call of calls) {
    await expect(parseLine(call.trim().split(/\s+/), commands), call).resolves.toBeDefined();
  }
});

test("every option on the pages belongs to one of our commands, npm or Docker", () => {
  const known = new Set([
    ...allSpecs(commands).flatMap((spec) => flagsOf(spec).map(({ name }) => name)),
    ...["help", "save-dev", "add-host"],
  ]);
  const named = [...`${page}${differences}${ciPage}`.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(
    ([, name = ""]) => name,
  );
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test("the configuration file on the page is valid", async () => {
  await using folder = await temporaryFolder();
  const [own = ""] = blocks("yaml");
  const config = readConfig(await folder.write("cloudtask.yaml", own));
  expect(config.options).toMatchObject({ project: "my-project", dataDir: `${folder.path}/.cloudtask` });
  expect(Object.keys(config.queues ?? {})).toEqual(["default", "mail", "mail-dead"]);
});

test("the arguments of the page's containers are valid", async () => {
  const compose = parse(blocks("yaml")[1] ?? "");
  expect(await optionsOf(compose.services.emulator.command)).toMatchObject({
    allowedHosts: ["emulator"],
    issuer: `http://${compose.services.app.environment.CLOUD_TASKS_EMULATOR_HOST}`,
    rewriteHosts: { localhost: "host.docker.internal" },
  });
  const [, args = ""] = /docker run .* cloudtask-emulator (.*)$/m.exec(page) ?? [];
  expect(Object.keys((await optionsOf(args.split(" "))).queues ?? {})).toHaveLength(1);
});

test("every inspect and control path of the page answers, with the body that the page shows", async () => {
  await using emulator = await startEmulator("--memory");
  const paths = `${page}${differences}`.matchAll(/`(?:GET )?(\/(?:inspect|health|\.well-known)[^\s`]*)`/g);
  const reads = [...new Set([...paths].map(([, path]) => path))].map((path) => [path]);
  const posts = [...page.matchAll(/`POST (\/control\/\w+)(?: (\{[^`]*\}))?`/g)].map(([, path, body = "{}"]) => [
    path,
    body,
  ]);
  expect([reads.length, posts.length]).toEqual([9, 4]);
  for (const [path, body] of [...reads, ...posts]) {
    const init = body === undefined ? {} : { method: "POST", body };
    const response = await fetch(`${emulator.ready.url}${path}`, init);
    await response.body?.cancel();
    expect([path, response.status]).toEqual([path, 200]);
  }
});

test("Google's client for Node works with the code of the page, and prints nothing to stderr", async () => {
  await using emulator = await startEmulator("--memory");
  const [queue = ""] = emulator.ready.queues;
  const [code = ""] = blocks("js");
  const program = `${code.replaceAll("8123", new URL(emulator.ready.url).port)}
    for (const client of [overGrpc, overRest]) console.log((await client.getQueue({ name: "${queue}" }))[0].name);
    await overGrpc.close();`;
  const [, name = "", value] = /(METADATA_\w+)=(\w+)/.exec(code) ?? [];
  await using client = spawnCloudtask([], { [name]: value }, ["--input-type=module", "--eval", program]);
  expect(await client.ended()).toBe(0);
  expect([client.out(), client.err()]).toEqual([`${queue}\n${queue}\n`, ""]);
});

test("the services of CI systems on the page set valid variables, and are called by an allowed name", async () => {
  const [actions, inContainer, gitlab] = ciFiles;
  const noConfig = { options: {}, memory: false };
  expect(await optionsOf([], noConfig, actions.jobs.test.services.emulator.env)).toMatchObject({
    project: "my-project",
    location: "europe-west1",
    queues: { default: null, mail: { rate: 5, retry: { maxAttempts: 3 } } },
    rewriteHosts: { localhost: "host.docker.internal" },
  });
  const { CLOUD_TASKS_EMULATOR_HOST: host, ...variables } = inContainer;
  expect(await optionsOf([], noConfig, variables)).toMatchObject({
    allowedHosts: ["emulator"],
    issuer: `http://${host}`,
  });
  const [service] = gitlab.test.services;
  expect(await optionsOf([], noConfig, service.variables)).toMatchObject({
    allowedHosts: [service.alias],
    issuer: `http://${gitlab.test.variables.CLOUD_TASKS_EMULATOR_HOST}`,
  });
});

test("every variable on the pages belongs to an option", () => {
  const known = flagsOf(emulatorCommand).map(variableOf);
  const named = [...`${page}${ciPage}`.matchAll(/CLOUDTASK_[A-Z_]+/g)].map(([name]) => name);
  expect(named.length).toBeGreaterThan(10);
  // The page shows this one as an example of a misspelled variable.
  expect(named.filter((name) => !known.includes(name))).toEqual(["CLOUDTASK_QUEUES"]);
});
