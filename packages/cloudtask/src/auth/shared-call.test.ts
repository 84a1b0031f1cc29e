import { expect, onTestFinished, test, vi } from "vitest";
import { sharedCall } from "./shared-call.ts";

/** Creates a shared call that the test settles. */
function pendingCall() {
  const pending: { readonly resolve: (value: string) => void; readonly reject: (reason: unknown) => void }[] = [];
  const call = sharedCall(() => new Promise<string>((resolve, reject) => pending.push({ resolve, reject })));
  return { call, pending };
}

test("concurrent callers share a call, and a later caller starts another", async () => {
  const { call, pending } = pendingCall();
  const both = [call(), call()];
  pending[0]?.resolve("one");
  expect(await Promise.all(both)).toEqual(["one", "one"]);
  const third = call();
  pending[1]?.resolve("two");
  expect(await third).toBe("two");
  expect(pending).toHaveLength(2);
});

test("a failed call is not cached", async () => {
  const { call, pending } = pendingCall();
  const first = call();
  pending[0]?.reject(new Error("down"));
  await expect(first).rejects.toThrow("down");
  const second = call();
  pending[1]?.resolve("up");
  expect(await second).toBe("up");
});

test("on Cloudflare Workers each caller makes its own call", async () => {
  vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
  onTestFinished(() => void vi.unstubAllGlobals());
  const { call, pending } = pendingCall();
  void call();
  const second = call();
  pending[1]?.resolve("two");
  expect(await second).toBe("two");
});
