import type { ComponentChildren, JSX } from "preact";

/** A list of labels and values. Missing values are left out. */
export function Facts({ of }: { readonly of: Readonly<Record<string, ComponentChildren>> }): JSX.Element {
  return (
    <dl class="facts">
      {Object.entries(of).map(
        ([label, value]) =>
          value !== undefined &&
          value !== null && (
            <>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </>
          ),
      )}
    </dl>
  );
}
