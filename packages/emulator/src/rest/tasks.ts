import { create } from "@bufbuild/protobuf";
import { EmptySchema } from "@bufbuild/protobuf/wkt";
import {
  CreateTaskRequestSchema,
  DeleteTaskRequestSchema,
  GetTaskRequestSchema,
  ListTasksRequestSchema,
  ListTasksResponseSchema,
  RunTaskRequestSchema,
} from "../gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { Task_View, TaskSchema } from "../gen/google/cloud/tasks/v2/task_pb.ts";
import { type Handler, reply } from "./call.ts";
import { messageOf, parseBody } from "./json.ts";

export const listTasks: Handler = async ({ name, query, services }) => {
  const request = create(ListTasksRequestSchema, {
    parent: name,
    responseView: query.enumeration("responseView", Task_View),
    pageSize: query.integer("pageSize"),
    pageToken: query.text("pageToken"),
  });
  return reply(ListTasksResponseSchema, services.tasks.listTasks(request));
};

export const getTask: Handler = async ({ name, query, services }) => {
  const responseView = query.enumeration("responseView", Task_View);
  return reply(TaskSchema, services.tasks.getTask(create(GetTaskRequestSchema, { name, responseView })));
};

export const createTask: Handler = async ({ name, body, services }) => {
  const request = messageOf(CreateTaskRequestSchema, parseBody(body));
  request.parent = name;
  return reply(TaskSchema, await services.tasks.createTask(request));
};

export const deleteTask: Handler = async ({ name, services }) =>
  reply(EmptySchema, await services.tasks.deleteTask(create(DeleteTaskRequestSchema, { name })));

export const runTask: Handler = async ({ name, body, services }) => {
  const request = messageOf(RunTaskRequestSchema, parseBody(body));
  request.name = name;
  return reply(TaskSchema, await services.tasks.runTask(request));
};
