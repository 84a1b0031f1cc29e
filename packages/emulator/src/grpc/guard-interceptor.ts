import { ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";
import type { AccessGuard } from "../http/access-guard.ts";
import { errorStatus } from "./error-status.ts";

/**
 * Rejects calls by the same rules as the REST API. A web page cannot call this port directly, because browsers use HTTP/2 with
 * TLS only. A gRPC-Web proxy can, and it forwards the `origin` of the page.
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
