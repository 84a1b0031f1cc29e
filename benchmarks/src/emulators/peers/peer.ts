/** An emulator that can be started. */
export interface EmulatorPeer {
  readonly name: string;
  readonly version: string;
  /** Whether it offers REST on the same port as gRPC. */
  readonly rest: boolean;
  /** @param scratch - an empty directory, which is deleted afterwards */
  command(port: number, scratch: string): EmulatorCommand;
}

interface EmulatorCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Builds or finds an emulator. Resolves with the reason if it is not available on this machine.
 *
 * @param built - returns the path of a compiled process of ours
 */
export type FindEmulator = (
  progress: (text: string) => void,
  built: (name: string) => string,
) => Promise<EmulatorPeer | string>;
