import type { JSX } from "preact";

/** The title of a column, whether its cells are numbers, which are aligned to the right, and an explanation. */
export type Column = readonly [title: string, isNumber: boolean, explanation?: string];

/** The head of a table. */
export function TableHead({ columns }: { readonly columns: readonly Column[] }): JSX.Element {
  return (
    <thead>
      <tr>
        {columns.map(([title, isNumber, explanation]) => (
          <th scope="col" class={isNumber ? "number" : ""} title={explanation} key={title}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}
