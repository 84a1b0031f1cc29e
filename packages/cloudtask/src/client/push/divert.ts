import type { ResolvedOptions } from "../resolve-options.ts";
import type { PreparedPush } from "./prepare.ts";
import type { PushOptions } from "./push-options.ts";

/** Under which the options of an `execute()` say that it runs elsewhere. */
export const DIVERT: unique symbol = Symbol("cloudtask.divert");

/** What `execute()` hands over where it does not run the handler itself, all checked as for a push. */
export interface DivertedOptions extends PushOptions {
  readonly [DIVERT]?: (push: PreparedPush, client: ResolvedOptions) => Promise<unknown>;
}
