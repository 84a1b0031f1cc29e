/** Everything that only a failed request needs: one file, so that it is loaded with one import. */
export { answerFailure, noConnection, requestFailure } from "./request-failure.ts";
export { Retries } from "./retries.ts";
