import { afterAll, test } from "vitest";
import { ADAPTER_CASES } from "../adapters/cases/adapter-cases.ts";
import { applies, Stage } from "./adapter-scene.ts";
import { type Mount, resolveTraits, type Traits } from "./adapter-traits.ts";

/** Titles of cases, each with the behaviour of the framework instead. */
export type Exceptions = Readonly<Record<string, string>>;

/**
 * Registers the adapter suite for a framework that answers some requests itself before it calls the worker. The exceptions run too and
 * must fail: a case that passes is no exception any more.
 *
 * @param name - as for `adapterSuite()`
 * @param mount - as for `adapterSuite()`
 * @param exceptions - cases that the framework cannot pass
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
  if (titles.size > 0) throw new Error(`${name}: no case has the title ${[...titles].join(" or ")}`);
  afterAll(() => stage.close());
}
