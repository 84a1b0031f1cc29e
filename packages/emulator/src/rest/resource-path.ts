import { decodePath } from "../http/request-url.ts";

/** A path of the API taken apart. */
export interface ResourcePath {
  /** With a star for each id: that of a queue ends in `queues/*`. */
  readonly pattern: string;
  /** The resource, without its verb: the parent of a collection that is listed or added to. */
  readonly name: string;
}

/**
 * @param segments - of the path behind the version, still percent-encoded
 * @throws RpcError where they cannot be decoded
 */
export function resourcePath(segments: readonly string[]): ResourcePath {
  const parts = segments.map(decodePath);
  // A project may hold a colon, so only the last segment can end in a verb.
  const [, last = "", verb = ""] = /^(.*?)(:[A-Za-z]+)?$/s.exec(parts.at(-1) ?? "") ?? [];
  const resource = [...parts.slice(0, -1), last];
  const pattern = resource.map((segment, index) => (index % 2 === 1 ? "*" : segment)).join("/") + verb;
  return { pattern, name: nameOf(resource) };
}

/** A collection stands for its parent; `cmekConfig` is no collection, but the only one of its kind. */
function nameOf(resource: readonly string[]): string {
  const isCollection = resource.length % 2 === 1 && resource.at(-1) !== "cmekConfig";
  return resource.slice(0, isCollection ? -1 : undefined).join("/");
}
