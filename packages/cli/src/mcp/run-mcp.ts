import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import { printableText } from "cloudtask/internal";
import type { CommandContext, Run } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { stopRequested } from "../emulator/stop-signals.ts";
import { announce } from "../place/confirm.ts";
import { openPlace, type Place } from "../place/open-place.ts";
import { UsageError } from "../usage-error.ts";
import { emulatorHost } from "../values/emulator-host.ts";
import { argumentPosition } from "../values/position.ts";
import { baseUrl } from "../values/readers.ts";
import { createMcpServer, type McpServerOptions } from "./create-mcp-server.ts";
import { instructionsFor } from "./instructions.ts";
import type { McpWorker } from "./mcp-tool.ts";
import { offeredTools } from "./offered-tools.ts";

const HINT = "cloudtask mcp waits for a coding agent on stdin. To set up an agent, see docs/mcp.md.";

/** `cloudtask mcp`. stdout belongs to the protocol. */
export const runMcp: Run = async (flags, context) => {
  const { process, terminal } = context;
  const host = emulatorHost(flags, process.env);
  const worker = workerOf(flags);
  const access = { emulatorHost: host, allowWrites: flags.has("allow-writes"), hasUrl: worker.url !== undefined };
  const options = {
    ...offeredTools(access),
    instructions: instructionsFor(access),
    withContext: callContext(flags, context, worker),
  };
  if (process.stdin.isTTY) terminal.err(HINT);
  const now = (): number => performance.now();
  const stopped = stopRequested({ source: process, now, quit: () => process.exit(130) });
  const transport = new ObservedTransport(process.stdin, process.stdout);
  const served = serveStdio(() => createMcpServer(options), {
    transport,
    onerror: ({ message }) => terminal.err(printableText(`cloudtask mcp: ${message}`)),
  });
  await Promise.race([stopped, transport.closed]);
  await served.close();
  process.stdin.pause();
  return 0;
};

/** A transport that reports its end: stdin has ended, stdout is closed, or a message is too long. */
class ObservedTransport extends StdioServerTransport {
  #end: () => void = () => undefined;
  readonly closed = new Promise<void>((resolve) => {
    this.#end = resolve;
  });

  override async close(): Promise<void> {
    await super.close();
    this.#end();
  }
}

/** Returns a function that opens the place at the first call: an agent often starts this command before the emulator runs. */
function callContext(flags: GivenFlags, context: CommandContext, worker: McpWorker): McpServerOptions["withContext"] {
  let opened: Promise<Place> | undefined;
  return async (signal, run) => {
    opened ??= openPlace(flags, context);
    try {
      const place = await opened;
      return await run({
        place,
        worker,
        signal,
        announce: (change) => announce(place, printableText(change), context),
      });
    } catch (error) {
      // The emulator may be started, or started again with another project, before the next call.
      opened = undefined;
      throw error;
    }
  };
}

/**
 * Reads the options of pushes.
 *
 * @throws UsageError for credentials without a URL: an agent that chooses the URL could send them anywhere
 */
function workerOf(flags: GivenFlags): McpWorker {
  const url = flags.text("url");
  const credential = ["service-account", "secret-file"].find((name) => flags.has(name));
  if (credential && url === undefined) {
    throw new UsageError(`--${credential} requires --url, so that an agent cannot send the credentials elsewhere`);
  }
  return {
    url: url === undefined ? undefined : baseUrl(url, argumentPosition("--url")),
    queue: flags.text("queue"),
    serviceAccount: flags.text("service-account"),
    secretFile: flags.text("secret-file"),
  };
}
