import type { CloudTaskClient } from "cloudtask";

/** An app's claim to a client. A client is served by one app at a time. */
export interface ClientClaim {
  /**
   * Takes the client and connects it to the app.
   *
   * @throws TypeError if another app that has started serves it
   */
  take(): void;
  /**
   * Makes the claim exclusive, once the app has started. Until then another app may take the client, because NestJS does not report
   * a failed start.
   *
   * @throws TypeError if another app took the client after `take()`
   */
  confirm(): void;
  /** Disconnects the client from the app. */
  release(): void;
}

interface Claim {
  isConfirmed: boolean;
  /** `true` if another app took the client. */
  isReplaced: boolean;
  disconnect: readonly (() => void)[] | undefined;
}

const claims = new WeakMap<CloudTaskClient, Claim>();

/**
 * Creates an app's claim to a client, not taken yet.
 *
 * @param client - the client
 * @param connect - connects the client to the app and returns functions that undo it
 */
export function claimClient(client: CloudTaskClient, connect: () => readonly (() => void)[]): ClientClaim {
  const own: Claim = { isConfirmed: false, isReplaced: false, disconnect: undefined };
  return {
    take: () => {
      if (own.disconnect !== undefined) return;
      const other = claims.get(client);
      if (other?.isConfirmed) throw alreadyServed();
      if (other !== undefined) {
        other.isReplaced = true;
        release(client, other);
      }
      own.disconnect = connect();
      claims.set(client, own);
    },
    confirm: () => {
      if (own.isReplaced) throw alreadyServed();
      own.isConfirmed = true;
    },
    release: () => release(client, own),
  };
}

function alreadyServed(): TypeError {
  return new TypeError(
    "CloudTaskModule: another NestJS app in this process already serves this client. Close that app first " +
      "(await app.close()), or give each app its own client",
  );
}

function release(client: CloudTaskClient, claim: Claim): void {
  const disconnect = claim.disconnect ?? [];
  claim.disconnect = [];
  for (const each of disconnect) each();
  if (claims.get(client) === claim) claims.delete(client);
}
