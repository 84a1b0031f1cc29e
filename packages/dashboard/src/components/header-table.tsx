import type { JSX } from "preact";

interface HeaderTableProps {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly label: string;
}

/** HTTP headers. Values that the server masked stay masked. */
export function HeaderTable({ headers, label }: HeaderTableProps): JSX.Element {
  return (
    <div class="table-wrap">
      <table class="table headers">
        <caption>{label}</caption>
        <tbody>
          {headers.map(([name, value], index) => (
            <tr key={`${index} ${name}`}>
              <th scope="row" class="mono">
                {name}
              </th>
              <td class="mono wrap">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
