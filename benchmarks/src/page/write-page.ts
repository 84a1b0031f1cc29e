/** Writes `docs/performance.md` and its charts from the stored results: `npm run bench:page`. */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { judgeAim } from "../harness/judge-aim.ts";
import { readNotes } from "../harness/result.ts";
import { makePage } from "./make-page.ts";
import { orderedResults } from "./ordered-results.ts";

const docs = fileURLToPath(new URL("../../../docs/", import.meta.url));
const results = orderedResults();
const notes = readNotes();
for (const file of readdirSync(`${docs}images`)) {
  if (file.startsWith("performance-")) rmSync(`${docs}images/${file}`);
}
for (const [path, text] of makePage(results, notes)) writeFileSync(docs + path, text);
const unexplained = results
  .flatMap(({ aims, figures }) => aims.map((aim) => judgeAim(aim, figures)))
  .filter(({ isMet, aim }) => isMet === false && notes[aim.id] === undefined);
for (const { aim, figure, measured, wanted } of unexplained) {
  console.log(`Add the reason to benchmarks/results/notes.json: "${aim.id}" (${figure}: ${measured}, aim ${wanted})`);
}
