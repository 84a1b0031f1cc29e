import type { CommandSpec } from "../command-line/command-spec.ts";

/** `cloudtask complete SHELL`. */
export const completeCommand: CommandSpec = {
  name: "complete",
  summary: "Print a script that completes commands and options in bash, zsh or fish",
  args: [{ name: "SHELL", hint: "pass bash, zsh, fish or powershell" }],
  groups: [],
  outro: [
    "To complete in every new shell:",
    ["bash", "echo 'source <(cloudtask complete bash)' >> ~/.bashrc"],
    ["zsh", "echo 'source <(cloudtask complete zsh)' >> ~/.zshrc"],
    ["fish", "cloudtask complete fish > ~/.config/fish/completions/cloudtask.fish"],
  ],
  load: async () => (await import("./complete.ts")).printScript,
};
