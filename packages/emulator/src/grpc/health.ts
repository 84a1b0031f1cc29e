import { create, type Message, toBinary } from "@bufbuild/protobuf";
import { RpcError } from "../service/rpc-error.ts";
import type { CallHandler } from "./grpc-call.ts";
import { Health, type HealthCheckRequest, HealthCheckResponseSchema } from "./health-descriptor.ts";
import { parsedRequest, pathOf, unaryMethod } from "./unary-method.ts";

const SERVING = 1;
const SERVICE_UNKNOWN = 3;

/**
 * Returns the methods of the health service by path. All services are serving as long as the port is open.
 *
 * @param services - the full names of the services
 */
export function healthMethods(services: readonly string[]): readonly (readonly [path: string, handler: CallHandler])[] {
  const names = new Set(["", ...services]);
  const { check, watch } = Health.method;
  return [
    [pathOf(check), unaryMethod(check, async (request) => checked(request as HealthCheckRequest, names))],
    [pathOf(watch), watchMethod(names)],
  ];
}

function checked({ service }: HealthCheckRequest, names: ReadonlySet<string>): Message {
  if (!names.has(service)) throw new RpcError("NOT_FOUND", `There is no service ${service} here.`);
  return create(HealthCheckResponseSchema, { status: SERVING });
}

/** A watcher is notified of changes. There are none, so the call stays open until one side closes it. */
function watchMethod(names: ReadonlySet<string>): CallHandler {
  return (call) => ({
    message: (bytes) => {
      const { service } = parsedRequest(Health.method.watch, bytes) as HealthCheckRequest;
      const status = names.has(service) ? SERVING : SERVICE_UNKNOWN;
      call.send(toBinary(HealthCheckResponseSchema, create(HealthCheckResponseSchema, { status })));
    },
    end: () => undefined,
  });
}
