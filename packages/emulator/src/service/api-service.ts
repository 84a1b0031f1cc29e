import type { DescMethod, DescService, Message, MessageShape } from "@bufbuild/protobuf";

/** What answers one method of the API, whichever way its request came. */
export type RpcHandler = (request: Message) => Promise<Message>;

/** What stands around every call: it may refuse it, delay it, or change how it ends. */
export type CallWrapper = (method: DescMethod, run: () => Promise<Message>) => Promise<Message>;

/** A service of the API with what answers its methods: gRPC and REST both call it, so that both get the same answers. */
export interface ApiService {
  readonly descriptor: DescService;
  /** By the name of the method in camelCase. */
  readonly methods: Readonly<Record<string, RpcHandler>>;
}

/** A function for each method of a service, typed by its messages. */
export type Implementation<Service extends DescService> = {
  readonly [Name in keyof Service["method"]]: (
    request: MessageShape<Service["method"][Name]["input"]>,
  ) => MessageShape<Service["method"][Name]["output"]> | Promise<MessageShape<Service["method"][Name]["output"]>>;
};

/**
 * Binds functions to the methods of a service.
 *
 * @param descriptor - of the service, as it was generated
 * @param implementation - a function for each of its methods
 * @param wrapCall - wraps every call
 */
export function apiService<Service extends DescService>(
  descriptor: Service,
  implementation: Implementation<Service>,
  wrapCall: CallWrapper,
): ApiService {
  const handlers = implementation as unknown as Readonly<
    Record<string, (request: Message) => Message | Promise<Message>>
  >;
  const methods = descriptor.methods.flatMap((method): [string, RpcHandler][] => {
    const handler = handlers[method.localName];
    return handler ? [[method.localName, (request) => wrapCall(method, async () => handler(request))]] : [];
  });
  return { descriptor, methods: Object.fromEntries(methods) };
}
