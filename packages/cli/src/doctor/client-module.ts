import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { errorMessage, printableText } from "cloudtask/internal";
import { type ClientDescription, describeClient, type TaskClient } from "cloudtask/internal/cli";
import { UsageError } from "../usage-error.ts";

/** A client of the application, with its settings. */
export interface LoadedClient {
  readonly client: TaskClient;
  readonly description: ClientDescription;
}

/**
 * Imports a module of the application, and finds the client among its exports.
 *
 * @throws UsageError if the module cannot be imported, or exports no client
 */
export async function loadClient(file: string): Promise<LoadedClient> {
  const path = resolve(file);
  const exported: unknown = await import(/* @vite-ignore */ pathToFileURL(path).href).catch((cause: unknown) => {
    throw new UsageError(importMessage(file, cause), { cause });
  });
  const values = Object.values(Object(exported)).flatMap((value) => [value, ...Object.values(Object(value))]);
  const client = values.find(isClient);
  if (client === undefined) {
    throw new UsageError(
      `--client ${file}: the module exports no CloudTaskClient; export it, as in export const client = …`,
    );
  }
  return { client, description: await describe(client, path) };
}

/** The client belongs to the copy of the library that the application has installed, which may not be that of this command. */
async function describe(client: TaskClient, path: string): Promise<ClientDescription> {
  try {
    return describeClient(client);
  } catch {
    // Another copy.
  }
  try {
    const file = createRequire(path).resolve("cloudtask/internal/cli");
    const library = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
      readonly describeClient: typeof describeClient;
    };
    return library.describeClient(client);
  } catch (cause) {
    throw new UsageError("--client: install the same version of cloudtask and of @cloudtask/cli in the application", {
      cause,
    });
  }
}

function isClient(value: unknown): value is TaskClient {
  const { task, declare, pushMany, close } = Object(value);
  return [task, declare, pushMany, close].every((each) => typeof each === "function");
}

function importMessage(file: string, cause: unknown): string {
  const { code } = Object(cause) as { readonly code?: string };
  const message = printableText(errorMessage(cause).split("\n", 1)[0] ?? "", 500);
  const subject = `--client ${file}`;
  if (code === "ERR_UNKNOWN_FILE_EXTENSION") {
    return `${subject}: this version of Node cannot import TypeScript; use Node 22.18 or newer, run with NODE_OPTIONS="--import tsx", or pass a compiled .js file`;
  }
  return `${subject}: the module cannot be imported: ${message}`;
}
