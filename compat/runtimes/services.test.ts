import { BUN, DENO_OF_TOMORROW, NODES } from "./support/runtimes.ts";
import { serviceProcess } from "./support/service-process.ts";

for (const node of NODES) serviceProcess(node, "node:http");
serviceProcess(BUN, "Bun.serve");
serviceProcess(BUN, "node:http");
serviceProcess(DENO_OF_TOMORROW, "Deno.serve");
serviceProcess(DENO_OF_TOMORROW, "node:http");
