import { type DescFile, type DescService, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { handleBidiStreamingCall, MethodDefinition, Server, ServerDuplexStream } from "@grpc/grpc-js";
import { file_google_rpc_error_details } from "../gen/google/rpc/error_details_pb.ts";
import { errorStatus } from "./error-status.ts";

const PATHS = ["v1", "v1alpha"].map((version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`);

type Stream = ServerDuplexStream<unknown, unknown>;

/** What the package answers a path with, in messages that are its own business. */
interface Answerer {
  readonly method: MethodDefinition<unknown, unknown>;
  readonly handle: handleBidiStreamingCall<unknown, unknown>;
}

/**
 * Lets tools such as grpcurl ask which services there are, and what their messages look like. What answers is loaded when the
 * first of them asks, because that takes longer than to load gRPC itself.
 *
 * @param services - to tell of
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
      // Nothing is read of a stream before somebody listens to it, so both are loaded by then.
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

/** Every file that the services need, each once; the details of errors are named by none of them. */
function filesOf(services: readonly DescService[]): ReadonlySet<DescFile> {
  const files = new Set([...services.map(({ file }) => file), file_google_rpc_error_details]);
  // What is added to a set while it is walked is walked too.
  for (const { dependencies } of files) for (const file of dependencies) files.add(file);
  return files;
}
