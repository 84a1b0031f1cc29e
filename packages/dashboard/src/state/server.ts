import { source } from "../source/http-source.ts";
import type { SourceJson } from "../source/json.ts";

let current: SourceJson | undefined;

/** Reads the source of the data, before anything is shown. @throws SourceError */
export async function loadServer(): Promise<void> {
  current = await source.info();
}

/** Returns the source of the data. @throws Error before `loadServer()` */
export function server(): SourceJson {
  if (current === undefined) throw new Error("The source of the data is not loaded.");
  return current;
}

/** Whether the pages show Google Cloud, and not an emulator. */
export function isCloud(): boolean {
  return server().kind === "googleCloud";
}

/** Whether the server accepts changes. Otherwise no page offers them. */
export function canWrite(): boolean {
  return server().allowsWrites;
}
