import { SECRET } from "./tasks.ts";

const body = JSON.stringify({
  task: "process-order",
  payload: { orderId: 500, items: Array.from({ length: 8 }, (_, index) => ({ sku: `sku-${index}`, quantity: index })) },
});

/**
 * Returns a request as Cloud Tasks sends it.
 *
 * @param authorization - the value of the header; without one, the request has no token
 */
export function deliveryRequest(id: number, authorization: string | undefined): Buffer {
  const headers = [
    "Host: api.example.com",
    "User-Agent: Google-Cloud-Tasks",
    "Content-Type: application/json",
    "Accept: */*",
    "Accept-Encoding: gzip, deflate, br",
    "CloudTask-Name: process-order",
    `X-CloudTask-Secret: ${SECRET}`,
    "X-CloudTasks-QueueName: default",
    `X-CloudTasks-TaskName: 61646372435713966${id}`,
    "X-CloudTasks-TaskRetryCount: 0",
    "X-CloudTasks-TaskExecutionCount: 0",
    "X-CloudTasks-TaskETA: 1767225600.123456",
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    `Content-Length: ${body.length}`,
  ];
  return Buffer.from(`POST /tasks/run HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n${body}`);
}
