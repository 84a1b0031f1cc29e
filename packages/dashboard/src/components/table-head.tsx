import type { JSX } from "preact";

/** The title of a column, and whether its cells are numbers, which are aligned to the right. */
export type Column = readonly [title: string, isNumber: boolean];

/** The head of a table. */
export function TableHead({ columns }: { readonly columns: readonly Column[] }): JSX.Element {
  return (
    <thead>
      <tr>
        {columns.map(([title, isNumber]) => (
          <th scope="col" class={isNumber ? "number" : ""} key={title}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}
