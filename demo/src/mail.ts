import { randomUUID } from "node:crypto";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const outbox = process.env.OUTBOX ?? "outbox";

/** Puts a mail where a mail server picks it up: two mails to one reader are two files. */
export async function sendMail(to: string, subject: string): Promise<void> {
  await mkdir(outbox, { recursive: true });
  await writeFile(join(outbox, `${to} ${randomUUID()}.eml`), `To: ${to}\nSubject: ${subject}\n`);
}

/** To whom mails have been sent, once for each mail. */
export async function recipients(): Promise<string[]> {
  const files = await readdir(outbox);
  return files.map((file) => file.slice(0, file.indexOf(" ")));
}
