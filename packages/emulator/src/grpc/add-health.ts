import { create, type Message } from "@bufbuild/protobuf";
import type { handleServerStreamingCall, Server } from "@grpc/grpc-js";
import { RpcError } from "../service/rpc-error.ts";
import { addApi, pathOf, reads, writes } from "./add-api.ts";
import { Health, type HealthCheckRequest, HealthCheckResponseSchema } from "./health-descriptor.ts";

const SERVING = 1;
const SERVICE_UNKNOWN = 3;

/**
 * Adds the health service. All services are serving as long as the port is open.
 *
 * @param services - the full names of the services
 */
export function addHealth(server: Server, services: readonly string[]): void {
  const names = new Set(["", ...services]);
  const check = async (request: Message): Promise<Message> => {
    const { service } = request as HealthCheckRequest;
    if (!names.has(service)) throw new RpcError("NOT_FOUND", `There is no service ${service} here.`);
    return create(HealthCheckResponseSchema, { status: SERVING });
  };
  // A watcher is notified of changes. There are none, so the call stays open until one side closes it.
  const watch: handleServerStreamingCall<Message, Message> = (call) => {
    const { service } = call.request as HealthCheckRequest;
    call.write(create(HealthCheckResponseSchema, { status: names.has(service) ? SERVING : SERVICE_UNKNOWN }));
  };
  addApi(server, { descriptor: Health, methods: { check } }, () => undefined);
  const method = Health.method.watch;
  server.register(pathOf(method), watch, writes(method), reads(method), "serverStream");
}
