import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { RpcError } from "../service/rpc-error.ts";

/** The header for the token. */
const HEADER = "x-cloudtask-token";

/** Browsers add them, and no script can remove them: https://fetch.spec.whatwg.org. Node's fetch sends neither of the two. */
const BROWSER_HEADERS = ["origin", "sec-fetch-site"] as const;

/**
 * The token that a web page must send with a call that changes something. Only a page of the server itself can read it. Programs
 * other than browsers need no token: a program on this machine could read it anyway.
 */
export class ControlToken {
  readonly value: string = randomBytes(24).toString("base64url");

  /** @throws RpcError PERMISSION_DENIED for a request of a browser without the token */
  check(headers: IncomingHttpHeaders): void {
    if (!BROWSER_HEADERS.some((name) => headers[name] !== undefined)) return;
    const sent = Buffer.from(String(headers[HEADER] ?? ""));
    const expected = Buffer.from(this.value);
    if (sent.length === expected.length && timingSafeEqual(sent, expected)) return;
    throw new RpcError(
      "PERMISSION_DENIED",
      "A web page must send the token of this server in X-CloudTask-Token. It changes with every start: read it again from GET /control/session.",
    );
  }
}
