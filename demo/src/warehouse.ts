import { Router } from "express";

const FAILURES = 2;

/** The unreliable API of a partner: the first calls fail. */
export function warehouse(): Router {
  let calls = 0;
  return Router().post("/orders/:id", (_request, response) => {
    calls += 1;
    response.sendStatus(calls > FAILURES ? 202 : 503);
  });
}
