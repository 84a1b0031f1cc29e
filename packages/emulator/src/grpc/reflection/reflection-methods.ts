import type { DescService } from "@bufbuild/protobuf";
import type { CallHandler } from "../grpc-call.ts";

/** The two versions have the same messages. */
const PATHS = ["v1", "v1alpha"].map((version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`);

/**
 * Returns the methods of server reflection by path. Tools such as grpcurl use it to list the services and their messages. Its
 * code is loaded by the first request.
 *
 * @param services - the services to describe
 */
export function reflectionMethods(
  services: readonly DescService[],
): readonly (readonly [path: string, handler: CallHandler])[] {
  const load = async (): Promise<(request: Uint8Array) => Uint8Array> =>
    (await import("./reflection.ts")).reflection(services);
  let loading: ReturnType<typeof load> | undefined;
  const handler: CallHandler = (call) => {
    loading ??= load();
    const loaded = loading;
    return {
      message: (bytes) => {
        const request = new Uint8Array(bytes);
        void loaded.then((answer) => call.send(answer(request))).catch((error: unknown) => call.fail(error));
      },
      end: () => void loaded.then(() => call.end()),
    };
  };
  return PATHS.map((path) => [path, handler]);
}
