import type { FlagGroup } from "../command-line/flag.ts";
import { jsonGroup, placeGroup } from "../place/place-flags.ts";

/** The options of `cloudtask doctor`. */
export const doctorGroups: readonly FlagGroup[] = [
  {
    title: "Settings",
    flags: [
      { name: "client", value: "FILE", help: "A module that exports your client; it sets all options below" },
      { name: "queue", value: "ID", help: "A queue; repeatable (default: those of the client, otherwise default)" },
      { name: "url", value: "URL", help: "The URL of the worker" },
      { name: "service-account", value: "EMAIL", help: "The account whose OIDC token is attached to tasks" },
      { name: "audience", value: "TEXT", help: "The audience of the token (default: the URL)" },
      {
        name: "secret-env",
        value: "NAME",
        excludes: "secret-file",
        help: "The environment variable with the secret",
      },
      { name: "secret-file", value: "FILE", help: "A file with the secret" },
      { name: "secret-header", value: "NAME", help: "The header of the secret (default: X-CloudTask-Secret)" },
      { name: "run-service", value: "NAME", help: "The Cloud Run service, if the URL has another domain" },
    ],
  },
  {
    title: "Delivery",
    flags: [
      { name: "deliver", help: "Push a ping, wait for its delivery, and delete it" },
      { name: "timeout", value: "TIME", help: "How long to wait for the ping (default: 30s)" },
    ],
  },
  placeGroup,
  jsonGroup,
];
