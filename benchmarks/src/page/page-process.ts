/**
 * Does the work of an open page of the dashboard, without showing it: `node page-process.js <port> <page>`. Prints a
 * line when the page is open, and for each line of input a `PageWork` as JSON.
 */
import { createInterface } from "node:readline";
import { OpenPage, type pages } from "./open-page.ts";

const [port, name] = process.argv.slice(2);
const page = await OpenPage.open(Number(port), name as keyof typeof pages);
console.log("open");
for await (const _ of createInterface({ input: process.stdin })) console.log(JSON.stringify(page.work()));
