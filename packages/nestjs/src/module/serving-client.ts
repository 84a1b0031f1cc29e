import type { CloudTaskClient } from "cloudtask";

/** An app's hold on a client. */
export interface Serving {
  /**
   * Takes the client, and ties it to the app.
   *
   * @throws TypeError where another app that has started holds it
   */
  begin(): void;
  /**
   * The app has started. Until then, another one may take the client: a start that failed is never said to be over.
   *
   * @throws TypeError where another one did
   */
  confirm(): void;
  /** Unties them. */
  end(): void;
}

interface Holder {
  isConfirmed: boolean;
  /** Whether another took the client. */
  isReplaced: boolean;
  undo: readonly (() => void)[] | undefined;
}

const holders = new WeakMap<CloudTaskClient, Holder>();

/**
 * Sees to it that a client is served by one app at a time.
 *
 * @param client - the client
 * @param tie - ties it to the app
 * @returns the app's hold, not taken yet
 */
export function servingClient(client: CloudTaskClient, tie: () => readonly (() => void)[]): Serving {
  const own: Holder = { isConfirmed: false, isReplaced: false, undo: undefined };
  return {
    begin: () => {
      if (own.undo !== undefined) return;
      const other = holders.get(client);
      if (other?.isConfirmed) throw served();
      if (other !== undefined) {
        other.isReplaced = true;
        release(client, other);
      }
      own.undo = tie();
      holders.set(client, own);
    },
    confirm: () => {
      if (own.isReplaced) throw served();
      own.isConfirmed = true;
    },
    end: () => release(client, own),
  };
}

function served(): TypeError {
  return new TypeError(
    "CloudTaskModule: another NestJS app of this process serves this client, and a delivery can have only one; close " +
      "that one first (await app.close()), or give each app a client of its own",
  );
}

function release(client: CloudTaskClient, holder: Holder): void {
  const undo = holder.undo ?? [];
  holder.undo = [];
  for (const each of undo) each();
  if (holders.get(client) === holder) holders.delete(client);
}
