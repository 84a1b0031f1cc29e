/** Answers every gRPC call with an empty message, to measure the ceiling of the load generator. */
import { createServer } from "node:http2";

const empty = Buffer.alloc(5);
const server = createServer();
server.on("stream", (stream) => {
  stream.resume().on("end", () => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(empty);
  });
});
server.listen(Number(process.argv[2]), "127.0.0.1");
