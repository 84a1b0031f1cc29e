import { randomUUID } from "node:crypto";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const outbox = process.env.OUTBOX ?? "outbox";

/** Writes a mail to the outbox folder, one file per mail. */
export async function sendMail(to: string, subject: string): Promise<void> {
  await mkdir(outbox, { recursive: true });
  await writeFile(join(outbox, `${to} ${randomUUID()}.eml`), `To: ${to}\nSubject: ${subject}\n`);
}

/** The recipients of all mails so far, one entry per mail. */
export async function recipients(): Promise<string[]> {
  const files = await readdir(outbox);
  return files.map((file) => file.slice(0, file.indexOf(" ")));
}
