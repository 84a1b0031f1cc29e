import type { CommandSpec } from "../command-line/command-spec.ts";
import { placeGroup } from "../place/place-flags.ts";

/** `cloudtask dashboard`. */
export const dashboardCommand: CommandSpec = {
  name: "dashboard",
  summary: "Show queues and tasks of Google Cloud in the browser",
  intro:
    "Serves the pages of the dashboard over Google Cloud, on this machine and with your own credentials. It only reads, unless you allow changes. An emulator serves its own dashboard. Ctrl-C stops it.",
  groups: [
    {
      title: "Access",
      flags: [
        {
          name: "allow-writes",
          help: "Allow changes: run, delete, redrive and push tasks; pause, purge, edit, create and delete queues",
        },
        { name: "port", value: "PORT", help: "The port on 127.0.0.1; 0 for any free port (default 8124)" },
      ],
    },
    placeGroup,
    { title: "Options", flags: [{ name: "json", help: "Print the address as JSON" }] },
  ],
  load: async () => (await import("./run-dashboard.ts")).runDashboard,
};
