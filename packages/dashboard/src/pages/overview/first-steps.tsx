import type { JSX } from "preact";
import { Snippet } from "../../components/snippet.tsx";
import type { QueueJson, SourceJson } from "../../source/json.ts";
import { server } from "../../state/server.ts";

/** Shown while no task was pushed yet: code to copy, with the port, the project and the queue of this server. */
export function FirstSteps({ queues }: { readonly queues: readonly QueueJson[] }): JSX.Element {
  return (
    <section class="card stack" aria-labelledby="first-steps">
      <h2 id="first-steps">No task has been pushed yet</h2>
      {queues.length === 0 && <p>First create a queue below. The code uses the queue default.</p>}
      <p>Start your app with this variable. It then pushes to this emulator:</p>
      <Snippet text={`export CLOUD_TASKS_EMULATOR_HOST=${location.host}`} />
      <p>
        Or save this code as <code>first.ts</code>, and run <code>npm install cloudtask && npx tsx first.ts</code>:
      </p>
      <Snippet text={clientCode(server(), queues[0]?.id ?? "default")} />
    </section>
  );
}

function clientCode({ project, location: region }: SourceJson, queue: string): string {
  return `import { createServer } from "node:http";
import { CloudTaskClient, createWorker } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";

const client = new CloudTaskClient({
  emulatorHost: "${location.host}",
  project: "${project}",
  location: "${region}",
  queue: "${queue}",
  url: "http://localhost:3000/tasks/run",
  secret: "local-secret",
});
const greet = client.task("greet", async ({ name }: { name: string }) => console.log(\`Hello, \${name}\`));

createServer(cloudTaskListener(createWorker(client))).listen(3000);
await greet({ name: "Ada" }).push();`;
}
