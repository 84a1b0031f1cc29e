import { CommandFailure } from "../command-failure.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { UsageError } from "../usage-error.ts";

/** An error that an emulator answered. */
export class EmulatorFailure extends CommandFailure {
  /** The HTTP status. */
  readonly status: number;
  /** The message of the answer. */
  readonly reason: string;

  constructor(host: string, status: number, reason: string) {
    super(`the emulator at ${host} answered ${status}: ${reason}`);
    this.status = status;
    this.reason = reason;
  }
}

/**
 * Converts the error of a value that the emulator rejected to a usage error of the option that set it. Returns other errors unchanged.
 *
 * @param names - the names of arguments by the field that they set
 */
export function invalidOption(
  error: unknown,
  flags: GivenFlags,
  names: Readonly<Record<string, string>> = {},
): unknown {
  if (!(error instanceof EmulatorFailure) || error.status !== 400) return error;
  const [, field = "", problem] = /^(?:[\w.]+: )?(\w+): (.*)$/s.exec(error.reason) ?? [];
  const name = names[field] ?? (flags.has(field) ? `--${field}` : undefined);
  return name === undefined || problem === undefined ? error : new UsageError(`${name}: ${problem}`);
}
