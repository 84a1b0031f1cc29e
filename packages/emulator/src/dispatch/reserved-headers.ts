const reserved = /^(?:host|content-length|user-agent|x-google-.*|x-appengine-.*|x-cloudtasks-.*)$/i;

/** Checks whether only Cloud Tasks itself sets a header. Tasks and queues cannot. Source: google/cloud/tasks/v2/target.proto. */
export function isReservedHeader(name: string): boolean {
  return reserved.test(name);
}
