import type diagnosticsChannel from "node:diagnostics_channel";
import type httpModule from "node:http";
import nodeModule from "node:module";
import type netModule from "node:net";

// An `import` of "node:http" reads all its exports. From Node 22, one of them is the WebSocket of `fetch`, which takes 20 ms to load.
// Versions before 22.3 may have no `getBuiltinModule()`. webpack warns about a named import of `createRequire`. Tools that intercept
// requests change the same objects.
const load: (id: string) => unknown = (id) => process.getBuiltinModule?.(id) ?? nodeModule.createRequire("/")(id);

export const http: typeof httpModule = load("node:http") as typeof httpModule;
export const net: typeof netModule = load("node:net") as typeof netModule;
export const channel: typeof diagnosticsChannel.channel = (
  load("node:diagnostics_channel") as typeof diagnosticsChannel
).channel;
