import type { Play, ProxiedAnswer } from "./fault-proxy.ts";

/** The connection is reset, and nothing was done. */
export const resetBefore: Play = (call) => call.reset();

/** The connection is reset, and the task is there. */
export const resetAfter: Play = async (call) => {
  await call.act();
  call.reset();
};

/** The task is there, and half of the answer arrives; its head says how long all of it is. */
export const half: Play = async (call) => {
  const answer = await call.act();
  call.write(`${headOf(answer, `Content-Length: ${answer.body.length}`)}${halfOf(answer)}`);
};

/** The same in one chunk, without the last, empty one. */
export const halfChunked: Play = async (call) => {
  const answer = await call.act();
  const piece = halfOf(answer);
  call.write(`${headOf(answer, "Transfer-Encoding: chunked")}${piece.length.toString(16)}\r\n${piece}\r\n`);
};

/** The same where only the end of the connection tells that this is all. */
export const halfUntold: Play = async (call) => {
  const answer = await call.act();
  call.write(`${headOf(answer, "Connection: close")}${halfOf(answer)}`);
};

/** The task is there, and the connection ends within the head of the answer. */
export const halfHead: Play = async (call) => {
  const answer = await call.act();
  call.write(headOf(answer, "Content-Length: 5").slice(0, 24));
};

/** The task is there, and what comes back is no HTTP. */
export const nonsense: Play = async (call) => {
  await call.act();
  call.write("SSH-2.0-OpenSSH_9.6\r\n");
};

/**
 * @param answer - over what the API answers
 * @returns the task is there, and this is answered
 */
export function answeredAfter(answer: Partial<ProxiedAnswer>): Play {
  return async (call) => call.answer({ ...(await call.act()), ...answer });
}

/**
 * @param status - the HTTP status
 * @param answer - headers and body, where there are any
 * @returns nothing is done, and this is answered
 */
export function refusedWith(status: number, answer: Partial<ProxiedAnswer> = {}): Play {
  return (call) => call.answer({ headers: {}, body: "", ...answer, status });
}

function headOf({ status, headers }: ProxiedAnswer, framing: string): string {
  return `HTTP/1.1 ${status} OK\r\nContent-Type: ${headers["content-type"]}\r\n${framing}\r\n\r\n`;
}

function halfOf({ body }: ProxiedAnswer): string {
  return body.slice(0, body.length / 2);
}
