import type { CommandNode, CommandSpec } from "../../src/command-line/command-spec.ts";
import type { GivenFlags } from "../../src/command-line/given-flags.ts";
import { parseCall } from "../../src/command-line/parse-call.ts";

/** A command line that names a command. */
export interface ParsedLine {
  readonly spec: CommandSpec;
  readonly flags: GivenFlags;
}

/** Parses the arguments after `cloudtask` without running the command, and without `--help`. @throws UsageError for invalid arguments */
export async function parseLine(args: readonly string[], nodes: readonly CommandNode[]): Promise<ParsedLine> {
  const parsed: ParsedLine[] = [];
  const ignore = (): void => undefined;
  const words = args.filter((word) => word !== "--help");
  await parseCall(words, {
    nodes,
    version: "",
    out: ignore,
    err: ignore,
    act: async (spec, flags) => void parsed.push({ spec, flags }),
  });
  const [line] = parsed;
  if (!line) throw new Error(`${args.join(" ")} runs no command`);
  return line;
}

/** Returns all commands, also those of groups. */
export function allSpecs(nodes: readonly CommandNode[]): readonly CommandSpec[] {
  return nodes.flatMap((node) => ("commands" in node ? node.commands : [node]));
}
