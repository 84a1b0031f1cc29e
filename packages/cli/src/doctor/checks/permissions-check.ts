import { type Check, type Finding, failed, ok, unknown } from "../check.ts";
import type { Facts } from "../facts.ts";
import { GoogleFailure } from "../google/google-failure.ts";
import { granteeOf } from "../grantee.ts";
import { queueName } from "../setup.ts";
import { worst } from "../worst.ts";

/** https://cloud.google.com/tasks/docs/reference-access-control */
const PUSH = "cloudtasks.tasks.create";

/** Some features need these too. */
const OTHERS: Readonly<Record<string, string>> = {
  "cloudtasks.tasks.delete": "deleteTask() and debounce",
  "cloudtasks.tasks.get": "an exact `deduplicated`",
};

/** Whether the caller may create tasks in the queues, by queues.testIamPermissions. */
export const permissionsCheck: Check = {
  id: "permissions",
  run: async (facts) => worst(await Promise.all(facts.setup.queues.map((id) => checkQueue(id, facts)))),
};

async function checkQueue(id: string, facts: Facts): Promise<Finding> {
  const { setup, api } = facts;
  const { json } = await api.call("cloudtasks", {
    method: "POST",
    path: `/v2/${queueName(setup, id)}:testIamPermissions`,
    body: { permissions: [PUSH, ...Object.keys(OTHERS)] },
  });
  const { permissions: granted = [] } = Object(json) as { readonly permissions?: readonly string[] };
  if (!granted.includes(PUSH)) {
    // The API answers no permissions for a queue that does not exist.
    if (await isMissing(id, facts))
      return unknown(`not checked: the queue ${id} does not exist; see the check \`queue\``);
    return failed(
      `the caller may not push to the queue ${id}: ${PUSH} is missing`,
      `gcloud tasks queues add-iam-policy-binding ${id} --location=${setup.location} --project=${setup.project} --member=${await granteeOf(facts)} --role=roles/cloudtasks.enqueuer`,
    );
  }
  const lacking = Object.entries(OTHERS).filter(([permission]) => !granted.includes(permission));
  const without = lacking.map(([permission, feature]) => `${permission} (${feature})`).join(" or ");
  return ok(`the caller may push to the queue ${id}${without === "" ? "" : `, without ${without}`}`);
}

async function isMissing(id: string, facts: Facts): Promise<boolean> {
  return facts.queue(id).then(
    () => false,
    (error: unknown) => error instanceof GoogleFailure && error.status === "NOT_FOUND",
  );
}
