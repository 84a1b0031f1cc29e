import { type Finding, failed } from "../check.ts";

const CAUSES: Readonly<Record<number, readonly [message: string, remedy: string]>> = {
  0: [
    "Cloud Tasks could not connect to the URL",
    "see the check `worker`; only a public address with a valid certificate works",
  ],
  401: [
    "the delivery got 401",
    "see the checks `worker`, `account` and `audience`: the token or the secret is missing or invalid",
  ],
  403: [
    "the delivery got 403",
    "see the checks `invoker` (the platform) and `audience` (the worker): another audience, account or secret is expected",
  ],
  404: [
    "the delivery got 404",
    "set `url` to the address at which the worker is mounted, and update cloudtask in the worker",
  ],
  405: [
    "the delivery got 405: the server accepts no POST there",
    "set `url` to the address at which the worker is mounted",
  ],
  429: [
    "the delivery got 429",
    "the worker or the platform is full, or the worker cannot read the keys of tokens; see its log",
  ],
  500: ["the delivery got 500", "read the log of the worker, which has the error"],
  503: ["the delivery got 503", "the worker is closing, or no instance could start; read the log of the service"],
  504: ["the delivery got no answer in time", "read the log of the service; a ping takes no time in the worker"],
};

/** Explains the status of an attempt. Cloud Tasks keeps no more of an answer. */
export function explainStatus(httpStatus: number): Finding {
  const [message, remedy] = CAUSES[httpStatus] ?? [`the delivery got ${httpStatus}`, "see the check `worker`"];
  return failed(message, remedy);
}
