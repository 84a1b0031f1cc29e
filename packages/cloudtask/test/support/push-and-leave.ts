import { CloudTaskClient } from "../../src/index.ts";

/** Pushes once and leaves, with or without closing the client: run as a process of its own, which must then end. */
const [, , emulatorHost, closing] = process.argv;
const client = new CloudTaskClient({ url: "https://worker.test/", emulatorHost });
const task = client.task("t", () => undefined);
await task().push();
if (closing === "close") await client.close();
