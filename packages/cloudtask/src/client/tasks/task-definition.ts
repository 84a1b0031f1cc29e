import type { Task } from "./task.ts";

/**
 * A named handler with its options, created by `client.task()`. Call it with a payload to get a task.
 *
 * @typeParam Payload - the payload that the definition accepts
 * @typeParam Result - the type that the handler returns, awaited
 * @typeParam QueueName - the ids of the client's `queues`
 *
 * @example
 * ```ts
 * const sendWelcomeEmail = client.task("send-welcome-email", async (user: { email: string }) => mail.send(user.email));
 * await sendWelcomeEmail({ email: "user@example.com" }).push();
 * ```
 */
export interface TaskDefinition<Payload, Result, QueueName extends string = string> {
  /** @param payload - the payload; optional if the handler accepts `undefined` or has no parameter */
  (...payload: undefined extends Payload ? [payload?: Payload] : [payload: Payload]): Task<Result, QueueName>;
  /** The name of the definition in Cloud Tasks. */
  readonly name: string;
}

declare const HANDLED: unique symbol;

/**
 * A definition without a handler, created by `client.declare()`. The handler may run in another service, or
 * `client.handle()` adds it in this process.
 *
 * @typeParam Payload - the payload that the definition accepts
 * @typeParam Handled - the payload that the handler receives
 * @typeParam QueueName - the ids of the client's `queues`
 *
 * @example
 * ```ts
 * export const chargeCard = client.declare("charge-card", { input: z.object({ orderId: z.number() }) });
 * await chargeCard({ orderId: 1 }).push();
 * ```
 */
export interface DeclaredTask<Payload, in out Handled = Payload, QueueName extends string = string>
  extends TaskDefinition<Payload, unknown, QueueName> {
  /** The payload that the handler receives. Exists only in the types. */
  readonly [HANDLED]: (payload: Handled) => Handled;
}
