import type { EngineState } from "./engine-state.ts";

/** Stores a value under a key, replacing the previous one. `resetEngine` keeps it, except keys that API calls set. */
export function setValue(state: EngineState, key: string, value: string): void {
  state.values.set(key, value);
  state.store.putValue({ key, value });
}

/** Deletes a value. */
export function deleteValue(state: EngineState, key: string): void {
  if (state.values.delete(key)) state.store.deleteValue(key);
}
