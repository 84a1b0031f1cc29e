/** Everything that named tasks need: one file, so that it is loaded with one import. */
export { deletePredecessor } from "./delete-predecessor.ts";
export { namedByPayload, namedByText, namedByWindow } from "./derived-name.ts";
