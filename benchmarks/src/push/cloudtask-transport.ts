import type { HttpSender } from "../../../packages/cloudtask/src/core/http-sender.ts";
import { createRestTransport } from "../../../packages/cloudtask/src/transport/rest-transport.ts";
import { httpRequest, parent, payload } from "./call.ts";
import type { OpenPeer } from "./peer.ts";

/** The transport of cloudtask over one of its HTTP senders. Includes serialization, token, timeout, retry and parsing. */
export function overSender(createHttpSender: () => HttpSender): OpenPeer {
  return (port) => {
    const credential = { token: "benchmark" };
    const transport = createRestTransport({
      baseUrl: `http://127.0.0.1:${port}`,
      sender: createHttpSender(),
      credentials: { get: () => credential, invalidate: () => undefined },
    });
    return {
      async push() {
        const body = JSON.stringify({ task: { httpRequest: { ...httpRequest, body: btoa(payload) } } });
        const action = `create a task in ${parent}`;
        const answer = await transport.call({ method: "POST", path: `${parent}/tasks`, body, action });
        return (answer.body as { readonly name: string }).name;
      },
      close: () => transport.close(),
    };
  };
}
