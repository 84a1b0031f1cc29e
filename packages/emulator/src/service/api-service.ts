import type { DescMethod, DescService, Message, MessageShape } from "@bufbuild/protobuf";
import { checkResource } from "./check-resource.ts";
import type { MaybePromise } from "./maybe-promise.ts";

/** Answers the calls of one method, from gRPC and from REST. Throws, or rejects, if the call fails. */
export type RpcHandler = (request: Message) => MaybePromise<Message>;

/** Wraps every call of the API: it can reject or delay the call, or replace its result. */
export type CallWrapper = (method: DescMethod, run: () => MaybePromise<Message>) => MaybePromise<Message>;

/** A service of the API with its handlers. gRPC and REST call the same handlers, so their answers are equal. */
export interface ApiService {
  readonly descriptor: DescService;
  /** By the name of the method in camelCase. */
  readonly methods: Readonly<Record<string, RpcHandler>>;
}

/** A function for each method of a service, typed by its messages. */
export type Implementation<Service extends DescService> = {
  readonly [Name in keyof Service["method"]]: (
    request: MessageShape<Service["method"][Name]["input"]>,
  ) => MaybePromise<MessageShape<Service["method"][Name]["output"]>>;
};

/**
 * Binds an implementation to a service. Every call first checks the resource that it names.
 *
 * @param descriptor - the generated descriptor of the service
 * @param implementation - a function for each method
 * @param wrapCall - wraps every call
 */
export function apiService<Service extends DescService>(
  descriptor: Service,
  implementation: Implementation<Service>,
  wrapCall: CallWrapper,
): ApiService {
  const handlers = implementation as unknown as Readonly<Record<string, RpcHandler>>;
  const methods = descriptor.methods.flatMap((method): [string, RpcHandler][] => {
    const handler = handlers[method.localName];
    if (!handler) return [];
    const answer: RpcHandler = (request) => {
      checkResource(method, request);
      return handler(request);
    };
    return [[method.localName, (request) => wrapCall(method, () => answer(request))]];
  });
  return { descriptor, methods: Object.fromEntries(methods) };
}
