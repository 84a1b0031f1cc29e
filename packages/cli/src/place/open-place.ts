import { readFileSync } from "node:fs";
import { type Admin, type AdminOptions, createAdmin } from "cloudtask/admin";
import type { CommandContext } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { UsageError } from "../usage-error.ts";
import { emulatorHost } from "../values/emulator-host.ts";
import { EmulatorApi } from "./emulator-api.ts";
import { gcloudConfig } from "./gcloud-config.ts";

/** The place that a command works on: an emulator, or a location of a project in Google Cloud. */
export interface Place {
  readonly admin: Admin;
  readonly project: string;
  readonly location: string;
  /** The connection of the admin, for a client that pushes. */
  readonly connection: AdminOptions;
  /** `undefined` in Google Cloud. */
  readonly emulator: EmulatorApi | undefined;
  /** `the emulator at 127.0.0.1:8123`, or `Google Cloud, project my-project, location europe-west1`. */
  readonly label: string;
}

/** The part of an emulator's answer that names its place. */
interface EmulatorState {
  readonly project: string;
  readonly location: string;
}

/**
 * Opens the place that the options, the environment or the configuration of gcloud name.
 * It is closed when the command ends.
 *
 * @throws UsageError if project or location are missing
 */
export async function openPlace(flags: GivenFlags, context: CommandContext): Promise<Place> {
  const place = await findPlace(flags, context.process.env);
  const admin = createAdmin(place.connection);
  context.atEnd(() => admin.close());
  return { ...place, admin };
}

async function findPlace(flags: GivenFlags, env: NodeJS.ProcessEnv): Promise<Omit<Place, "admin">> {
  const host = emulatorHost(flags, env);
  const project = flags.text("project");
  const location = flags.text("location");
  if (host !== undefined) return openEmulator(host, { project, location });
  const gcloud = gcloudConfig(env);
  const connection = {
    project: required(project ?? (env.GOOGLE_CLOUD_PROJECT?.trim() || gcloud.project), "project", "project"),
    location: required(location ?? (env.GOOGLE_CLOUD_LOCATION?.trim() || gcloud.location), "location", "run/region"),
    ...cloudOptions(env),
  };
  const label = `Google Cloud, project ${connection.project}, location ${connection.location}`;
  return { ...connection, connection, label, emulator: undefined };
}

/** A place in an emulator. */
export type EmulatorPlace = Place & { readonly emulator: EmulatorApi };

/**
 * Opens the emulator of a command that does not work in Google Cloud.
 *
 * @param reason - the beginning of the message for Google Cloud: `only an emulator keeps attempts`
 * @param instead - a sentence about Google Cloud for the message
 * @throws UsageError without an emulator
 */
export async function openEmulatorPlace(
  flags: GivenFlags,
  context: CommandContext,
  { reason, instead }: { readonly reason: string; readonly instead?: string },
): Promise<EmulatorPlace> {
  const message = [`${reason}; pass --emulator, or set CLOUD_TASKS_EMULATOR_HOST`, instead].filter(Boolean).join(". ");
  // Without an emulator, a project may be missing too, which does not matter here.
  if (emulatorHost(flags, context.process.env) === undefined) throw new UsageError(message);
  const { emulator, ...place } = await openPlace(flags, context);
  if (emulator === undefined) throw new UsageError(message);
  return { ...place, emulator };
}

async function openEmulator(
  host: string,
  given: { readonly project: string | undefined; readonly location: string | undefined },
): Promise<Omit<Place, "admin">> {
  const emulator = new EmulatorApi(new URL(`http://${host}`));
  const state = await emulator.get<EmulatorState>("/inspect/emulator");
  const connection = {
    project: given.project ?? state.project,
    location: given.location ?? state.location,
    emulatorHost: emulator.url.host,
  };
  return { ...connection, connection, label: `the emulator at ${emulator.url.host}`, emulator };
}

const TOKEN_FILE = "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE";

/** The endpoint and the token that gcloud's own variables set. @throws UsageError if the file with the token cannot be read */
function cloudOptions(env: NodeJS.ProcessEnv): Pick<AdminOptions, "apiEndpoint" | "token"> {
  const endpoint = env.CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS?.trim().replace(/\/$/, "");
  const file = env[TOKEN_FILE]?.trim();
  // The library does not report the reason for a token that is missing.
  if (file) readToken(file);
  return {
    ...(endpoint ? { apiEndpoint: endpoint } : {}),
    ...(file ? { token: () => Promise.resolve(readToken(file)) } : {}),
  };
}

function readToken(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new UsageError(`${TOKEN_FILE}: the file ${file} cannot be read`, { cause });
  }
}

function required(value: string | undefined, name: string, property: string): string {
  if (value) return value;
  throw new UsageError(
    `the ${name} is missing; pass --${name}, or set it with "gcloud config set ${property} VALUE". For an emulator, pass --emulator or set CLOUD_TASKS_EMULATOR_HOST`,
  );
}
