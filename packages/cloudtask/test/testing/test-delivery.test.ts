import { inspect } from "node:util";
import { expect, test } from "vitest";
import { openShop } from "../support/shop.ts";

const ada = { to: "ada@example.com" };

test("a delivery can be compared, copied and printed like a plain object", async () => {
  const { tasks, sendMail } = openShop();
  const delivery = await tasks.deliver(sendMail(ada));
  const { response } = delivery;
  const copy = { ...delivery };
  expect(delivery.response).toBe(response);
  expect(copy).toEqual(delivery);
  expect(Object.keys(copy)).toEqual(
    "task payload id queue attempt scheduledAt outcome result error reason response".split(" "),
  );
  expect(inspect(delivery)).toBe(inspect(copy));
  expect(JSON.parse(JSON.stringify(delivery))).toMatchObject({ task: "send-mail", payload: ada, outcome: "success" });
});

test("a handler that changes its payload does not change the delivery", async () => {
  const { client, tasks } = openShop();
  const change = client.task("change", (payload: { to: string }) => Object.assign(payload, { to: "bob@example.com" }));
  expect((await tasks.deliver(change(ada))).payload).toEqual(ada);
});
