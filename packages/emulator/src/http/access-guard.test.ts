import { expect, test } from "vitest";
import { AccessGuard } from "./access-guard.ts";

const own: readonly [host: string, calledAs: string][] = [
  ["192.168.1.5", "192.168.1.5:8123"],
  ["fd00::5", "[FD00::5]:8123"],
  ["build-box.lan", "Build-Box.lan:8123"],
  ["127.0.0.1", "host.docker.internal:8123"],
  ["::", "[fd00::5]:8123"],
];

test.each(own)("an emulator that listens on %s accepts the Host %s", (host, calledAs) => {
  expect(() => new AccessGuard({ host, allowedHosts: [] }).check({ host: calledAs })).not.toThrow();
});

const others: readonly [host: string, calledAs: string | undefined][] = [
  ["192.168.1.5", "192.168.1.6:8123"],
  ["build-box.lan", "other-box.lan:8123"],
  ["::", "build-box.lan:8123"],
  ["127.0.0.1", ""],
  ["127.0.0.1", "not a host"],
  ["127.0.0.1", undefined],
];

test.each(others)("an emulator that listens on %s rejects the Host %s", (host, calledAs) => {
  const headers = calledAs === undefined ? {} : { host: calledAs };
  expect(() => new AccessGuard({ host, allowedHosts: [] }).check(headers)).toThrow("is not a name of this emulator");
});

test("an accepted host does not make the next one accepted", () => {
  const guard = new AccessGuard({ host: "127.0.0.1", allowedHosts: [] });
  guard.check({ host: "localhost:8123" });
  expect(() => guard.check({ host: "evil.example" })).toThrow("evil.example");
  expect(() => guard.check({ host: "localhost:8123", origin: "https://evil.example" })).toThrow("evil.example");
});
