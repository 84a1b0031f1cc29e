import type { EngineState } from "./engine-state.ts";

/** Keeps a value under its name, in place of the one before; it stays through a reset, unless it belongs to what the reset forgets. */
export function setValue(state: EngineState, key: string, value: string): void {
  state.values.set(key, value);
  state.store.putValue({ key, value });
}

/** Forgets a value. */
export function deleteValue(state: EngineState, key: string): void {
  if (state.values.delete(key)) state.store.deleteValue(key);
}
