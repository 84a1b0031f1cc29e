import java.util.List;
import java.util.function.Consumer;

/** Runs every case over grpc, rest or with the discovery client and prints a line for each: its name, ok or failed, and the reason. */
final class Main {
  public static void main(String[] args) {
    var wire = args[0];
    var all = wire.equals("discovery")
        ? List.of(DiscoveryCases.ALL)
        : List.of(QueueCases.ALL, TaskCases.ALL, RejectionCases.ALL);
    for (var cases : all) cases.forEach((name, run) -> attempt(wire, name, run));
    // The client keeps threads for its retries.
    System.exit(0);
  }

  private static void attempt(String wire, String name, Consumer<Bench> run) {
    try (var bench = new Bench(wire)) {
      run.accept(bench);
      System.out.println(name + " ok");
    } catch (Exception | AssertionError error) {
      System.out.println(name + " failed " + error.toString().replaceAll("\\s+", " "));
    }
  }

  private Main() {}
}
