/**
 * Does the work of an open page of the dashboard, without showing it: `node page-process.js <port>`. Prints the time it was opened,
 * and for each line of input a `PageWork` as JSON.
 */
import { createInterface } from "node:readline";
import { OpenPage } from "./open-page.ts";

const page = await OpenPage.open(Number(process.argv[2]));
console.log("open");
for await (const _ of createInterface({ input: process.stdin })) console.log(JSON.stringify(page.work()));
