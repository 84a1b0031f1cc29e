import { type CloudTaskClient, depends } from "cloudtask";

/** Adds the task `slow` to a client. It prints its events, and uses a pool that prints when the client closes it. */
export function addSlowTask(client: CloudTaskClient): void {
  const getPool = depends(
    async function* () {
      yield "pool";
      process.stdout.write("pool closed\n");
    },
    { scope: "app" },
  );
  client.task("slow", {
    deps: { pool: getPool },
    run: async () => {
      process.stdout.write("delivery started\n");
      await new Promise((resolve) => setTimeout(resolve, 300));
      process.stdout.write("delivery ended\n");
    },
  });
}
