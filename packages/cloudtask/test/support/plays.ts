import type { Play, ProxiedAnswer } from "./fault-proxy.ts";

/** Resets the connection. The API does not receive the call. */
export const resetBefore: Play = (call) => call.reset();

/** Forwards the call, then resets the connection: the task exists. */
export const resetAfter: Play = async (call) => {
  await call.act();
  call.reset();
};

/** Forwards the call and half of the answer, with the `Content-Length` of the full answer. */
export const half: Play = async (call) => {
  const answer = await call.act();
  call.write(`${headOf(answer, `Content-Length: ${answer.body.length}`)}${halfOf(answer)}`);
};

/** The same as one chunk, without the final empty chunk. */
export const halfChunked: Play = async (call) => {
  const answer = await call.act();
  const piece = halfOf(answer);
  call.write(`${headOf(answer, "Transfer-Encoding: chunked")}${piece.length.toString(16)}\r\n${piece}\r\n`);
};

/** The same without any length: only the end of the connection marks the end of the answer. */
export const halfUnframed: Play = async (call) => {
  const answer = await call.act();
  call.write(`${headOf(answer, "Connection: close")}${halfOf(answer)}`);
};

/** Forwards the call, and closes the connection within the head of the answer. */
export const halfHead: Play = async (call) => {
  const answer = await call.act();
  call.write(headOf(answer, "Content-Length: 5").slice(0, 24));
};

/** Forwards the call, and answers with text that is not HTTP. */
export const nonsense: Play = async (call) => {
  await call.act();
  call.write("SSH-2.0-OpenSSH_9.6\r\n");
};

/** Forwards the call, and overrides parts of the answer. */
export function answeredAfter(answer: Partial<ProxiedAnswer>): Play {
  return async (call) => call.answer({ ...(await call.act()), ...answer });
}

/** Answers with this status. The API does not receive the call. */
export function rejectedWith(status: number, answer: Partial<ProxiedAnswer> = {}): Play {
  return (call) => call.answer({ headers: {}, body: "", ...answer, status });
}

function headOf({ status, headers }: ProxiedAnswer, framing: string): string {
  return `HTTP/1.1 ${status} OK\r\nContent-Type: ${headers["content-type"]}\r\n${framing}\r\n\r\n`;
}

function halfOf({ body }: ProxiedAnswer): string {
  return body.slice(0, body.length / 2);
}

/** Never answers. The API does not receive the call. */
export const silence: Play = (call) => call.gone();

/** Forwards the call, and never answers: the task exists. */
export const silenceAfter: Play = async (call) => {
  await call.act();
  await call.gone();
};

/** Forwards the call after the client's timeout, when the client has repeated it. */
export const late: Play = async (call) => {
  await call.gone();
  await call.act();
};
