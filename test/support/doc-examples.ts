import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { publishedPackages } from "../../scripts/packages.ts";

/** The code of an `@example` in the declarations of a package. */
export interface DocExample {
  /** The declaration file and the number of the example in it, such as `cloudtask/dependencies/delivery 2`. */
  readonly title: string;
  readonly code: string;
}

/** Reads the examples in the declarations of the built packages. */
export function docExamples(): readonly DocExample[] {
  return publishedPackages().flatMap(({ folder, path }) => {
    const types = join(path, "dist/types");
    // The command line has no declarations.
    if (!existsSync(types)) return [];
    return readdirSync(types, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".d.ts"))
      .sort()
      .flatMap((file) =>
        examplesIn(`${folder}/${file.replace(/\.d\.ts$/, "")}`, readFileSync(join(types, file), "utf8")),
      );
  });
}

function examplesIn(file: string, text: string): readonly DocExample[] {
  const comments = [...text.matchAll(/\/\*\*(?:(?!\*\/)[\s\S])*\*\//g)].map(([comment]) =>
    comment.slice(3, -2).replaceAll(/^ *\* ?/gm, ""),
  );
  const blocks = comments.flatMap((comment) =>
    comment
      .split(/^@example$/m)
      .slice(1)
      .map((block) => /```ts\n([\s\S]*?)```/.exec(block)?.[1] ?? block.split(/^@\w/m)[0] ?? ""),
  );
  return blocks.map((code, index) => ({ title: `${file} ${index + 1}`, code }));
}
