import { test } from "vitest";
import { followQuickStart } from "./support/follow-quick-start.ts";
import { inCompat } from "./support/quick-start-setups.ts";

test.each(Object.entries(inCompat))(
  "the quick start of %s delivers its tasks",
  { timeout: 90_000 },
  async (...[name, place]) => {
    await followQuickStart(name, place);
  },
);
