import com.google.api.client.googleapis.services.AbstractGoogleClientRequest;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.cloudtasks.v2.CloudTasks;
import com.google.api.services.cloudtasks.v2.model.AppEngineHttpRequest;
import com.google.api.services.cloudtasks.v2.model.CreateTaskRequest;
import com.google.api.services.cloudtasks.v2.model.Queue;
import com.google.api.services.cloudtasks.v2.model.RetryConfig;
import com.google.api.services.cloudtasks.v2.model.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The cases of Google's client that is generated from the REST discovery document. */
final class DiscoveryCases {
  static final Map<String, Consumer<Bench>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("compressed-body", DiscoveryCases::compressedBody);
    ALL.put("method-override", DiscoveryCases::methodOverride);
    ALL.put("long-url", DiscoveryCases::longUrl);
  }

  /** The client, and what it sent: method, overridden method and encoding of each request. */
  private record Client(CloudTasks.Projects.Locations.Queues queues, List<String> sent) {
    static Client of(Bench bench) {
      var sent = new ArrayList<String>();
      var service = new CloudTasks.Builder(
              new NetHttpTransport(),
              GsonFactory.getDefaultInstance(),
              request -> request.setInterceptor(each -> sent.add(describe(each))))
          .setRootUrl(bench.url + "/")
          .setApplicationName("clients")
          .build();
      return new Client(service.projects().locations().queues(), sent);
    }

    private static String describe(HttpRequest request) {
      var encoding = request.getEncoding() == null ? null : request.getEncoding().getName();
      return request.getRequestMethod() + " " + request.getHeaders().get("X-HTTP-Method-Override") + " " + encoding;
    }
  }

  private interface Building<T> {
    AbstractGoogleClientRequest<T> build() throws IOException;
  }

  private static <T> T answer(Building<T> request) {
    try {
      return request.build().execute();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  private static void compressedBody(Bench bench) {
    var client = Client.of(bench);
    var task = new Task().setName(Bench.QUEUE + "/tasks/t").setAppEngineHttpRequest(
        new AppEngineHttpRequest().setRelativeUri("/work").encodeBody("hello".repeat(1000).getBytes()));
    task.setScheduleTime(java.time.Instant.now().plusSeconds(3600).toString());
    var request = new CreateTaskRequest().setTask(task).setResponseView("FULL");
    var created = answer(() -> client.queues.tasks().create(Bench.QUEUE, request));
    Expect.equal(created.getAppEngineHttpRequest().decodeBody().length, 5000);
    Expect.equal(client.sent, List.of("POST null gzip"));
  }

  private static void methodOverride(Bench bench) {
    var client = Client.of(bench);
    var queue = new Queue().setRetryConfig(new RetryConfig().setMaxAttempts(7).setMaxDoublings(1));
    var updated = answer(() -> client.queues.patch(Bench.QUEUE, queue).setUpdateMask("retryConfig.maxAttempts"));
    Expect.equal(updated.getRetryConfig().getMaxAttempts(), 7);
    Expect.equal(updated.getRetryConfig().getMaxDoublings(), 16);
    Expect.equal(client.sent, List.of("POST PATCH gzip"));
  }

  private static void longUrl(Bench bench) {
    var client = Client.of(bench);
    var filter = String.join(" OR ", Collections.nCopies(200, "name: none")) + " OR name: q";
    var listed = answer(() -> client.queues.list(Bench.LOCATION).setFilter(filter));
    Expect.equal(listed.getQueues().size(), 1);
    Expect.equal(client.sent, List.of("POST GET gzip"));
  }

  private DiscoveryCases() {}
}
