import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { followQuickStart } from "./support/follow-quick-start.ts";
import { blocksOf } from "./support/markdown.ts";
import { quickStarts } from "./support/quick-start.ts";
import { inCompat, onNode } from "./support/quick-start-setups.ts";

const names = await quickStarts();
const pages = await Promise.all(
  names.map(async (name) => ({ name, page: await readFile(`docs/quick-start/${name}.md`, "utf8") })),
);

test("every quick start is tested", () => {
  expect(Object.keys({ ...onNode, ...inCompat }).sort()).toEqual([...names].sort());
});

test.each(pages)("the quick start of $name stays short and defines the same tasks as the others", ({ page }) => {
  const tasks = (text: string) => blocksOf(text).find(({ file }) => file?.endsWith("tasks.ts"))?.code ?? "";
  const withoutName = (code: string) => code.slice(code.indexOf("\n"));
  expect(page.trimEnd().split("\n").length).toBeLessThanOrEqual(70);
  expect(withoutName(tasks(page))).toBe(withoutName(tasks(pages[0]?.page ?? "")));
  expect(tasks(page)).toContain("sendWelcomeEmail");
  // Otherwise a newcomer whose handler throws sees nothing.
  expect(tasks(page)).toContain("logger: console");
});

test.each(Object.entries(onNode))(
  "the quick start of %s delivers its tasks",
  { timeout: 90_000 },
  async (...[name, place]) => {
    await followQuickStart(name, place);
  },
);
