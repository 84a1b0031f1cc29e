import { CloudTaskClient } from "cloudtask";

const client = new CloudTaskClient({
  project: "p",
  location: "europe-west1",
  url: () => process.env.NO_SUCH_VARIABLE,
  deadLetter: "mail-dead",
});

client.task("send-mail", { queue: "mail", run: () => undefined });

export default { client };
