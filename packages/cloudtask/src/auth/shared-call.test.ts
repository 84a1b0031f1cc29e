import { expect, onTestFinished, test, vi } from "vitest";
import { sharedCall } from "./shared-call.ts";

/** A call that ends when the test says so. */
function heldCall() {
  const held: { readonly resolve: (value: string) => void; readonly reject: (reason: unknown) => void }[] = [];
  const call = sharedCall(() => new Promise<string>((resolve, reject) => held.push({ resolve, reject })));
  return { call, held };
}

test("whoever calls while a call is under way waits for that one, and whoever calls after it makes another", async () => {
  const { call, held } = heldCall();
  const both = [call(), call()];
  held[0]?.resolve("one");
  expect(await Promise.all(both)).toEqual(["one", "one"]);
  const third = call();
  held[1]?.resolve("two");
  expect(await third).toBe("two");
  expect(held).toHaveLength(2);
});

test("a call that fails is not kept", async () => {
  const { call, held } = heldCall();
  const first = call();
  held[0]?.reject(new Error("down"));
  await expect(first).rejects.toThrow("down");
  const second = call();
  held[1]?.resolve("up");
  expect(await second).toBe("up");
});

test("on Cloudflare Workers nobody waits for a call that another request began, for it may never end", async () => {
  vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
  onTestFinished(() => void vi.unstubAllGlobals());
  const { call, held } = heldCall();
  void call();
  const second = call();
  held[1]?.resolve("two");
  expect(await second).toBe("two");
});
