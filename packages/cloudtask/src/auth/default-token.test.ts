import { expect, test } from "vitest";
import { CredentialsError } from "../core/errors/credentials-error.ts";
import type { HttpSender } from "../core/http-sender.ts";
import { defaultToken } from "./default-token.ts";
import type { MetadataServer } from "./metadata-server.ts";

const expiresAt = new Date("2030-01-01");
const unusedSender: HttpSender = {
  send: () => Promise.reject(new Error("unexpected request")),
  close: async () => undefined,
};

/** Creates a token source with or without a metadata server, and with or without the library. */
function sourceWith({ server, library, keyFile }: { server: string; library: string; keyFile?: string }) {
  const tried: string[] = [];
  const metadata: MetadataServer = {
    async available() {
      tried.push("probe");
      return server !== "absent";
    },
    async token() {
      tried.push("metadata");
      return server === "good"
        ? { token: "of-server", expiresAt }
        : Promise.reject(new CredentialsError("Server broken."));
    },
    projectId: async () => undefined,
    region: async () => undefined,
  };
  class GoogleAuth {
    async getClient() {
      tried.push("library");
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
  return { source: defaultToken(unusedSender, { environment: () => keyFile, metadata, importModule }), tried };
}

test.each([
  { server: "good", library: "good", token: "of-server", tried: ["probe", "metadata"] },
  { server: "good", library: "absent", token: "of-server", tried: ["probe", "metadata"] },
  { server: "absent", library: "good", token: "of-library", tried: ["probe", "library"] },
  { server: "broken", library: "good", token: "of-library", tried: ["probe", "metadata", "library"] },
  { server: "good", library: "good", keyFile: "/key.json", token: "of-library", tried: ["library"] },
])("with a $server server, a $library library and the key file $keyFile the token is $token", async (given) => {
  const { source, tried } = sourceWith(given);
  expect(await source()).toMatchObject({ token: given.token, expiresAt });
  expect(tried).toEqual(given.tried);
});

test("the first source that returns a token remains in use", async () => {
  const { source, tried } = sourceWith({ server: "absent", library: "good" });
  await source();
  await source();
  expect(tried).toEqual(["probe", "library", "library"]);
});

test.each([
  {
    given: { server: "absent", library: "absent" },
    messages: ["No metadata server answered", "google-auth-library is not installed"],
  },
  {
    given: { server: "broken", library: "broken" },
    messages: ["Server broken.", "google-auth-library returned no access token"],
  },
  {
    given: { server: "good", library: "absent", keyFile: "/key.json" },
    messages: ["google-auth-library is not installed"],
  },
])("with $given the error lists the sources and the remedy", async ({ given, messages }) => {
  const { source } = sourceWith(given);
  const failure = await Promise.resolve(source()).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CredentialsError);
  const { message, cause } = failure as CredentialsError;
  expect(messages.filter((sentence) => !message.includes(sentence))).toEqual([]);
  expect(cause).toMatchObject({ errors: messages.map(() => expect.any(CredentialsError)) });
  expect(message).toContain("npm install google-auth-library");
  expect(message).toContain("gcloud auth application-default login");
  expect(message).toContain("pass `token`");
});

test("after a failure the sources are tried again", async () => {
  const { source, tried } = sourceWith({ server: "absent", library: "absent" });
  await expect(Promise.resolve(source())).rejects.toBeInstanceOf(CredentialsError);
  await expect(Promise.resolve(source())).rejects.toBeInstanceOf(CredentialsError);
  expect(tried).toEqual(["probe", "probe"]);
});
