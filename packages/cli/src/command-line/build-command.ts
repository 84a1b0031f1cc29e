import { Argument, type Help, Option } from "commander";
import { UsageError } from "../usage-error.ts";
import { type ArgumentSpec, type CommandGroup, type CommandNode, type CommandSpec, flagsOf } from "./command-spec.ts";
import { type Flag, variableOf } from "./flag.ts";
import { GivenFlags } from "./given-flags.ts";
import { StrictCommand } from "./strict-command.ts";

/** The width of the left column of notes below the options. */
const NOTE_COLUMN = 26;

/** Called when the arguments are parsed. */
export type Act = (spec: CommandSpec, flags: GivenFlags) => Promise<void>;

/** Creates the command of commander for a command or a group of ours. */
export function buildCommand(node: CommandNode, act: Act): StrictCommand {
  return "commands" in node ? buildGroup(node, act) : buildOne(node, act);
}

function buildGroup({ name, summary, commands }: CommandGroup, act: Act): StrictCommand {
  const group = prepared(new StrictCommand(name).summary(summary).description(`${summary}.`));
  group.usage("<command> [options]");
  group.stopsAtOperand = true;
  for (const each of commands) group.addCommand(buildOne(each, act));
  group.addHelpText("after", `\nRun cloudtask ${name} <command> --help for the options of a command.`);
  return group;
}

function buildOne(spec: CommandSpec, act: Act): StrictCommand {
  const { name, summary, intro = `${summary}.`, args = [], outro = [] } = spec;
  const command = prepared(new StrictCommand(name).summary(summary).description(intro));
  command.usage(usageOf(spec));
  for (const argument of args) command.addArgument(argumentOf(argument));
  for (const { title, flags } of spec.groups) {
    for (const flag of flags) command.addOption(optionOf(flag, spec).helpGroup(`${title}:`));
  }
  const lastGroup = spec.groups.at(-1)?.title ?? "Options";
  command.addHelpOption(new Option("-h, --help", "Show this help").helpGroup(`${lastGroup}:`));
  if (outro.length > 0) command.addHelpText("after", () => notesOf(command, outro));
  if (spec.passesOptions) {
    command.passThroughOptions();
    command.stopsAtOperand = true;
  }
  return command.allowExcessArguments().action(async () => act(spec, givenFlags(spec, command)));
}

function usageOf({ args = [], passesOptions }: CommandSpec): string {
  const names = args.map(({ name, isOptional, isVariadic }) => {
    const text = isVariadic ? `${name}...` : name;
    return isOptional ? `[${text}]` : text;
  });
  return passesOptions ? `[options] -- ${names.join(" ")}` : [...names, "[options]"].join(" ");
}

function prepared(command: StrictCommand): StrictCommand {
  return command.helpCommand(false).enablePositionalOptions().exitOverride().helpOption("-h, --help", "Show this help");
}

/** All are optional for commander: a missing argument gets a message with an example. */
function argumentOf({ name, isVariadic }: ArgumentSpec): Argument {
  return new Argument(isVariadic ? `[${name}...]` : `[${name}]`);
}

function optionOf({ name, short, value, isValueOptional, help }: Flag, { hasVariables = false }: CommandSpec): Option {
  const names = short ? `-${short}, --${name}` : `--${name}`;
  const variable = hasVariables ? ` [${variableOf({ name })}]` : "";
  const placeholder = isValueOptional ? `[${value}]` : `<${value}>`;
  const option = new Option(value ? `${names} ${placeholder}` : names, `${help}${variable}`);
  return value ? option.argParser((each, before: readonly string[] = []) => [...before, each]) : option;
}

/** Formats the lines below the options. */
function notesOf(command: StrictCommand, outro: NonNullable<CommandSpec["outro"]>): string {
  const help: Help = command.createHelp();
  help.prepareContext({});
  const lines = outro.map((line) =>
    typeof line === "string" ? line : help.formatItem(line[0], NOTE_COLUMN, line[1], help),
  );
  return ["", ...lines].join("\n");
}

/** Returns the options and arguments that commander has parsed. @throws UsageError for a combination that is not allowed */
function givenFlags(spec: CommandSpec, command: StrictCommand): GivenFlags {
  const entries = flagsOf(spec).flatMap(({ name }) => {
    const key = command.options.find(({ long }) => long === `--${name}`)?.attributeName() ?? name;
    const value: unknown = command.getOptionValue(key);
    if (value === undefined) return [];
    return Array.isArray(value) ? value.map((each) => ({ name, value: String(each) })) : [{ name, value: "" }];
  });
  const flags = new GivenFlags(entries, command.args);
  checkConflicts(flagsOf(spec), flags);
  checkArguments(spec, command.args);
  return flags;
}

function checkConflicts(known: readonly Flag[], flags: GivenFlags): void {
  const conflict = known.find(({ name, excludes }) => excludes !== undefined && flags.has(name) && flags.has(excludes));
  if (!conflict) return;
  throw new UsageError(`--${conflict.name} and --${conflict.excludes} cannot be used together; remove one of them`);
}

function checkArguments({ args = [] }: CommandSpec, given: readonly string[]): void {
  const missing = args[given.length];
  if (missing && !missing.isOptional && !missing.isCheckedLater)
    throw new UsageError(`${missing.name} is missing; ${missing.hint}`);
  const empty = args.find((_, index) => given[index] === "");
  if (empty) throw new UsageError(`${empty.name} is empty; ${empty.hint}`);
  const unexpected = args.at(-1)?.isVariadic ? undefined : given[args.length];
  if (unexpected === undefined) return;
  throw new UsageError(
    `unexpected argument ${JSON.stringify(unexpected)}${args.length === 0 ? "; options begin with --" : ""}`,
  );
}
