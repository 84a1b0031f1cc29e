import { ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";
import type { AccessGuard } from "../http/access-guard.ts";
import { errorStatus } from "./error-status.ts";

/**
 * Refuses calls as the REST API refuses requests, so that a name serves for both or for none. No web page is behind them:
 * a browser starts HTTP/2 only with TLS. Yet a proxy that translates for browsers passes on their `origin`.
 */
export function guardInterceptor(guard: AccessGuard): ServerInterceptor {
  return (_method, call) =>
    new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, go) => {
            const [origin] = metadata.get("origin");
            try {
              guard.check({ host: call.getHost(), ...(origin !== undefined && { origin: String(origin) }) });
            } catch (error) {
              call.sendStatus(errorStatus(error));
              return;
            }
            go(metadata);
          },
        }),
    });
}
