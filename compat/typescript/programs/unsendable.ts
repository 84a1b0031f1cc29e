/** Must not compile: the test reads the error. */
import { CloudTaskClient } from "cloudtask";

const client = new CloudTaskClient({ url: "https://a.test/tasks", secret: "s3cret-key" });
client.task("date", async (user: { born: Date }) => user.born.getTime());
