import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { freePort } from "../../../test/support/free-port.ts";

const VERDACCIO = resolve(import.meta.dirname, "../../node_modules/verdaccio/bin/verdaccio");

/** A npm registry on this machine. */
export interface LocalRegistry extends AsyncDisposable {
  readonly url: string;
  /** Environment variables that make npm use the registry, with a cache of its own. */
  readonly env: NodeJS.ProcessEnv;
}

/** Our packages come from the registry alone, all others from the registry that npm is configured for. */
function configOf(upstream: string): string {
  return JSON.stringify({
    storage: "./storage",
    uplinks: { upstream: { url: upstream, maxage: "1h" } },
    packages: {
      "{cloudtask,@cloudtask/*}": { access: "$all", publish: "$all" },
      "**": { access: "$all", proxy: "upstream" },
    },
    web: { enable: false },
    log: { type: "stdout", format: "pretty", level: "warn" },
    max_body_size: "50mb",
  });
}

/** Returns the environment without the variables that npm and vitest set for the processes that they start. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const added = /^(?:npm_|VITEST|NODE_ENV$|NODE_OPTIONS$|INIT_CWD$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !added.test(name)));
}

async function answering(url: string, child: ChildProcess, output: () => string): Promise<void> {
  while (child.exitCode === null) {
    const up = await fetch(`${url}-/ping`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`verdaccio ended with ${child.exitCode}: ${output()}`);
}

/**
 * Starts a registry that is empty but for the packages of the configured registry.
 *
 * @param folder - an empty folder for its files
 */
export async function startRegistry(folder: string): Promise<LocalRegistry> {
  const clean = cleanEnvironment();
  const options = { env: clean, encoding: "utf8" } as const;
  const upstream = execFileSync("npm", ["config", "get", "registry"], options).trim();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  await writeFile(join(folder, "config.yaml"), configOf(upstream));
  // npm publishes only with a token. The registry accepts any.
  await writeFile(join(folder, "npmrc"), `//127.0.0.1:${port}/:_authToken=any\nfund=false\naudit=false\n`);
  const args = [VERDACCIO, "--config", join(folder, "config.yaml"), "--listen", `127.0.0.1:${port}`];
  const child = spawn(process.execPath, args, { cwd: folder, env: clean });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  await answering(url, child, () => output);
  return {
    url,
    env: {
      ...clean,
      npm_config_registry: url,
      npm_config_userconfig: join(folder, "npmrc"),
      npm_config_cache: join(folder, "cache"),
      npm_config_update_notifier: "false",
    },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}
