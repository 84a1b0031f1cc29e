import { expect, test } from "vitest";
import { SecretNames } from "../../src/history/masking/secret-names.ts";
import { addQueue, addTask, engineBench, request } from "../support/engine.ts";
import { type InspectServer, inspectServer } from "../support/inspect-server.ts";

interface Listed {
  readonly id: string;
  readonly request: { readonly preview: string; readonly url: string };
}

async function list({ url }: InspectServer, query: string): Promise<readonly Listed[]> {
  const response = await fetch(`${url}/inspect/tasks?${query}`);
  return ((await response.json()) as { readonly tasks: readonly Listed[] }).tasks;
}

/** Starts a server with tasks whose requests contain a value that is not known to be a secret. */
async function serverWith(count: number, secretNames = new SecretNames()): Promise<InspectServer> {
  const bench = engineBench();
  const queue = addQueue(bench);
  for (let index = 0; index < count; index += 1) {
    addTask(bench, queue, `t${index}`, 60_000, {
      request: {
        ...request,
        url: `http://worker/run?tenant=abcdefgh&task=${index}`,
        body: new TextEncoder().encode(`{"tenant":"abcdefgh","task":${index}}`),
      },
    });
  }
  return inspectServer({ engine: bench.engine, secretNames });
}

test("a value that is listed is masked as soon as its name is known to mark a secret", async () => {
  const secretNames = new SecretNames();
  await using server = await serverWith(1, secretNames);
  const visible = { preview: '{"tenant":"abcdefgh","task":0}', url: "http://worker/run?tenant=abcdefgh&task=0" };
  const masked = { preview: '{"tenant":"***","task":0}', url: "http://worker/run?tenant=***&task=0" };
  for (const _ of [1, 2]) expect(await list(server, "")).toMatchObject([{ id: "t0", request: visible }]);
  secretNames.add("tenant");
  for (const _ of [1, 2]) expect(await list(server, "")).toMatchObject([{ id: "t0", request: masked }]);
});

test("each of 2,500 tasks is listed with its own request, page by page and again", async () => {
  await using server = await serverWith(2_500);
  for (const sort of ["create", "-create", "create"]) {
    for (const from of [0, 1_000, 2_000]) {
      const sequence = sort === "create" ? from : 2_501 - from;
      const cursor = Buffer.from(JSON.stringify([sort, 0, sequence])).toString("base64url");
      const tasks = await list(server, `sort=${sort}&limit=1000&cursor=${cursor}`);
      expect(tasks.length).toBe(Math.min(1_000, 2_500 - from));
      expect(tasks.map(({ request: { url } }) => url)).toEqual(
        tasks.map(({ id }) => `http://worker/run?tenant=abcdefgh&task=${id.slice(1)}`),
      );
    }
  }
});
