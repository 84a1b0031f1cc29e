import { decodePath } from "../http/request-url.ts";

/** The parts of a path of the API. */
export interface ResourcePath {
  /** The path with a star for each id; the pattern of a queue ends in `queues/*`. */
  readonly pattern: string;
  /** The resource without its verb; for a collection its parent. */
  readonly name: string;
}

/**
 * Parses a path.
 *
 * @param segments - the percent-encoded segments after the version
 * @throws RpcError if a segment cannot be decoded
 */
export function resourcePath(segments: readonly string[]): ResourcePath {
  const parts = segments.map(decodePath);
  // A project may contain a colon, so a verb is recognized in the last segment only.
  const [, last = "", verb = ""] = /^(.*?)(:[A-Za-z]+)?$/s.exec(parts.at(-1) ?? "") ?? [];
  const resource = [...parts.slice(0, -1), last];
  const pattern = resource.map((segment, index) => (index % 2 === 1 ? "*" : segment)).join("/") + verb;
  return { pattern, name: nameOf(resource) };
}

/** The name of a collection is its parent. `cmekConfig` is not a collection but a singleton. */
function nameOf(resource: readonly string[]): string {
  const isCollection = resource.length % 2 === 1 && resource.at(-1) !== "cmekConfig";
  return resource.slice(0, isCollection ? -1 : undefined).join("/");
}
