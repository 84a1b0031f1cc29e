import { type Check, type Finding, failed, ok, skipped, unknown } from "../check.ts";
import type { Facts } from "../facts.ts";
import type { CloudRunService } from "../google/cloud-run.ts";
import { GoogleFailure } from "../google/google-failure.ts";
import { noService } from "../no-service.ts";
import { readWorkerAnswer } from "../worker/worker-answer.ts";

/** The predefined roles with the permission run.routes.invoke. https://cloud.google.com/run/docs/reference/iam/roles */
const ROLES = ["roles/run.invoker", "roles/run.servicesInvoker", "roles/run.admin", "roles/owner"];

/** https://cloud.google.com/iam/docs/reference/rest/v1/Policy */
interface Binding {
  readonly role?: string;
  readonly members?: readonly string[];
  readonly condition?: object | undefined;
}

/** Whether the account of the tokens may call the Cloud Run service. */
export const invokerCheck: Check = {
  id: "invoker",
  needs: "roles/run.viewer",
  run: async (facts) => {
    const { serviceAccount, emulator } = facts.setup;
    if (emulator) return skipped("only Cloud Run checks it");
    const service = await facts.service();
    if (!service) return noService(facts, "that the account of the tokens may call it");
    if (service.isInvokerCheckDisabled)
      return ok(`the Cloud Run service ${service.name} lets everyone in; the worker authenticates`);
    return provedOtherwise(await judge(service, serviceAccount, facts).catch(failureOf), service, facts);
  },
};

function failureOf(error: unknown): GoogleFailure {
  if (error instanceof GoogleFailure) return error;
  throw error;
}

/** A role can also come from a folder, the organization, a group or a custom role. Then a call with the token passes nevertheless. */
async function provedOtherwise(
  found: Finding | GoogleFailure,
  { name }: CloudRunService,
  facts: Facts,
): Promise<Finding> {
  const { url, serviceAccount } = facts.setup;
  if (!(found instanceof GoogleFailure) && found.status === "ok") return found;
  if (url !== undefined && serviceAccount !== undefined) {
    const call = await facts.authenticatedCall(url);
    const passes = "kind" in call && call.kind === "answered" && readWorkerAnswer(call.status, call.body) !== undefined;
    if (passes)
      return ok(`a call with a token of ${serviceAccount} reaches the worker in the Cloud Run service ${name}`);
  }
  if (found instanceof GoogleFailure) throw found;
  return found;
}

async function judge(service: CloudRunService, account: string | undefined, facts: Facts): Promise<Finding> {
  const own = await policyOf(facts, "run", `/v2/${fullName(service, facts)}:getIamPolicy`, "GET");
  if (own.some((binding) => grants(binding, ["allUsers"]))) {
    return ok(`the Cloud Run service ${service.name} lets everyone in; the worker authenticates`);
  }
  if (account === undefined) {
    return failed(
      `the Cloud Run service ${service.name} requires a token, and no service account is set, so deliveries have none`,
      "set `serviceAccount`, or allow public access and set a `secret`",
    );
  }
  const members = [`serviceAccount:${account}`, "allAuthenticatedUsers"];
  if (own.some((binding) => grants(binding, members)))
    return ok(`${account} may invoke the Cloud Run service ${service.name}`);
  return judgeProject(service, account, { own, members, facts });
}

/** A role on the project applies to its services. */
async function judgeProject(
  service: CloudRunService,
  account: string,
  {
    own,
    members,
    facts,
  }: { readonly own: readonly Binding[]; readonly members: readonly string[]; readonly facts: Facts },
): Promise<Finding> {
  const { project } = facts.setup;
  const command = `gcloud run services add-iam-policy-binding ${service.name} --region=${service.region} --project=${project} --member=serviceAccount:${account} --role=roles/run.invoker`;
  const path = `/v1/projects/${project}:getIamPolicy`;
  const inherited = await policyOf(facts, "cloudresourcemanager", path, "POST").catch((error) => {
    if (error instanceof GoogleFailure) return undefined;
    throw error;
  });
  if (inherited?.some((binding) => grants(binding, members))) {
    return ok(`${account} may invoke the Cloud Run service ${service.name}, by a role on the project`);
  }
  if ([...own, ...(inherited ?? [])].some((binding) => mayGrant(binding, members))) {
    return unknown(
      `a group, a condition or a custom role may let ${account} invoke the service ${service.name}`,
      `if deliveries get 403: ${command}`,
    );
  }
  if (inherited === undefined) {
    return unknown(
      `${account} has no role on the Cloud Run service ${service.name}; its roles on the project cannot be read`,
      `if deliveries get 403: ${command}`,
    );
  }
  return failed(`${account} may not invoke the Cloud Run service ${service.name}: deliveries get 403`, command);
}

function grants({ role = "", members = [], condition }: Binding, wanted: readonly string[]): boolean {
  return ROLES.includes(role) && condition === undefined && members.some((each) => wanted.includes(each));
}

/** Whether a binding may let the account in, by facts that are not in the policy. */
function mayGrant({ role = "", members = [] }: Binding, wanted: readonly string[]): boolean {
  const isOfAccount = members.some((each) => wanted.includes(each));
  const isOfGroup = members.some((each) => /^(?:group|domain|principalSet):/.test(each));
  const isCustom = /^(?:projects|organizations)\//.test(role);
  return (ROLES.includes(role) && (isOfAccount || isOfGroup)) || (isCustom && isOfAccount);
}

function fullName({ name, region }: CloudRunService, { setup }: Facts): string {
  return `projects/${setup.project}/locations/${region}/services/${name}`;
}

async function policyOf(
  { api }: Facts,
  service: "run" | "cloudresourcemanager",
  path: string,
  method: "GET" | "POST",
): Promise<readonly Binding[]> {
  const { json } = await api.call(service, method === "GET" ? { path } : { path, method, body: {} });
  const { bindings = [] } = Object(json) as { readonly bindings?: readonly Binding[] };
  return bindings;
}
