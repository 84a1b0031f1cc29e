/** The measured call: it creates an HTTP task with a token, headers and a small JSON body. */
export const parent = "projects/my-project/locations/europe-west1/queues/default";

export const payload: string = JSON.stringify({
  task: "process-order",
  payload: { orderId: 500, items: Array.from({ length: 8 }, (_, index) => ({ sku: `sku-${index}`, quantity: index })) },
});

export const httpRequest = {
  url: "https://api.example.com/tasks/run",
  httpMethod: "POST",
  headers: { "Content-Type": "application/json", "CloudTask-Name": "process-order" },
  oidcToken: {
    serviceAccountEmail: "tasks@my-project.iam.gserviceaccount.com",
    audience: "https://api.example.com/tasks/run",
  },
} as const;
