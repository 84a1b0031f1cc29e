import { CloudTaskClient } from "cloudtask";

/** The client of an application, for `--client`. */
export const client: CloudTaskClient = new CloudTaskClient({
  project: "p",
  location: "europe-west1",
  url: "https://worker-123.europe-west1.run.app/tasks/run",
  serviceAccount: "tasks@p.iam.gserviceaccount.com",
});

client.task("send-mail", {
  queue: "mail",
  retry: { maxAttempts: 5 },
  deadLetter: "mail-dead",
  run: () => undefined,
});
