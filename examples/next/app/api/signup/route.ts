import { sendWelcomeEmail } from "@/tasks.ts";

export async function POST(request: Request): Promise<Response> {
  const user: { userId: string; email: string } = await request.json();
  const { id, deduplicated } = await sendWelcomeEmail(user).push({ name: `welcome-${user.userId}` });
  return Response.json({ id, deduplicated });
}
