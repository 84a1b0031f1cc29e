/** An emulator that can be started. */
export interface EmulatorPeer {
  readonly name: string;
  readonly version: string;
  /** Whether it offers REST on the same port as gRPC. */
  readonly rest: boolean;
  /** Maximum number of tasks per round, for emulators that would take minutes. */
  readonly maxTasks?: number;
  /** @param scratch - an empty directory, which is deleted afterwards */
  command(port: number, scratch: string): EmulatorCommand;
}

interface EmulatorCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Builds or finds an emulator. Resolves with the reason if it is not available on this machine. */
export type FindEmulator = () => Promise<EmulatorPeer | string>;
