import type { QueueUse, TokenSource } from "cloudtask/internal/cli";
import type { EmulatorApi } from "../place/emulator-api.ts";

/** The settings that are checked. */
export interface Setup {
  readonly project: string;
  readonly location: string;
  /** The place, for the report. */
  readonly label: string;
  /** `undefined` in Google Cloud. */
  readonly emulator: EmulatorApi | undefined;
  /** The source of access tokens, if it is not the default one. */
  readonly token: TokenSource | undefined;
  /** The ids of the queues. */
  readonly queues: readonly string[];
  /** The URL of the worker. */
  readonly url: string | undefined;
  readonly serviceAccount: string | undefined;
  /** The audience of pushed tasks: the setting, otherwise the URL. */
  readonly audience: string | undefined;
  readonly secret: string | undefined;
  readonly secretHeader: string;
  /** The definitions of the client module; `undefined` without one. */
  readonly uses: readonly QueueUse[] | undefined;
  /** The longest dispatch deadline, in milliseconds. */
  readonly dispatchDeadlineMs: number;
  /** The name of the Cloud Run service, if its URL does not lead to it. */
  readonly runService: string | undefined;
  /** Whether a ping is delivered too. */
  readonly delivers: boolean;
  /** How long to wait for a delivery, in milliseconds. */
  readonly deliveryTimeoutMs: number;
  readonly env: NodeJS.ProcessEnv;
}

/** Returns the full name of a queue. */
export function queueName({ project, location }: Pick<Setup, "project" | "location">, id: string): string {
  return `projects/${project}/locations/${location}/queues/${id}`;
}
