import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import type { LocationService } from "../service/location-service.ts";
import type { QueueService } from "../service/queue-service.ts";
import type { TaskService } from "../service/task-service.ts";
import type { Query } from "./query.ts";

/** The one service that every protocol calls. */
export interface Services {
  readonly queues: QueueService;
  readonly tasks: TaskService;
  readonly locations: LocationService;
}

/** A request of the API, taken apart. */
interface Call {
  /** The resource that the path names, without verb: the parent for lists and creates. */
  readonly name: string;
  readonly query: Query;
  readonly body: Buffer;
  readonly services: Services;
}

/** A message together with what writes it. */
export interface Reply {
  readonly schema: DescMessage;
  readonly message: MessageShape<DescMessage>;
}

/** Translates a request into a call of the service, and decides nothing. */
export type Handler = (call: Call) => Promise<Reply>;

/** @returns a reply, its message typed by its schema */
export function reply<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): Reply {
  return { schema, message };
}
