import { Command, type Option } from "commander";
import { UsageError } from "../usage-error.ts";

/**
 * A command of commander that also rejects a forgotten value: commander alone accepts the next option as the value, so
 * `--data --memory` would store data in a directory `--memory`.
 */
export class StrictCommand extends Command {
  /** Whether what follows the first operand belongs to another command. */
  stopsAtOperand = false;

  override createCommand(name?: string): StrictCommand {
    return new StrictCommand(name);
  }

  override parseOptions(args: string[]): ReturnType<Command["parseOptions"]> {
    checkValues(args, this.options, this.stopsAtOperand);
    return super.parseOptions(args);
  }
}

function checkValues(args: readonly string[], options: readonly Option[], stopsAtOperand: boolean): void {
  const words = [...args];
  for (let word = words.shift(); word !== undefined && word !== "--"; word = words.shift()) {
    const [, name = word, inline] = /^(--[^=]+)=([\s\S]*)$/.exec(word) ?? [];
    const option = options.find(({ long, short }) => name === long || word === short);
    if (option) checkValue(option, name, { inline, next: inline ?? words[0] });
    if (option?.required && inline === undefined) words.shift();
    if (!option && stopsAtOperand && !word.startsWith("-")) return;
  }
}

interface GivenValue {
  readonly inline: string | undefined;
  readonly next: string | undefined;
}

function checkValue({ required, optional, flags }: Option, name: string, { inline, next }: GivenValue): void {
  if (!required && optional) return;
  if (!required) {
    if (inline === undefined) return;
    throw new UsageError(`${name} does not accept a value; received ${JSON.stringify(inline)}`);
  }
  if (!next) throw new UsageError(`${name} needs a value: ${name} ${/<(.*)>/.exec(flags)?.[1]}`);
  // A negative number and a dash alone, for stdin, are values.
  if (inline === undefined && /^-[^\d]/.test(next)) {
    throw new UsageError(
      `${name} needs a value, but ${next} looks like an option; to pass it as the value, write ${name}=${next}`,
    );
  }
}
