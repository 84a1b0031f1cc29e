import type { HttpSender } from "../core/http-sender.ts";
import { type Late, late } from "../core/late.ts";
import type { MetadataServer } from "./metadata-server.ts";
import type { TokenSource } from "./token-source.ts";

/** The metadata server and the default tokens of a client. Their code is imported at the first use. */
export interface LateGoogle {
  metadata(): Promise<MetadataServer>;
  readonly token: TokenSource;
}

/** A client with `project`, `location` and `token`, or with an emulator, never needs this code. */
const loadDefaults: Late<typeof import("./google-defaults.ts")> = /* @__PURE__ */ late(
  () => import("./google-defaults.ts"),
);

/**
 * Creates the metadata server and the default tokens of a client at their first use.
 *
 * @param sender - sends the requests to the metadata server
 */
export function lateGoogle(sender: HttpSender): LateGoogle {
  let server: MetadataServer | undefined;
  let source: TokenSource | undefined;
  async function metadata(): Promise<MetadataServer> {
    const { createMetadataServer } = await loadDefaults();
    server ??= createMetadataServer(sender);
    return server;
  }
  return {
    metadata,
    async token() {
      const [{ defaultToken }, server] = await Promise.all([loadDefaults(), metadata()]);
      source ??= defaultToken(sender, { metadata: server });
      return source();
    },
  };
}
