/** The query parameters of every Google API. Source: https://cloud.google.com/apis/docs/system-parameters */
const names = new Set([
  "access_token",
  "alt",
  "callback",
  "fields",
  "key",
  "oauth_token",
  "prettyPrint",
  "quotaUser",
  "uploadType",
  "upload_protocol",
  "userIp",
]);

/** Whether a query parameter is not a field of the request. Those of Google's front end also begin with a dollar sign. */
export function isSystemParameter(name: string): boolean {
  return names.has(name) || name.startsWith("$");
}
