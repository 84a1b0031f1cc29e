import type { CommandContext } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { type EmulatorPlace, openEmulatorPlace } from "../place/open-place.ts";

/** A fault as the emulator shows it. */
export interface FaultJson {
  readonly id: string;
  readonly fault: FaultFields;
  /** How often it has applied. */
  readonly fired: number;
}

/** The fields of a fault. The types of the emulator state which combinations are valid. */
export interface FaultFields {
  readonly on: string;
  readonly status?: string | number;
  readonly message?: string;
  readonly delay?: string | number;
  readonly drop?: true | string;
  readonly twice?: boolean;
  readonly after?: boolean;
  readonly queue?: string;
  readonly task?: string;
  readonly times?: string | number;
  readonly probability?: string | number;
  readonly seed?: string | number;
}

/** Opens the emulator of a command about faults. @throws UsageError in Google Cloud */
export function openFaults(flags: GivenFlags, context: CommandContext): Promise<EmulatorPlace> {
  return openEmulatorPlace(flags, context, {
    reason: "faults exist only in an emulator",
    instead: "Google Cloud has none",
  });
}

/** Reads the faults of an emulator. */
export async function readFaults({ emulator }: EmulatorPlace): Promise<readonly FaultJson[]> {
  const { faults } = await emulator.get<{ readonly faults: readonly FaultJson[] }>("/control/faults");
  return faults;
}
