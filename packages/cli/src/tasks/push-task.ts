import type { CommandContext, Run } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { countText } from "../output/count-text.ts";
import { jsonText } from "../output/json.ts";
import { announce } from "../place/confirm.ts";
import { openPlace } from "../place/open-place.ts";
import { pushClient, pushSchedule } from "../place/push-client.ts";
import { UsageError } from "../usage-error.ts";
import { argumentPosition } from "../values/position.ts";
import { baseUrl } from "../values/readers.ts";
import { payloadLines, pushEach } from "./push-each.ts";
import { shortTaskName } from "./task-argument.ts";

/** `cloudtask tasks push`. */
export const pushTask: Run = async (flags, context) => {
  const definition = required(flags, "definition");
  const lines = flags.has("each") ? payloadLines(await textOf(context.process.stdin)) : undefined;
  const payload = await payloadOf(flags, context);
  const schedule = pushSchedule({ delay: flags.text("delay"), at: flags.text("at") });
  const name = flags.text("name");
  const url = baseUrl(required(flags, "url"), argumentPosition("--url"));
  const place = await openPlace(flags, context);
  const client = pushClient(place, {
    url,
    queue: flags.text("queue"),
    serviceAccount: flags.text("service-account"),
    secretFile: flags.text("secret-file"),
  });
  context.atEnd(() => client.close());
  const count = lines === undefined ? "a task" : countText(lines.length, "task");
  announce(place, `pushes ${count} ${definition} to the queue ${flags.text("queue") ?? "default"}`, context);
  if (lines) return pushEach(lines, { client, definition, push: schedule, isJson: flags.has("json") }, context);
  const task = client.declare<unknown>(definition)(payload);
  const result = await task.push({ ...schedule, ...(name === undefined ? {} : { name }) });
  const { terminal } = context;
  if (flags.has("json")) terminal.out(jsonText(result));
  else if (result.deduplicated) terminal.out(`the name is taken: ${shortTaskName(result.name)} was pushed before`);
  else terminal.out(`pushed ${shortTaskName(result.name)}, due at ${result.scheduleTime.toISOString()}`);
  return 0;
};

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

function required(flags: GivenFlags, name: string): string {
  const value = flags.text(name);
  if (value === undefined) throw new UsageError(`--${name} is missing`);
  return value;
}
