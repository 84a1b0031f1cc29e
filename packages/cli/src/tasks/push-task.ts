import { readFileSync } from "node:fs";
import { CloudTaskClient } from "cloudtask";
import type { CommandContext, Run } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { jsonText } from "../output/json.ts";
import { announce } from "../place/confirm.ts";
import { openPlace, type Place } from "../place/open-place.ts";
import { UsageError } from "../usage-error.ts";
import { argumentPosition } from "../values/position.ts";
import { baseUrl, duration } from "../values/readers.ts";
import { shortTaskName } from "./task-argument.ts";

/** `cloudtask tasks push`. */
export const pushTask: Run = async (flags, context) => {
  const definition = required(flags, "definition");
  const payload = await payloadOf(flags, context);
  const schedule = scheduleOf(flags);
  const name = flags.text("name");
  const url = baseUrl(required(flags, "url"), argumentPosition("--url"));
  const place = await openPlace(flags, context);
  const client = clientOf(place, url, flags);
  context.atEnd(() => client.close());
  announce(place, `pushes a task ${definition} to the queue ${flags.text("queue") ?? "default"}`, context);
  const task = client.declare<unknown>(definition)(payload);
  const result = await task.push({ ...schedule, ...(name === undefined ? {} : { name }) });
  const { terminal } = context;
  if (flags.has("json")) terminal.out(jsonText(result));
  else if (result.deduplicated) terminal.out(`the name is taken: ${shortTaskName(result.name)} was pushed before`);
  else terminal.out(`pushed ${shortTaskName(result.name)}, due at ${result.scheduleTime.toISOString()}`);
  return 0;
};

function clientOf({ connection }: Place, url: string, flags: GivenFlags): CloudTaskClient {
  const serviceAccount = flags.text("service-account");
  const secretFile = flags.text("secret-file");
  return new CloudTaskClient({
    ...connection,
    url,
    queue: flags.text("queue") ?? "default",
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
    ...(secretFile === undefined ? {} : { secret: readSecret(secretFile) }),
  });
}

function scheduleOf(flags: GivenFlags): { readonly delay?: ReturnType<typeof duration>; readonly at?: Date } {
  const [delay, at] = [flags.text("delay"), flags.text("at")];
  if (delay !== undefined) return { delay: duration(delay, argumentPosition("--delay")) };
  if (at === undefined) return {};
  const time = new Date(at);
  // A time without an offset would depend on the time zone of the machine.
  if (Number.isNaN(time.getTime()) || !/(?:Z|[+-]\d\d:?\d\d)$/i.test(at)) {
    throw new UsageError(`--at: expected a time such as 2030-01-31T08:00:00Z; received ${JSON.stringify(at)}`);
  }
  return { at: time };
}

async function payloadOf(flags: GivenFlags, { process: { stdin } }: CommandContext): Promise<unknown> {
  const given = flags.text("payload");
  if (given === undefined) return undefined;
  const text = given === "-" ? await textOf(stdin) : given;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(
      `--payload: expected JSON, such as '{"orderId":500}' or '"text"'; ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new UsageError(`--secret-file ${file}: the file cannot be read`, { cause });
  }
}

function required(flags: GivenFlags, name: string): string {
  const value = flags.text(name);
  if (value === undefined) throw new UsageError(`--${name} is missing`);
  return value;
}
