import { RpcError } from "../../../service/rpc-error.ts";

/** A finished task cannot be copied exactly, because the history does not have all of it. */
export class NotCopiedError extends RpcError {
  /** Without a remedy, for example `body: the history has only its beginning`. */
  readonly reason: string;

  /** @param remedy - a sentence */
  constructor(reason: string, remedy: string) {
    super("FAILED_PRECONDITION", `${reason}. ${remedy}`);
    this.reason = reason;
  }
}
