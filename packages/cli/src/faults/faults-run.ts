/** The commands of `cloudtask faults`. They are loaded together when one runs. */
export { addFault } from "./add-fault.ts";
export { listFaults } from "./list-faults.ts";
export { removeFaults } from "./remove-faults.ts";
