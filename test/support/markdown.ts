/** A code block of a page. */
export interface Block {
  /** The language after the three backticks. */
  readonly language: string;
  readonly code: string;
  /** The file name in a comment on the first line. */
  readonly file: string | undefined;
}

/** A first line with a file name, in the comment syntax of each language. */
const FILE = /^(?:\/\/|#|<!--) (\S+\.(?:ts|json|jsonc|html))(?: -->)?\n/;

/** Returns the code blocks of a page, in order. */
export function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", code = ""]) => ({
    language,
    code,
    file: FILE.exec(code)?.[1],
  }));
}

/** Returns the shell commands of a page, without comments. */
export function commandsOf(page: string): readonly string[] {
  return blocksOf(page)
    .filter(({ language }) => language === "sh")
    .flatMap(({ code }) => code.replace(/\\\n\s*/g, "").split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
