import { type ReadonlySignal, signal } from "@preact/signals";

/** Selected rows, by name. `all` means everything that matches the filters, also what is not loaded. */
export interface Selection {
  readonly names: ReadonlySignal<ReadonlySet<string>>;
  readonly all: ReadonlySignal<boolean>;
  toggle(name: string): void;
  select(names: readonly string[]): void;
  selectAll(): void;
  clear(): void;
}

export function createSelection(): Selection {
  const names = signal<ReadonlySet<string>>(new Set());
  const all = signal(false);
  const set = (next: ReadonlySet<string>, isAll: boolean): void => {
    names.value = next;
    all.value = isAll;
  };
  return {
    names,
    all,
    toggle: (name) => {
      const next = new Set(names.peek());
      if (!next.delete(name)) next.add(name);
      set(next, false);
    },
    select: (chosen) => set(new Set(chosen), false),
    selectAll: () => set(new Set(), true),
    clear: () => set(new Set(), false),
  };
}
