/** A piece of code that a page shows. */
export interface Block {
  /** What stands behind the three backticks. */
  readonly language: string;
  readonly code: string;
  /** The file that its first line names, as a comment. */
  readonly file: string | undefined;
}

/** How a first line names a file, in the languages that the pages have files of. */
const FILE = /^(?:\/\/|#|<!--) (\S+\.(?:ts|json|jsonc|html))(?: -->)?\n/;

/** @returns the code of a page, in its order */
export function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", code = ""]) => ({
    language,
    code,
    file: FILE.exec(code)?.[1],
  }));
}

/** @returns the commands of a page, one in each line, without remarks */
export function commandsOf(page: string): readonly string[] {
  return blocksOf(page)
    .filter(({ language }) => language === "sh")
    .flatMap(({ code }) => code.replace(/\\\n\s*/g, "").split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
