/** The code that asks Google for the values that a client's options leave out. It is imported late. */
export { defaultToken } from "./default-token.ts";
export { createMetadataServer } from "./metadata-server.ts";
