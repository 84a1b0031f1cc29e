import { RpcError } from "../service/rpc-error.ts";

/** A failure of an HTTP request with a status that no gRPC code has. */
export class HttpError extends RpcError {
  readonly httpStatus: number;

  constructor(httpStatus: number, message: string) {
    super("INVALID_ARGUMENT", message);
    this.httpStatus = httpStatus;
  }
}
