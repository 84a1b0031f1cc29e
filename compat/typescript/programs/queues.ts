/** One queue in each call that the client does not describe. `small-programs.test.ts` checks that the compiler names it. */
import { CloudTaskClient, type QueueSettings, shard } from "cloudtask";

const url = "https://a.test/tasks";
const queues = { default: null, emails: { rate: 5 }, "emails-dead": { paused: true }, reports: { shards: 4 } } as const;
const client = new CloudTaskClient({ url, queues });
const send = client.task("send", { queue: "emails", deadLetter: "emails-dead", run: (_: { id: string }) => 1 });
const free = new CloudTaskClient({ url }).task("free", { queue: "anything", run: (_: string) => 1 });
export const valid = [
  client.task("1", {
    queue: shard("reports", 4, { by: (order: { id: string }) => order.id }),
    run: (_: { id: string }) => 1,
  }),
  send({ id: "1" }).push({ queue: "reports" }),
  free("1").push({ queue: "anything" }),
  client.pushMany([send({ id: "1" })], { push: { queue: "default" } }),
];
const accept = (each: CloudTaskClient): CloudTaskClient => each;
accept(client);

new CloudTaskClient({ url, queues, queue: "email" });
new CloudTaskClient({ url, queues, forceToQueue: "email" });
new CloudTaskClient({ url, queues, deadLetter: "email" });
new CloudTaskClient({ url, queues: { emails: { rat: 5 } } });
new CloudTaskClient({ url, queues: { emails: { retry: { maxAttemps: 5 } } } });
client.task("2", { queue: "email", run: (_: { id: string }) => 1 });
client.task("3", { deadLetter: "email", run: (_: { id: string }) => 1 });
client.declare<string>("4", { queue: "email" });
send({ id: "1" }).push({ queue: "email" });
client.pushMany([send({ id: "1" })], { push: { queue: "email" } });
client.task("5", { queue: shard("email", 4), run: (_: { id: string }) => 1 });
const settings: QueueSettings = { retry: { minBackoff: "5 seconds" } };

export { settings };
