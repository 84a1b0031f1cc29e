import type { DescMessage, Message } from "@bufbuild/protobuf";
import type { QueueRecord } from "../../engine/records.ts";
import type { QueueInput } from "./queue-input.ts";

/** The queues of one version of the API as messages. */
export interface QueueFormat<Queue extends Message> {
  readonly schema: DescMessage;
  /** @throws RpcError for a kind of queue that the emulator does not support */
  readonly read: (queue: Queue) => QueueInput;
  readonly write: (record: QueueRecord) => Queue;
}
