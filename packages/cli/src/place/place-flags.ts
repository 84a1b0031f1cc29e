import type { Flag, FlagGroup } from "../command-line/flag.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { optionText } from "../command-line/option-text.ts";

/** The emulator of a command. */
export const emulatorFlag: Flag = {
  name: "emulator",
  value: "HOST:PORT",
  isValueOptional: true,
  help: "An emulator (default: CLOUD_TASKS_EMULATOR_HOST; 127.0.0.1:8123 without an address)",
};

/** The options of every command that works on queues and tasks. */
export const placeGroup: FlagGroup = {
  title: "Where",
  flags: [
    emulatorFlag,
    { name: "project", value: "ID", help: "The project (default: that of gcloud, or of the emulator)" },
    { name: "location", value: "ID", help: "The location (default: the region of gcloud, or that of the emulator)" },
  ],
};

/** Prints JSON instead of a text for people. */
export const jsonFlag: Flag = { name: "json", help: "Print JSON" };

/** Confirms a change that loses something. */
export const yesFlag: Flag = { name: "yes", short: "y", help: "Do not ask for confirmation" };

/** The last options of a command that prints something. */
export const jsonGroup: FlagGroup = { title: "Options", flags: [jsonFlag] };

/** The last options of a command that asks for confirmation. */
export const confirmGroup: FlagGroup = { title: "Options", flags: [yesFlag, jsonFlag] };

/** Repeats the options of a call that name its place, for a command to copy. */
export function placeText(flags: GivenFlags): string {
  return optionText(
    flags,
    placeGroup.flags.map(({ name }) => name),
  );
}
