import type { z } from "zod";
import { CommandFailure } from "../command-failure.ts";
import type { EmulatorApi } from "../place/emulator-api.ts";
import type { Place } from "../place/open-place.ts";

/** The worker of pushed tasks, as the options of the command set it. */
export interface McpWorker {
  readonly url: string | undefined;
  readonly queue: string | undefined;
  readonly serviceAccount: string | undefined;
  readonly secretFile: string | undefined;
}

/** The environment of a call. */
export interface ToolContext {
  readonly place: Place;
  readonly worker: McpWorker;
  /** Aborted if the client cancels the call or disconnects. */
  readonly signal: AbortSignal;
  /** Writes a change of Google Cloud to stderr. */
  readonly announce: (change: string) => void;
}

/** The effect of a tool. `delete`: something is lost, or cannot be undone. */
type ToolEffect = "read" | "change" | "delete";

/** A tool, as it is declared. */
export interface ToolSpec<Input extends z.ZodObject> {
  readonly name: string;
  /** A few words for a list of tools. */
  readonly title: string;
  readonly description: string;
  readonly effect: ToolEffect;
  /** Whether a repeated call has no further effect. */
  readonly isIdempotent?: boolean;
  /** Default: everywhere. */
  readonly only?: "emulator" | "cloud";
  readonly input: Input;
  readonly run: (input: z.infer<Input>, context: ToolContext) => Promise<object>;
}

/** A tool, whose input is checked when it is called. */
export interface McpTool extends Omit<ToolSpec<z.ZodObject>, "run"> {
  /** @throws CommandFailure for an invalid input */
  readonly run: (input: unknown, context: ToolContext) => Promise<object>;
}

/** Creates a tool. */
export function tool<Input extends z.ZodObject>(spec: ToolSpec<Input>): McpTool {
  return {
    ...spec,
    run: async (given, context) => {
      const { data, error } = spec.input.safeParse(given);
      if (error) throw new CommandFailure(`invalid input of ${spec.name}: ${issuesText(error)}`);
      return spec.run(data, context);
    },
  };
}

/** Returns the emulator of a tool that needs one. */
export function emulatorOf({ place }: ToolContext): EmulatorApi {
  if (place.emulator) return place.emulator;
  throw new CommandFailure("this tool needs an emulator");
}

function issuesText({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message)).join("; ");
}
