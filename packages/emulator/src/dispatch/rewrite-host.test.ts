import { expect, test } from "vitest";
import { rewriteHost } from "./rewrite-host.ts";

test.each([
  [{ "api.example.com": "localhost" }, "https://localhost/run?order=7"],
  [{ "API.example.com": "localhost:3000" }, "https://localhost:3000/run?order=7"],
  [{ "api.example.com:443": "localhost" }, "https://api.example.com/run?order=7"],
  [{ "example.com": "localhost" }, "https://api.example.com/run?order=7"],
])("with the hosts %j the connection goes to %s", (hosts, href) => {
  expect(rewriteHost(new URL("https://api.example.com/run?order=7"), hosts).href).toBe(href);
});

test("a key with a port is preferred, and a new host without a port keeps the old port", () => {
  const hosts = { localhost: "other", "localhost:3000": "first" };
  expect(rewriteHost(new URL("http://localhost:3000/"), hosts).href).toBe("http://first:3000/");
  expect(rewriteHost(new URL("http://localhost:4000/"), hosts).href).toBe("http://other:4000/");
});
