/**
 * @param host - as `emulatorHost` and `CLOUD_TASKS_EMULATOR_HOST` say it: `host:port`, or a URL
 * @returns the base of its URLs, without a slash at the end
 */
export function emulatorUrl(host: string): string {
  return (host.includes("://") ? host : `http://${host}`).replace(/\/+$/, "");
}
