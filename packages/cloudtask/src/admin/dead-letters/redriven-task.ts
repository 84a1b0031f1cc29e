import { base64 } from "../../core/base64.ts";
import { redrivenHeaders, redrivenTaskId } from "../../core/redriven.ts";
import type { Registry } from "../../execution/registry.ts";
import { encode } from "../../payload/encode.ts";
import { type Json, objectOf } from "../json-fields.ts";
import type { DeadLetter } from "./dead-letter.ts";
import type { StoredLetter } from "./read-dead-letter.ts";

/** Returns the payload to redrive instead of the letter's own. */
export type EditPayload = (payload: unknown, letter: DeadLetter) => unknown;

/** Headers that Cloud Tasks stores itself, and a host that it computes. */
const OUTPUT_HEADERS = ["user-agent", "content-length"];

/**
 * Creates the task of the home queue from its dead letter. Its name is derived from the letter's name, so a letter that is
 * redriven twice creates one task.
 *
 * @param homeQueue - the full resource name of the queue
 * @returns the id of the task, and the body of the CreateTask call
 */
export async function redrivenTask(
  { letter, json }: StoredLetter,
  homeQueue: string,
  registry: Registry,
  edit: EditPayload | undefined,
): Promise<{ readonly id: string; readonly body: string }> {
  const id = await redrivenTaskId(letter.name);
  const target = json.appEngineHttpRequest === undefined ? "httpRequest" : "appEngineHttpRequest";
  const { appEngineRouting, ...request } = objectOf(json[target]);
  const { host: _, ...routing } = objectOf(appEngineRouting);
  const task = {
    name: `${homeQueue}/tasks/${id}`,
    dispatchDeadline: json.dispatchDeadline,
    retryConfig: json.retryConfig,
    [target]: {
      ...request,
      ...(target === "appEngineHttpRequest" && { appEngineRouting: routing }),
      headers: headersOf(objectOf(request.headers), registry),
      ...(edit && { body: base64(new TextEncoder().encode(await editedBody(letter, registry, edit))) }),
    },
  };
  return { id, body: JSON.stringify({ task }) };
}

function headersOf(stored: Json, registry: Registry): Readonly<Record<string, string>> {
  const headers = redrivenHeaders(stored as Readonly<Record<string, string>>, Date.now());
  const [secret] = secretsOf(registry);
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    if (OUTPUT_HEADERS.includes(name.toLowerCase())) return [];
    // A letter can be older than the secret.
    const isSecret = name.toLowerCase() === registry.callers.secretHeader.toLowerCase();
    return [[name, isSecret && secret !== undefined ? secret : value] as const];
  });
  return Object.fromEntries(entries);
}

/** An admin without a client has no secret. It may also be unset where the admin runs. */
function secretsOf({ callers }: Registry): readonly string[] {
  try {
    return callers.secrets;
  } catch {
    return [];
  }
}

async function editedBody(letter: DeadLetter, registry: Registry, edit: EditPayload): Promise<string> {
  const payload = await edit(letter.payload, letter);
  if (payload === undefined && letter.payload !== undefined) {
    throw new TypeError("`edit` returned undefined; it must return the payload to redrive");
  }
  const name = letter.task ?? "";
  return encode(registry.tasks.get(name) ?? { name, input: undefined }, payload, registry.serializer);
}
