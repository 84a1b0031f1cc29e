import type { ServerHttp2Session } from "node:http2";

/** When an idle connection is pinged, and how long its answer may take. */
export interface Keepalive {
  readonly afterMs: number;
  readonly timeoutMs: number;
}

/** Pings a connection again and again, and closes it if an answer takes too long. */
export function keepAlive(session: ServerHttp2Session, { afterMs, timeoutMs }: Keepalive): void {
  let timer: NodeJS.Timeout | undefined;
  const wait = (ms: number, then: () => void): void => {
    clearTimeout(timer);
    timer = setTimeout(then, ms).unref();
  };
  const close = (): void => session.destroy();
  const ping = (): void => {
    if (session.destroyed) return;
    const isSent = session.ping((error) => {
      if (error) close();
      else wait(afterMs, ping);
    });
    if (isSent) wait(timeoutMs, close);
    else close();
  };
  wait(afterMs, ping);
  session.once("close", () => clearTimeout(timer));
}
