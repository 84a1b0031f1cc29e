import { CloudTaskClient, depends } from "cloudtask";

export const client = new CloudTaskClient({ url: "https://shop.test/tasks/run", secret: "s3cret-key" });

export const getMailer = depends(() => ({ name: "smtp" }));

export const sendWelcomeEmail = client.task("send-welcome-email", {
  deps: { mailer: getMailer },
  run: async ({ email }, { mailer, delivery }) => {
    if (email === "") throw new Error(`no recipient, attempt ${delivery.attempt}`);
    return `${mailer.name} to ${email}`;
  },
});

export async function signUp(email) {
  await sendWelcomeEmail({ email }).push({ delay: "10m" });
}
