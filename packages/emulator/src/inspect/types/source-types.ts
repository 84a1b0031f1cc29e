/**
 * GET /inspect/source — the source of the data, which the pages of the dashboard read first. The same pages show an emulator and,
 * with `cloudtask dashboard`, a location of a project in Google Cloud.
 */
export interface SourceJson {
  readonly kind: "emulator" | "googleCloud";
  /** The version of the server, such as `1.2.3`. */
  readonly version: string;
  readonly project: string;
  readonly location: string;
  /** Whether the server accepts changes. Without them, every change is answered with 403. */
  readonly allowsWrites: boolean;
  /** How often a page may read again, in milliseconds. Left out if the server has events: GET /inspect/events. */
  readonly pollMs?: number;
}
