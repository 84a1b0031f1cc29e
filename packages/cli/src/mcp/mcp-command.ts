import type { CommandSpec } from "../command-line/command-spec.ts";
import { placeGroup } from "../place/place-flags.ts";

/** `cloudtask mcp`. */
export const mcpCommand: CommandSpec = {
  name: "mcp",
  summary: "Serve tools for coding agents over stdio, by the Model Context Protocol",
  intro:
    "Serves tools for coding agents over stdio, by the Model Context Protocol: list queues, tasks, attempts and dead letters, push, run and delete tasks. In an emulator they also advance the clock and add faults. A coding agent starts this command, see docs/mcp.md.",
  groups: [
    placeGroup,
    {
      title: "Changes",
      flags: [
        {
          name: "allow-writes",
          help: "Also offer the tools that change Google Cloud; those for an emulator are always offered",
        },
      ],
    },
    {
      title: "Worker",
      flags: [
        { name: "url", value: "URL", help: "The URL of the worker for pushed tasks (default: chosen by the agent)" },
        { name: "queue", value: "ID", help: "The queue of pushed tasks if the agent names none (default: default)" },
        {
          name: "service-account",
          value: "EMAIL",
          help: "The account whose OIDC token is attached to pushed tasks; requires --url",
        },
        { name: "secret-file", value: "FILE", help: "A file with the secret of the worker; requires --url" },
      ],
    },
  ],
  load: async () => (await import("./run-mcp.ts")).runMcp,
};
