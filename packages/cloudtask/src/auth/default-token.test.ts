import { expect, test } from "vitest";
import { CredentialsError } from "../core/errors/credentials-error.ts";
import type { HttpSender } from "../core/http-sender.ts";
import { defaultToken } from "./default-token.ts";
import type { MetadataServer } from "./metadata-server.ts";

const expiresAt = new Date("2030-01-01");
const unusedSender: HttpSender = {
  send: () => Promise.reject(new Error("nothing should be sent")),
  close: async () => undefined,
};

/** A place to run in: with or without a metadata server that gives tokens, with or without the library. */
function place({ server, library, keyFile }: { server: string; library: string; keyFile?: string }) {
  const asked: string[] = [];
  const metadata: MetadataServer = {
    async available() {
      asked.push("probe");
      return server !== "absent";
    },
    async token() {
      asked.push("metadata");
      return server === "good"
        ? { token: "of-server", expiresAt }
        : Promise.reject(new CredentialsError("Server broken."));
    },
    projectId: async () => undefined,
    region: async () => undefined,
  };
  class GoogleAuth {
    async getClient() {
      asked.push("library");
      return {
        getAccessToken: async () => ({ token: library === "good" ? "of-library" : null }),
        credentials: { expiry_date: expiresAt.getTime() },
      };
    }
  }
  const importModule = () =>
    library === "absent"
      ? Promise.reject(new Error("Cannot find package 'google-auth-library'"))
      : Promise.resolve({ GoogleAuth });
  return { source: defaultToken(unusedSender, { environment: () => keyFile, metadata, importModule }), asked };
}

test.each([
  { server: "good", library: "good", token: "of-server", asked: ["probe", "metadata"] },
  { server: "good", library: "absent", token: "of-server", asked: ["probe", "metadata"] },
  { server: "absent", library: "good", token: "of-library", asked: ["probe", "library"] },
  { server: "broken", library: "good", token: "of-library", asked: ["probe", "metadata", "library"] },
  { server: "good", library: "good", keyFile: "/key.json", token: "of-library", asked: ["library"] },
])("with a server that is $server, a library that is $library, and the key file $keyFile: $token", async (given) => {
  const { source, asked } = place(given);
  expect(await source()).toMatchObject({ token: given.token, expiresAt });
  expect(asked).toEqual(given.asked);
});

test("the choice is made once", async () => {
  const { source, asked } = place({ server: "absent", library: "good" });
  await source();
  await source();
  expect(asked).toEqual(["probe", "library", "library"]);
});

test.each([
  {
    given: { server: "absent", library: "absent" },
    said: ["No metadata server answers here", "google-auth-library is not installed"],
  },
  {
    given: { server: "broken", library: "broken" },
    said: ["Server broken.", "google-auth-library gave no access token"],
  },
  {
    given: { server: "good", library: "absent", keyFile: "/key.json" },
    said: ["google-auth-library is not installed"],
  },
])("with $given the error names each source asked, and what to do", async ({ given, said }) => {
  const { source } = place(given);
  const failure = await Promise.resolve(source()).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CredentialsError);
  const { message, cause } = failure as CredentialsError;
  expect(said.filter((sentence) => !message.includes(sentence))).toEqual([]);
  expect(cause).toMatchObject({ errors: said.map(() => expect.any(CredentialsError)) });
  expect(message).toContain("npm install google-auth-library");
  expect(message).toContain("gcloud auth application-default login");
  expect(message).toContain("pass `token`");
});

test("after a failure the sources are asked again", async () => {
  const { source, asked } = place({ server: "absent", library: "absent" });
  await expect(Promise.resolve(source())).rejects.toBeInstanceOf(CredentialsError);
  await expect(Promise.resolve(source())).rejects.toBeInstanceOf(CredentialsError);
  expect(asked).toEqual(["probe", "probe"]);
});
