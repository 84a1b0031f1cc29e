import { RootCommand } from "@bomb.sh/tab";
import { type CommandNode, type CommandSpec, flagsOf, type Run } from "../command-line/command-spec.ts";
import { UsageError } from "../usage-error.ts";

const SHELLS = ["bash", "zsh", "fish", "powershell"];

/** The script for bash calls a function of the package bash-completion, which is often not installed. */
const BASH_WORDS = `declare -F _get_comp_words_by_ref >/dev/null || _get_comp_words_by_ref() {
    cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
}`;

/** Prints the completion script of a shell to stdout. */
export const printScript: Run = async ({ positionals: [shell = ""] }, { terminal }) => {
  if (!SHELLS.includes(shell)) {
    throw new UsageError(`SHELL: expected bash, zsh, fish or powershell; received ${JSON.stringify(shell)}`);
  }
  if (shell === "bash") terminal.out(BASH_WORDS);
  new RootCommand().setup("cloudtask", "cloudtask", shell);
  return 0;
};

/**
 * Prints the completions of a command line to stdout, in the format that the script reads.
 *
 * @param words - the words after `cloudtask`; the last one is incomplete or empty
 */
export function complete(words: readonly string[], nodes: readonly CommandNode[]): void {
  const root = new RootCommand();
  root.option("help", "Show this help", "h");
  root.option("version", "Show the version", "v");
  for (const node of nodes) {
    if ("commands" in node) {
      root.command(node.name, node.summary);
      for (const each of node.commands) add(root, `${node.name} ${each.name}`, each);
    } else {
      add(root, node.name, node);
    }
  }
  root.parse([...words]);
}

function add(root: RootCommand, path: string, spec: CommandSpec): void {
  const command = root.command(path, spec.summary);
  for (const { name, short, value, help } of flagsOf(spec)) {
    // An option with a value has a handler: without one, the library takes it for a switch.
    if (value) command.option(name, help, () => undefined, short);
    else if (short) command.option(name, help, short);
    else command.option(name, help);
  }
  command.option("help", "Show this help", "h");
}
