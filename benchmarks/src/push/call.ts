/** The measured call: it creates an HTTP task with a token, headers and a small JSON body. */
export const parent = "projects/my-project/locations/europe-west1/queues/default";

export const order = {
  orderId: 500,
  items: Array.from({ length: 8 }, (_, index) => ({ sku: `sku-${index}`, quantity: index })),
};

export const payload: string = JSON.stringify({ task: "process-order", payload: order });

export const httpRequest = {
  url: "https://api.example.com/tasks/run",
  httpMethod: "POST",
  headers: { "Content-Type": "application/json", "CloudTask-Name": "process-order" },
  oidcToken: {
    serviceAccountEmail: "tasks@my-project.iam.gserviceaccount.com",
    audience: "https://api.example.com/tasks/run",
  },
} as const;

/** Returns the body of the call. Each peer encodes it anew, because the payload of each task differs in practice. */
export function createBody(): string {
  return JSON.stringify({ task: { httpRequest: { ...httpRequest, body: btoa(payload) } } });
}

/** The answer of the API. */
export const answer: string = JSON.stringify({
  name: `${parent}/tasks/6164637243571396609`,
  httpRequest: { ...httpRequest, headers: { ...httpRequest.headers, "User-Agent": "Google-Cloud-Tasks" } },
  scheduleTime: "2026-01-01T00:00:00.000000Z",
  createTime: "2026-01-01T00:00:00Z",
  dispatchDeadline: "600s",
  view: "BASIC",
});
