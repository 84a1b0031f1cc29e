import { fileURLToPath } from "node:url";
import type { Aim, Benchmark, Row } from "../harness/benchmark.ts";
import { errorSummary } from "../harness/error-summary.ts";
import { installPeers } from "../harness/install-peers.ts";
import { packageVersion } from "../harness/package-version.ts";
import { type BundleSize, bundleSize } from "./bundle-size.ts";

const FIREBASE = "firebase-admin, task queue";

/** The smallest program that creates tasks with each client. */
const programs: Readonly<Record<string, { readonly packageName: string; readonly program: string }>> = {
  cloudtask: { packageName: "cloudtask", program: `export { CloudTaskClient } from "cloudtask";` },
  "QStash client": { packageName: "@upstash/qstash", program: `export { Client } from "@upstash/qstash";` },
  [FIREBASE]: {
    packageName: "firebase-admin",
    program: `export { initializeApp } from "firebase-admin/app"; export { getFunctions } from "firebase-admin/functions";`,
  },
  "@google-cloud/tasks": {
    packageName: "@google-cloud/tasks",
    program: `export { CloudTasksClient } from "@google-cloud/tasks";`,
  },
};

const aims: readonly Aim[] = [
  { id: "bundle", figure: "start", row: "cloudtask", max: 18 },
  { id: "bundle-qstash", figure: "start", row: "cloudtask", against: "QStash client", max: 1 },
  { id: "bundle-firebase", figure: "start", row: "cloudtask", against: FIREBASE, max: 1 },
];

/** Measures the size of a bundled client. */
export const benchmark: Benchmark = {
  name: "bundle",
  title: "Size of a bundled client",
  summary:
    "A program that only exports the client is bundled and minified by esbuild, with all its dependencies, and compressed by gzip. Some code " +
    "of cloudtask is imported when it is needed; “in total” includes it.",
  async run({ progress }) {
    const sizes = new Map<string, BundleSize>();
    const versions: Record<string, string> = {};
    const remarks: string[] = [];
    for (const [name, { packageName, program }] of Object.entries(programs)) {
      progress(name);
      try {
        const isInstalled = packageName !== "@upstash/qstash";
        const folder = isInstalled
          ? fileURLToPath(new URL(".", import.meta.url))
          : await installPeers("qstash", progress);
        sizes.set(name, await bundleSize(program, { resolveDir: folder }));
        versions[packageName] = packageVersion(packageName, folder);
      } catch (error) {
        remarks.push(`${name}: not measured: ${errorSummary(error)}`);
      }
    }
    const rows = (value: (size: BundleSize) => number): Row[] =>
      [...sizes].map(([name, size]) => ({ name, rounds: [value(size) / 1000] }));
    return {
      figures: [
        { id: "start", title: "Bundle, minified and gzipped", unit: "kB", rows: rows((size) => size.gzippedAtStart) },
        { id: "total", title: "In total", unit: "kB", rows: rows(({ gzipped }) => gzipped) },
        { id: "minified", title: "In total, not gzipped", unit: "kB", rows: rows(({ minified }) => minified) },
      ],
      aims,
      versions,
      remarks,
    };
  },
};
