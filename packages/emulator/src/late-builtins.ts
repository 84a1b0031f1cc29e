/**
 * Returns a module of Node, which is loaded at the first use. Most emulators never connect with TLS and never compress, and loading
 * these modules is a tenth of the CPU time of a start.
 */
export function lateBuiltin<Name extends "node:tls" | "node:zlib">(name: Name): LateBuiltins[Name] {
  return process.getBuiltinModule(name) as LateBuiltins[Name];
}

interface LateBuiltins {
  readonly "node:tls": typeof import("node:tls");
  readonly "node:zlib": typeof import("node:zlib");
}
