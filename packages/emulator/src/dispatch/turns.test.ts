import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Turns } from "./turns.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Requests that are answered when the test says so. */
class Requests {
  readonly #answers: (() => void)[] = [];

  get started(): number {
    return this.#answers.length;
  }

  take(turns: Turns, origin: string, count: number): Promise<unknown> {
    const answered = Array.from({ length: count }, () =>
      turns.take(origin, () => new Promise<void>((resolve) => this.#answers.push(resolve))),
    );
    return Promise.all(answered);
  }

  answer(index: number): void {
    this.#answers[index]?.();
  }
}

/** Lets promises that have settled be heard of. */
function settled(): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(0);
}

test("a request waits while a hundred to its origin are young, and follows the first that is answered", async () => {
  const [turns, requests] = [new Turns(), new Requests()];
  void requests.take(turns, "http://a", 102);
  await settled();
  expect(requests.started).toBe(100);
  requests.answer(7);
  await settled();
  expect(requests.started).toBe(101);
});

test("requests that are not answered soon give their turns to those that wait", async () => {
  const [turns, requests] = [new Turns(), new Requests()];
  void requests.take(turns, "http://a", 250);
  await vi.advanceTimersByTimeAsync(100);
  expect(requests.started).toBe(200);
  await vi.advanceTimersByTimeAsync(100);
  expect(requests.started).toBe(250);
});

test("a turn that was given away is not given back a second time", async () => {
  const [turns, requests] = [new Turns(), new Requests()];
  void requests.take(turns, "http://a", 100);
  await vi.advanceTimersByTimeAsync(100);
  for (let index = 0; index < 100; index += 1) requests.answer(index);
  await settled();
  void requests.take(turns, "http://a", 150);
  await settled();
  expect(requests.started).toBe(200);
});

test("one origin does not wait for another", async () => {
  const [turns, requests] = [new Turns(), new Requests()];
  void requests.take(turns, "http://a", 150);
  void requests.take(turns, "http://b", 1);
  await settled();
  expect(requests.started).toBe(101);
});

test("a request that fails says so, and gives its turn on", async () => {
  const turns = new Turns();
  const fail = (): Promise<never> => turns.take("http://a", () => Promise.reject(new Error("refused")));
  const failed = await Promise.allSettled(Array.from({ length: 300 }, fail));
  expect(new Set(failed.map(({ status }) => status))).toEqual(new Set(["rejected"]));
});
