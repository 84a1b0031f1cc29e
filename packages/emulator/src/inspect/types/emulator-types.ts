/** GET /inspect/emulator: the version, the options and the time of the emulator. */
export interface EmulatorJson {
  /** The version of the emulator, such as `1.2.3`. */
  readonly version: string;
  /** The base URL of the emulator. */
  readonly url: string;
  /** The project of the queues that the options name by id. */
  readonly project: string;
  /** The location of the queues that the options name by id. */
  readonly location: string;
  /** The current time by the emulator's clock. */
  readonly now: string;
  /** How far that clock is ahead of the machine's time, in milliseconds: after an advance, or with a clock of its own. */
  readonly clockOffsetMs: number;
  /** The options of `createEmulator()`, with their defaults. */
  readonly options: {
    readonly autoCreateQueues: boolean;
    readonly dataDir?: string;
    readonly appEngine?: string | Readonly<Record<string, string>>;
    readonly rewriteHosts: Readonly<Record<string, string>>;
    readonly targetCa?: string;
    readonly allowUnverifiedTls: boolean;
    readonly throttling: boolean;
    readonly taskCooldownMs: number;
    readonly queueCooldownMs: number;
    readonly history: { readonly attempts: number; readonly bodyBytes: number };
  };
  readonly history: {
    /** The number of finished attempts in the history. */
    readonly attempts: number;
    /** Their approximate memory, in bytes. */
    readonly bytes: number;
    /** Why attempts could not be written to the data directory. */
    readonly problem?: string;
  };
}
