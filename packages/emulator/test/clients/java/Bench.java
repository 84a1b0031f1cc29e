import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.grpc.InstantiatingGrpcChannelProvider;
import com.google.cloud.tasks.v2.CloudTasksClient;
import com.google.cloud.tasks.v2.CloudTasksSettings;
import com.google.cloud.tasks.v2.HttpRequest;
import com.google.cloud.tasks.v2.Task;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Timestamp;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;

/** A new emulator with the queue q, and Google's client of it. */
final class Bench implements AutoCloseable {
  static final String LOCATION = "projects/p/locations/l";
  static final String QUEUE = LOCATION + "/queues/q";
  static final String NOWHERE = "http://127.0.0.1:9/";

  final String url;
  final CloudTasksClient client;

  Bench(String wire) throws IOException {
    var started = JsonParser.parseString(control("/start", "null")).getAsJsonObject();
    url = started.get("url").getAsString();
    client = connect(wire, started);
  }

  private CloudTasksClient connect(String wire, JsonObject started) throws IOException {
    if (!wire.equals("grpc")) {
      var settings = CloudTasksSettings.newHttpJsonBuilder().setCredentialsProvider(NoCredentialsProvider.create());
      return CloudTasksClient.create(settings.setEndpoint(url).build());
    }
    var channel = InstantiatingGrpcChannelProvider.newBuilder()
        .setEndpoint(started.get("host").getAsString())
        .setChannelConfigurator(ManagedChannelBuilder::usePlaintext)
        .build();
    return CloudTasksClient.create(CloudTasksSettings.newBuilder()
        .setCredentialsProvider(NoCredentialsProvider.create())
        .setTransportChannelProvider(channel)
        .build());
  }

  /** Moves the emulator's clock ahead; tasks that become due are delivered. */
  void advance(String by) {
    control("/advance", "\"" + by + "\"");
  }

  /** Waits until no task is due and no attempt is running. */
  void idle() {
    control("/idle", "null");
  }

  @Override
  public void close() {
    client.close();
  }

  /** Calls the runner, which owns the emulator. */
  private static String control(String path, String body) {
    try {
      var uri = URI.create(System.getenv("CONTROL_URL") + path);
      var request = java.net.http.HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body)).build();
      var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      if (response.statusCode() != 200) throw new IllegalStateException(path + ": " + response.body());
      return response.body();
    } catch (IOException | InterruptedException error) {
      throw new IllegalStateException(path, error);
    }
  }

  /** The time the given number of seconds from now, in whole seconds. */
  static Timestamp inSeconds(long seconds) {
    return Timestamp.newBuilder().setSeconds(Instant.now().getEpochSecond() + seconds).build();
  }

  static Task.Builder task(String id, HttpRequest.Builder request) {
    var task = Task.newBuilder().setHttpRequest(request);
    return id.isEmpty() ? task : task.setName(QUEUE + "/tasks/" + id);
  }

  /** A task that is due in an hour. */
  static Task later(String id) {
    return task(id, HttpRequest.newBuilder().setUrl(NOWHERE)).setScheduleTime(inSeconds(3600)).build();
  }
}
