/**
 * Writes the address of the repository to every published package.json, and the address for reports to SECURITY.md:
 * `npm run set-repository OWNER/NAME`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { publishedPackages } from "./packages.ts";

const [, , slug = ""] = process.argv;
if (!/^[\w.-]+\/[\w.-]+$/.test(slug))
  throw new TypeError(`expected OWNER/NAME of a GitHub repository, received "${slug}"`);
const url = `https://github.com/${slug}`;
const reportText = `Report a vulnerability privately: <${url}/security/advisories/new>. Please do not open a public issue.`;

for (const { path, folder } of publishedPackages()) {
  const file = resolve(path, "package.json");
  const { repository: _, homepage: __, bugs: ___, ...rest } = JSON.parse(readFileSync(file, "utf8"));
  const links = {
    repository: { type: "git", url: `git+${url}.git`, directory: `packages/${folder}` },
    homepage: `${url}#readme`,
    bugs: { url: `${url}/issues` },
  };
  const entries = Object.entries(rest);
  entries.splice(entries.findIndex(([key]) => key === "license") + 1, 0, ...Object.entries(links));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
}

const security = readFileSync("SECURITY.md", "utf8");
writeFileSync("SECURITY.md", security.replace(/<!-- TODO\(release\).*?-->[\s\S]*?\n\n/, `${reportText}\n\n`));
