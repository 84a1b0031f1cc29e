import type { McpServerOptions } from "./create-mcp-server.ts";
import { changeTools } from "./tools/change-tools.ts";
import { cloudReadTools } from "./tools/cloud-read-tools.ts";
import { deadLetterChangeTools, deadLetterReadTools } from "./tools/dead-letter-tools.ts";
import { emulatorChangeTools } from "./tools/emulator-change-tools.ts";
import { emulatorReadTools } from "./tools/emulator-read-tools.ts";

/** The place that the tools work on, and their permissions. */
export interface McpAccess {
  /** `undefined` for Google Cloud. */
  readonly emulatorHost: string | undefined;
  /** Whether tools may change Google Cloud. */
  readonly allowWrites: boolean;
  /** Whether an option names the worker of pushed tasks. */
  readonly hasUrl: boolean;
}

/** Selects the tools that a client may use. */
export function offeredTools({
  emulatorHost,
  allowWrites,
  hasUrl,
}: McpAccess): Pick<McpServerOptions, "tools" | "whyNot"> {
  const isEmulator = emulatorHost !== undefined;
  const changes = [...changeTools(hasUrl), ...deadLetterChangeTools];
  const read = [...(isEmulator ? emulatorReadTools : cloudReadTools), ...deadLetterReadTools];
  return {
    tools: [...read, ...(isEmulator || allowWrites ? changes : []), ...(isEmulator ? emulatorChangeTools : [])],
    whyNot: (name) => {
      if (changes.some((each) => each.name === name)) {
        return `${name} would change Google Cloud, and this server is read-only; restart it with --allow-writes to permit changes`;
      }
      const needsEmulator = [...emulatorReadTools, ...emulatorChangeTools].some((each) => each.name === name);
      return needsEmulator ? `${name} needs an emulator, and this server works on Google Cloud` : undefined;
    },
  };
}
