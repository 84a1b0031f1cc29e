import { attemptsCommands } from "./attempts/attempts-command.ts";
import type { CommandNode } from "./command-line/command-spec.ts";
import { completeCommand } from "./completion/complete-command.ts";
import { controlCommands } from "./control/control-command.ts";
import { dashboardCommand } from "./dashboard/dashboard-command.ts";
import { deadCommand } from "./dead/dead-command.ts";
import { devCommands } from "./dev/dev-command.ts";
import { doctorCommand } from "./doctor/doctor-command.ts";
import { emulatorCommand } from "./emulator/emulator-command.ts";
import { faultsCommand } from "./faults/faults-command.ts";
import { mcpCommand } from "./mcp/mcp-command.ts";
import { queuesCommand } from "./queues/queues-command.ts";
import { tasksCommand } from "./tasks/tasks-command.ts";

/** All commands of `cloudtask`, in the order of its help. */
export const commands: readonly CommandNode[] = [
  emulatorCommand,
  ...devCommands,
  ...controlCommands,
  queuesCommand,
  tasksCommand,
  deadCommand,
  ...attemptsCommands,
  faultsCommand,
  dashboardCommand,
  doctorCommand,
  mcpCommand,
  completeCommand,
];
