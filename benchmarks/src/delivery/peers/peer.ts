/** How to start one emulator: `scratch` is an empty directory of its own, removed afterwards. */
export interface EmulatorPeer {
  readonly name: string;
  readonly version: string;
  /** Whether it has the REST API beside gRPC, on the same port. */
  readonly rest: boolean;
  /** How many tasks a round has at most, where more would take minutes. */
  readonly mostTasks?: number;
  command(port: number, scratch: string): EmulatorCommand;
}

/** What to spawn. */
interface EmulatorCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Makes an emulator ready to be started, or says why there is none on this machine. */
export type FindEmulator = () => Promise<EmulatorPeer | string>;
