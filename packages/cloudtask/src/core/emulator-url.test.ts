import { expect, test } from "vitest";
import { emulatorUrl } from "./emulator-url.ts";

test.each([
  ["127.0.0.1:8123", "http://127.0.0.1:8123"],
  ["emulator:8123/", "http://emulator:8123"],
  ["[::1]:8123", "http://[::1]:8123"],
  ["https://proxy.test/emulator/", "https://proxy.test/emulator"],
])("an emulator at %s has the base %s", (host, url) => {
  expect(emulatorUrl(host)).toBe(url);
});
