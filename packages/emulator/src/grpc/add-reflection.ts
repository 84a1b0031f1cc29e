import { type DescFile, type DescService, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { handleBidiStreamingCall, MethodDefinition, Server, ServerDuplexStream } from "@grpc/grpc-js";
import { file_google_rpc_error_details } from "../gen/google/rpc/error_details_pb.ts";
import { errorStatus } from "./error-status.ts";

const PATHS = ["v1", "v1alpha"].map((version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`);

type Stream = ServerDuplexStream<unknown, unknown>;

/** The handler of a path in `@grpc/reflection`, with the messages of that package. */
interface Answerer {
  readonly method: MethodDefinition<unknown, unknown>;
  readonly handle: handleBidiStreamingCall<unknown, unknown>;
}

/**
 * Adds server reflection, by which tools such as grpcurl list the services and their messages. Its package is loaded by the
 * first request, because loading it takes longer than loading gRPC itself.
 *
 * @param services - the services to describe
 */
export function addReflection(server: Server, services: readonly DescService[]): void {
  let loading: Promise<ReadonlyMap<string, Answerer>> | undefined;
  for (const path of PATHS) {
    let answerer: Answerer | undefined;
    const answer = async (stream: Stream): Promise<void> => {
      loading ??= load(services);
      answerer = (await loading).get(path);
      answerer?.handle(stream);
    };
    server.register<unknown, unknown>(
      path,
      (stream: Stream) => void answer(stream).catch((error: unknown) => stream.emit("error", errorStatus(error))),
      // A stream is not read until it has a listener, so the package is loaded before either function is called.
      (response) => answerer?.method.responseSerialize(response) ?? Buffer.alloc(0),
      (bytes) => answerer?.method.requestDeserialize(bytes),
      "bidi",
    );
  }
}

async function load(services: readonly DescService[]): Promise<ReadonlyMap<string, Answerer>> {
  const { ReflectionService } = await import("@grpc/reflection");
  const answerers = new Map<string, Answerer>();
  const files = [...filesOf(services)].map(({ proto }) => Buffer.from(toBinary(FileDescriptorProtoSchema, proto)));
  const definition = { format: "Protocol Buffer 3 DescriptorProto", type: {}, fileDescriptorProtos: files } as const;
  const options = { services: services.map(({ typeName }) => typeName) };
  new ReflectionService({ files: definition }, options).addToServer({
    addService: (methods, handlers) => {
      for (const [name, method] of Object.entries(methods)) {
        answerers.set(method.path, { method, handle: handlers[name] as Answerer["handle"] });
      }
    },
  });
  return answerers;
}

/** The proto files of the services and their dependencies, and the error details, which no service refers to. */
function filesOf(services: readonly DescService[]): ReadonlySet<DescFile> {
  const files = new Set([...services.map(({ file }) => file), file_google_rpc_error_details]);
  // Iteration over a set includes items that are added meanwhile.
  for (const { dependencies } of files) for (const file of dependencies) files.add(file);
  return files;
}
