/** Thrown by a call that must not be answered: the REST and gRPC servers then close the connection. */
export class ConnectionDropped extends Error {
  override readonly name = "ConnectionDropped";

  constructor() {
    super("A fault of the emulator closed the connection without an answer.");
  }
}
