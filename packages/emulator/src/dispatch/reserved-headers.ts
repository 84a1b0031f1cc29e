const reserved = /^(?:host|content-length|user-agent|x-google-.*|x-appengine-.*|x-cloudtasks-.*)$/i;

/** Whether Cloud Tasks sets a header itself: neither tasks nor queues can. Source: google/cloud/tasks/v2/target.proto. */
export function isReservedHeader(name: string): boolean {
  return reserved.test(name);
}
