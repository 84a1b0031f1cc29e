/**
 * Returns the base URL of an emulator, without a slash at the end.
 *
 * @param host - the value of `emulatorHost` or `CLOUD_TASKS_EMULATOR_HOST`: `host:port`, or a URL
 */
export function emulatorUrl(host: string): string {
  return (host.includes("://") ? host : `http://${host}`).replace(/\/+$/, "");
}
