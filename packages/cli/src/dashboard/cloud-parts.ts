import type { ControlToken } from "@cloudtask/emulator/internal";
import type { Transport } from "cloudtask";
import type { Admin } from "cloudtask/admin";
import type { CallPace } from "../place/call-pace.ts";
import type { BodyAccess } from "./read/body-access.ts";
import type { CloudJobs } from "./write/cloud-jobs.ts";

/** The connection to a location of a project. */
export interface CloudApi {
  readonly project: string;
  readonly location: string;
  readonly admin: Admin;
  /** Sends the calls that the admin does not offer. */
  readonly transport: Transport;
  readonly bodies: BodyAccess;
  readonly pace: CallPace;
  /** The current time, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** The parts of a dashboard over Google Cloud. */
export interface CloudParts extends CloudApi {
  readonly allowsWrites: boolean;
  readonly token: ControlToken;
  readonly jobs: CloudJobs;
}

/** Returns `projects/…/locations/…`. */
export function locationName({ project, location }: Pick<CloudApi, "project" | "location">): string {
  return `projects/${project}/locations/${location}`;
}
