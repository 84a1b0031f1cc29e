import { type Finding, failed } from "../check.ts";

/** The reasons for which a certificate is rejected. https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "is signed by an authority that is not public",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "comes without the certificate of its authority, or that authority is not public",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "comes without the certificate of its authority, or that authority is not public",
  CERT_HAS_EXPIRED: "has expired",
  CERT_NOT_YET_VALID: "is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "is for another host name",
};

/** Explains why a URL cannot be reached. */
export function unreachable(url: string, code: string, isEmulator: boolean): Finding {
  const { host, hostname } = new URL(url);
  const certificate = CERTIFICATE[code];
  if (certificate !== undefined) {
    const local = "start the emulator with --target-ca FILE, and this command with NODE_EXTRA_CA_CERTS=FILE";
    const remedy = isEmulator
      ? local
      : "install the complete chain of a certificate of a public authority for this host";
    return failed(`the certificate of ${host} ${certificate} (${code})`, remedy);
  }
  if (/^(?:EPROTO|ERR_SSL_)/.test(code)) {
    return failed(
      `${host} does not speak TLS (${code})`,
      `use http:// if the server has no TLS, or correct the port of \`url\``,
    );
  }
  if (/^(?:ENOTFOUND|EAI_)/.test(code)) {
    return failed(`the host ${hostname} does not resolve (${code})`, "correct the host of `url`, or its DNS record");
  }
  if (code === "ECONNREFUSED") {
    return failed(`nothing listens at ${host} (${code})`, "start the worker, or correct the host and port of `url`");
  }
  return failed(
    `${host} does not answer (${code})`,
    "check that the worker runs, and that a firewall lets calls through",
  );
}

/** Whether Google Cloud can never reach a host: it is this machine, or a private network. */
export function isPrivateHost(url: string): boolean {
  const { hostname } = new URL(url);
  return /^(?:localhost|.*\.(?:localhost|local|internal)|127\..*|10\..*|192\.168\..*|172\.(?:1[6-9]|2\d|3[01])\..*|169\.254\..*|\[(?:::1?|f[cd].*|fe80.*)\])$/.test(
    hostname,
  );
}
