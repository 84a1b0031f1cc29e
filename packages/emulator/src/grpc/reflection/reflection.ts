import {
  create,
  type DescFile,
  type DescService,
  fromBinary,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { rpcStatusCode } from "cloudtask/internal";
import { file_google_rpc_error_details } from "../../gen/google/rpc/error_details_pb.ts";
import {
  type ServerReflectionRequest,
  ServerReflectionRequestSchema,
  type ServerReflectionResponse,
  ServerReflectionResponseSchema,
} from "../../gen/grpc/reflection/v1/reflection_pb.ts";
import { RpcError } from "../../service/rpc-error.ts";
import { symbolsIn } from "./symbols-in.ts";

type Answer = NonNullable<MessageInitShape<typeof ServerReflectionResponseSchema>["messageResponse"]>;

/**
 * Creates a function that answers the requests of server reflection, as bytes.
 *
 * @param services - the services to describe
 */
export function reflection(services: readonly DescService[]): (request: Uint8Array) => Uint8Array {
  const files = new Map([...filesOf(services)].map((file) => [file.proto.name, file]));
  const symbols = new Map([...files.values()].flatMap((file) => symbolsIn(file).map((symbol) => [symbol, file])));
  const answer = ({ messageRequest: request }: ServerReflectionRequest): Answer => {
    switch (request.case) {
      case "listServices":
        return { case: "listServicesResponse", value: { service: services.map(({ typeName: name }) => ({ name })) } };
      case "fileByFilename":
        return fileAnswer(files.get(request.value), `Proto file not found: ${request.value}`);
      case "fileContainingSymbol":
        return fileAnswer(symbols.get(request.value), `Symbol not found: ${request.value}`);
      // None of the files declares an extension.
      case "fileContainingExtension": {
        const { containingType, extensionNumber } = request.value;
        return fileAnswer(undefined, `Extension not found for symbol ${containingType} at field ${extensionNumber}`);
      }
      case "allExtensionNumbersOfType":
        return fileAnswer(undefined, `Extensions not found for symbol ${request.value}`);
      default:
        throw new RpcError("UNIMPLEMENTED", "Unimplemented method for request: undefined");
    }
  };
  return (bytes) => {
    const request = fromBinary(ServerReflectionRequestSchema, bytes);
    return toBinary(ServerReflectionResponseSchema, responseTo(request, answer));
  };
}

function responseTo(
  originalRequest: ServerReflectionRequest,
  answer: (request: ServerReflectionRequest) => Answer,
): ServerReflectionResponse {
  const validHost = originalRequest.host;
  try {
    const messageResponse = answer(originalRequest);
    return create(ServerReflectionResponseSchema, { validHost, originalRequest, messageResponse });
  } catch (error) {
    const { status, message: errorMessage } = RpcError.from(error);
    const value = { errorCode: rpcStatusCode(status), errorMessage };
    const messageResponse = { case: "errorResponse", value } as const;
    return create(ServerReflectionResponseSchema, { validHost, originalRequest, messageResponse });
  }
}

function fileAnswer(file: DescFile | undefined, problem: string): Answer {
  if (!file) throw new RpcError("NOT_FOUND", problem);
  const fileDescriptorProto = [...withDependencies([file])].map(({ proto }) =>
    toBinary(FileDescriptorProtoSchema, proto),
  );
  return { case: "fileDescriptorResponse", value: { fileDescriptorProto } };
}

/** The files of the services and their dependencies, and the error details, which no service refers to. */
function filesOf(services: readonly DescService[]): ReadonlySet<DescFile> {
  return withDependencies([...services.map(({ file }) => file), file_google_rpc_error_details]);
}

function withDependencies(files: readonly DescFile[]): ReadonlySet<DescFile> {
  const found = new Set(files);
  // Iteration over a set includes items that are added meanwhile.
  for (const { dependencies } of found) for (const file of dependencies) found.add(file);
  return found;
}
