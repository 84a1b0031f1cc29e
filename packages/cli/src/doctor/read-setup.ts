import { readFileSync } from "node:fs";
import { durationMs, errorMessage } from "cloudtask/internal";
import type { ClientDescription } from "cloudtask/internal/cli";
import { CommandFailure } from "../command-failure.ts";
import type { CommandContext } from "../command-line/command-spec.ts";
import { type FlagEntry, GivenFlags } from "../command-line/given-flags.ts";
import { EmulatorApi } from "../place/emulator-api.ts";
import { openPlace } from "../place/open-place.ts";
import { UsageError } from "../usage-error.ts";
import { emulatorHost } from "../values/emulator-host.ts";
import { argumentPosition } from "../values/position.ts";
import { baseUrl, duration } from "../values/readers.ts";
import { loadClient } from "./client-module.ts";
import type { Setup } from "./setup.ts";

/** Cloud Tasks waits this long for an HTTP target if the task does not set it. */
const DEFAULT_DEADLINE_MS = 600_000;
const DEFAULT_SECRET_HEADER = "X-CloudTask-Secret";
const DEFAULT_TIMEOUT = "30s";

/**
 * Reads the settings: from the options, otherwise from the client module, otherwise as every command does.
 *
 * @throws UsageError for an invalid option, or if project or location are missing
 */
export async function readSetup(flags: GivenFlags, context: CommandContext): Promise<Setup> {
  const { env } = context.process;
  const client = await openClient(flags, context);
  const queues = queuesOf(flags, client);
  const place = await readPlace(await withClientPlace(flags, client, queues[0] ?? "default"), context);
  const url = urlOf(flags, client);
  const serviceAccount = accountOf(flags) ?? read(client, "serviceAccount");
  return {
    ...place,
    env,
    queues,
    url,
    serviceAccount,
    audience: flags.text("audience") ?? (flags.has("url") ? url : (read(client, "audience") ?? url)),
    secret: secretOf(flags, env) ?? read(client, "secret"),
    secretHeader: flags.text("secret-header") ?? client?.secretHeader ?? DEFAULT_SECRET_HEADER,
    uses: client?.uses,
    dispatchDeadlineMs: client?.dispatchDeadlineMs ?? DEFAULT_DEADLINE_MS,
    runService: flags.text("run-service"),
    delivers: flags.has("deliver"),
    deliveryTimeoutMs: timeoutOf(flags),
  };
}

async function openClient(flags: GivenFlags, { atEnd }: CommandContext): Promise<ClientDescription | undefined> {
  const file = flags.text("client");
  if (file === undefined) return undefined;
  const { client, description } = await loadClient(file);
  atEnd(() => client.close());
  return description;
}

/** Returns the queues of the options, otherwise those of the definitions, otherwise `default`. */
function queuesOf(flags: GivenFlags, client: ClientDescription | undefined): readonly string[] {
  const given = flags.all("queue");
  const invalid = given.find((each) => !/^[A-Za-z0-9-]{1,100}$/.test(each));
  if (invalid !== undefined) {
    throw new UsageError(
      `${flags.label("queue")}: expected the id of a queue, such as mail; received ${JSON.stringify(invalid)}`,
    );
  }
  const used = client?.uses.flatMap(({ queues }) => queues) ?? [];
  const queues = [...new Set(given.length > 0 ? given : used)];
  return queues.length > 0 ? queues : ["default"];
}

/** Adds the place of the client's pushes to the options, which take precedence. */
async function withClientPlace(
  flags: GivenFlags,
  client: ClientDescription | undefined,
  queue: string,
): Promise<GivenFlags> {
  if (client === undefined) return flags;
  // Without a project, the client rejects. The options or gcloud may have it.
  const name = await client.queueName(queue).catch(() => "");
  const [, project, location] = /^projects\/([^/]+)\/locations\/([^/]+)\//.exec(name) ?? [];
  const entries = Object.entries({ project, location, emulator: client.emulatorHost }).flatMap(
    ([key, value]): readonly FlagEntry[] => (value === undefined ? [] : [{ name: key, value }]),
  );
  return new GivenFlags([...entries, ...flags.entries], flags.positionals);
}

type OpenedPlace = Pick<Setup, "project" | "location" | "label" | "emulator" | "token">;

async function readPlace(flags: GivenFlags, context: CommandContext): Promise<OpenedPlace> {
  try {
    const { project, location, label, emulator, connection } = await openPlace(flags, context);
    return { project, location, label, emulator, token: connection.token };
  } catch (error) {
    const host = emulatorHost(flags, context.process.env);
    if (!(error instanceof CommandFailure) || host === undefined) throw error;
    return unanswered(flags, new EmulatorApi(new URL(`http://${host}`)));
  }
}

/** An emulator that does not answer is a finding, and does not stop the other checks. */
function unanswered(flags: GivenFlags, emulator: EmulatorApi): OpenedPlace {
  const [project = "local-project", location = "us-central1"] = [flags.text("project"), flags.text("location")];
  return { project, location, label: `the emulator at ${emulator.url.host}`, emulator, token: undefined };
}

function urlOf(flags: GivenFlags, client: ClientDescription | undefined): string | undefined {
  const given = flags.text("url");
  return given === undefined ? read(client, "url") : baseUrl(given, argumentPosition(flags.label("url")));
}

function accountOf(flags: GivenFlags): string | undefined {
  const email = flags.text("service-account");
  if (email === undefined || /^[^\s@/?#:]+@[^\s@/?#:]+$/.test(email)) return email;
  const label = flags.label("service-account");
  throw new UsageError(`${label}: expected the e-mail address of a service account; received ${JSON.stringify(email)}`);
}

/** Reads a setting of the client, whose functions may miss an environment variable here. */
function read<Key extends "url" | "audience" | "serviceAccount" | "secret">(
  client: ClientDescription | undefined,
  key: Key,
): ClientDescription[Key] | undefined {
  try {
    return client?.[key];
  } catch (cause) {
    const flag = { url: "--url", audience: "--audience", serviceAccount: "--service-account", secret: "--secret-env" }[
      key
    ];
    throw new UsageError(`--client: ${errorMessage(cause)}. Set its environment variable here too, or pass ${flag}`, {
      cause,
    });
  }
}

function secretOf(flags: GivenFlags, env: NodeJS.ProcessEnv): string | undefined {
  const [variable, file] = [flags.text("secret-env"), flags.text("secret-file")];
  if (variable !== undefined) {
    const value = env[variable];
    if (value) return value;
    throw new UsageError(`${flags.label("secret-env")}: the environment variable ${variable} is not set`);
  }
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new UsageError(`${flags.label("secret-file")} ${file}: the file cannot be read`, { cause });
  }
}

function timeoutOf(flags: GivenFlags): number {
  const given = flags.text("timeout") ?? DEFAULT_TIMEOUT;
  return durationMs(duration(given, argumentPosition(flags.label("timeout"))), "--timeout");
}
