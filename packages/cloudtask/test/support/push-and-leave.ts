import { CloudTaskClient } from "../../src/index.ts";

/** Pushes once, with or without closing the client. A test runs this as a process, which must then exit. */
const [, , emulatorHost, closing] = process.argv;
const client = new CloudTaskClient({ url: "https://worker.test/", emulatorHost });
const task = client.task("t", () => undefined);
await task().push();
if (closing === "close") await client.close();
