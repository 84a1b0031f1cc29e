/** What a user writes in a project that compiles to CommonJS, as NestJS made them until its version 11. */
import { CloudTaskClient } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";

const client = new CloudTaskClient({ project: "p", location: "l", url: "https://a.test/tasks", secret: "s" });
const greet = client.task("greet", async (who: string) => `hello ${who}`);

greet("world")
  .execute()
  .then((greeting: string) => process.stdout.write(`${greeting}, ${typeof cloudTaskListener(client)}\n`));
