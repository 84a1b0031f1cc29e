import { expect, test } from "vitest";
import { type Delivery, depends } from "../../src/index.ts";
import { getMailer, openShop } from "../support/shop.ts";

const ada = { to: "ada@example.com" };

test("overrides replace dependencies for one delivery, and are type-checked", async () => {
  const { tasks, sendMail } = openShop();
  const getFake = depends(() => ({ name: "fake dependency" }));
  const overridden = await tasks.deliver(sendMail(ada), { overrides: [[getMailer, { name: "fake" }]] });
  const again = await tasks.deliver(sendMail(ada), { overrides: [[getMailer, getFake]] });
  expect([overridden.result, again.result, (await tasks.deliver(sendMail(ada))).result]).toEqual([
    "fake to ada@example.com",
    "fake dependency to ada@example.com",
    "smtp to ada@example.com",
  ]);
  const wrong = () => [
    // @ts-expect-error the dependency provides another type
    tasks.deliver(sendMail(ada), { overrides: [[getMailer, { name: 1 }]] }),
    // @ts-expect-error not a dependency
    tasks.deliver(sendMail(ada), { overrides: [["mailer", 1]] }),
  ];
  expect(wrong).toBeTypeOf("function");
});

test("concurrent deliveries can override the same dependency", async () => {
  const { tasks, sendMail } = openShop();
  const names = ["a", "b", "c"];
  const sent = names.map((name) => tasks.deliver(sendMail(ada), { overrides: [[getMailer, { name }]] }));
  expect((await Promise.all(sent)).map(({ result }) => result)).toEqual(
    names.map((name) => `${name} to ada@example.com`),
  );
  expect((await tasks.deliver(sendMail(ada))).result).toBe("smtp to ada@example.com");
});

test("an override does not affect deliveries made by the handler", async () => {
  const { client, tasks } = openShop();
  const nameOf = async (delivery: Delivery): Promise<string> => (await delivery.use(getMailer)).name;
  const plain = client.task("plain", (_: undefined, { delivery }) => nameOf(delivery));
  const outer = client.task("outer", async (within: string, { delivery }) => {
    const beside = await tasks.deliver(plain());
    const inside = await tasks.deliver(plain(), { overrides: [[getMailer, { name: within }]] });
    return [beside.result, inside.result, await nameOf(delivery)];
  });
  const delivery = await tasks.deliver(outer("inner"), { overrides: [[getMailer, { name: "outer" }]] });
  expect(delivery.result).toEqual(["smtp", "inner", "outer"]);
});

test("deliveries with overrides run concurrently", async () => {
  const { client, tasks } = openShop();
  const arrived: (() => void)[] = [];
  const meet = client.task("meet", () => {
    return new Promise<void>((resolve) => {
      arrived.push(resolve);
      if (arrived.length === 2) for (const leave of arrived) leave();
    });
  });
  const overrides = [[getMailer, { name: "fake" }]] as const;
  const met = await Promise.all([tasks.deliver(meet(), { overrides }), tasks.deliver(meet(), { overrides })]);
  expect(met.map(({ outcome }) => outcome)).toEqual(["success", "success"]);
});
