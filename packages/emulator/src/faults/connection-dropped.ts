/** A call that is to end without an answer: whoever speaks with the client cuts the connection instead of answering. */
export class ConnectionDropped extends Error {
  override readonly name = "ConnectionDropped";

  constructor() {
    super("A fault asks for the connection to be cut without an answer.");
  }
}
