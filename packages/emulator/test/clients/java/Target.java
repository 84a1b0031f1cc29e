import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** A real HTTP server that answers with the given statuses and then repeats the last one. */
final class Target implements AutoCloseable {
  record Received(String method, String uri, Headers headers, String body) {}

  final String url;
  private final HttpServer server;
  private final int[] statuses;
  private final List<Received> received = new ArrayList<>();

  Target(int... statuses) {
    this.statuses = statuses;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
    server.createContext("/", this::record);
    server.start();
    url = "http://127.0.0.1:" + server.getAddress().getPort() + "/run";
  }

  /** Returns the received requests and fails unless their number is as expected. */
  synchronized List<Received> all(int expected) {
    Expect.equal(received.size(), expected);
    return received;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private synchronized void record(HttpExchange exchange) throws IOException {
    var body = new String(exchange.getRequestBody().readAllBytes(), "UTF-8");
    var status = statuses[Math.min(received.size(), statuses.length - 1)];
    var uri = exchange.getRequestURI().toString();
    received.add(new Received(exchange.getRequestMethod(), uri, exchange.getRequestHeaders(), body));
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }
}
