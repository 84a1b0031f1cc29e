import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeFileTrace } from "@vercel/nft";
import { expect, test } from "vitest";

const base = fileURLToPath(new URL("../..", import.meta.url));
const entry = fileURLToPath(import.meta.resolve("cloudtask"));

test("a file tracer ships google-auth-library if it is installed", async () => {
  const { fileList } = await nodeFileTrace([entry], { base });
  const files = [...fileList];
  expect(files).toContain(relative(base, entry));
  expect(files.filter((file) => file.includes("google-auth-library/build/src/index"))).not.toEqual([]);
});

test("a file tracer finds all files of the package that a push loads", async () => {
  const { fileList, warnings } = await nodeFileTrace([entry], { base });
  const own = [...fileList].filter((file) => resolve(base, file).startsWith(dirname(entry)));
  expect(own.map((file) => file.split("/").at(-1))).toEqual(
    expect.arrayContaining(["index.js", "_client.js", "_failures.js", "_http-module-node.js"]),
  );
  expect([...warnings].filter(({ message }) => message.includes("cloudtask"))).toEqual([]);
});
