import { afterAll, test } from "vitest";
import { ADAPTER_CASES } from "../adapters/cases/adapter-cases.ts";
import { applies, Stage } from "./adapter-scene.ts";
import { type Mount, resolveTraits, type Traits } from "./adapter-traits.ts";

/** Titles of cases, each with what the framework does instead. */
export type Exceptions = Readonly<Record<string, string>>;

/**
 * The adapter suite for a framework that does some things its own way before the worker is asked. The cases that it cannot have
 * are run too, and are to fail: once one passes, it is an exception no longer.
 *
 * @param name - as for `adapterSuite()`
 * @param mount - as for `adapterSuite()`
 * @param exceptions - which cases
 * @param traits - as for `adapterSuite()`
 */
export function suiteExcept(name: string, mount: Mount, exceptions: Exceptions, traits?: Partial<Traits>): void {
  const resolved = resolveTraits(traits);
  const stage = new Stage(mount, resolved);
  const titles = new Set(Object.keys(exceptions));
  for (const each of ADAPTER_CASES.filter((each) => applies(each, resolved))) {
    const register = titles.delete(each.title) ? test.fails : test;
    register(`${name}: ${each.title}`, () => stage.play(each));
  }
  if (titles.size > 0) throw new Error(`${name}: no case is called ${[...titles].join(" or ")}`);
  afterAll(() => stage.close());
}
