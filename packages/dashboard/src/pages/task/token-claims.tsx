import type { JSX } from "preact";
import { Facts } from "../../components/facts.tsx";
import { Moment } from "../../components/moment.tsx";

const TITLES: Readonly<Record<string, string>> = {
  iss: "Issuer (iss)",
  aud: "Audience (aud)",
  sub: "Subject (sub)",
  azp: "Authorized party (azp)",
  email: "Email",
  email_verified: "Email verified",
  iat: "Issued (iat)",
  exp: "Expires (exp)",
  nbf: "Not before (nbf)",
};

const TIMES = new Set(["iat", "exp", "nbf"]);

/** The claims of the OIDC token of a request. The token itself is masked. */
export function TokenClaims({ claims }: { readonly claims: Readonly<Record<string, unknown>> }): JSX.Element {
  const facts = Object.entries(claims).map(([name, value]) => [TITLES[name] ?? name, claimText(name, value)] as const);
  return (
    <section class="stack tight" aria-label="Claims of the OIDC token">
      <h3>OIDC token, decoded</h3>
      <Facts of={Object.fromEntries(facts)} />
    </section>
  );
}

function claimText(name: string, value: unknown): JSX.Element | string {
  if (TIMES.has(name) && typeof value === "number") return <Moment time={new Date(value * 1_000).toISOString()} />;
  return typeof value === "string" ? value : JSON.stringify(value);
}
