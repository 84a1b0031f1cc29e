import { TaskSchema } from "../gen/google/cloud/tasks/v2/task_pb.ts";
import type { Query } from "../http/query.ts";
import type { RpcHandler } from "../service/api-service.ts";
import type { Services } from "../service/services.ts";
import { bufferRequest } from "../service/tasks/buffer-request.ts";
import { type Handler, type Handlers, jsonOf, type RestRequest } from "./handler.ts";
import { RequestErrors } from "./json/request-errors.ts";
import { isSystemParameter } from "./system-parameters.ts";

/** `tasks:buffer` and `tasks/ID:buffer`, which only REST has: the body of the request becomes the body of the task. */
export function bufferRoutes(services: Services, createTask: RpcHandler): Readonly<Record<string, Handlers>> {
  const answer = async ({ name, body, headers, query }: RestRequest): Promise<{ task: ReturnType<typeof jsonOf> }> => {
    checkParameters(query);
    const [queue = "", id = ""] = name.split("/tasks/");
    const buffered = { queue, id, body, contentType: headers["content-type"] };
    return { task: jsonOf(TaskSchema, await createTask(bufferRequest(services, buffered)), query) };
  };
  const buffer: Handler = { output: undefined, answer };
  return {
    "projects/*/locations/*/queues/*/tasks:buffer": { POST: buffer },
    "projects/*/locations/*/queues/*/tasks/*:buffer": { POST: buffer },
  };
}

/** The call has no fields besides the ids in its path and its body. */
function checkParameters(query: Query): void {
  const errors = new RequestErrors();
  for (const [name] of query.entries()) {
    if (!isSystemParameter(name)) errors.addUnbound(name, `Field '${name}' could not be found in request message.`);
  }
  errors.throwIfAny();
}
