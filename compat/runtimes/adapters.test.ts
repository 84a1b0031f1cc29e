import { adapterProcess } from "./support/adapter-process.ts";
import { BUN, DENO, NODES } from "./support/runtimes.ts";

for (const node of NODES) {
  adapterProcess(node, "node:http");
  adapterProcess(node, "Express");
}
adapterProcess(BUN, "Bun.serve");
adapterProcess(BUN, "node:http");
adapterProcess(BUN, "Express");
adapterProcess(DENO, "Deno.serve", {
  decidedBefore: {
    "a caller that offers to upgrade the connection is answered without an upgrade": "Deno.serve answers 400 itself",
  },
});
adapterProcess(DENO, "node:http");
