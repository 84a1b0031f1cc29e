import com.google.api.gax.rpc.StatusCode.Code;
import com.google.auth.oauth2.TokenVerifier;
import com.google.cloud.tasks.v2.AppEngineHttpRequest;
import com.google.cloud.tasks.v2.AppEngineRouting;
import com.google.cloud.tasks.v2.GetTaskRequest;
import com.google.cloud.tasks.v2.HttpMethod;
import com.google.cloud.tasks.v2.HttpRequest;
import com.google.cloud.tasks.v2.ListTasksRequest;
import com.google.cloud.tasks.v2.OidcToken;
import com.google.cloud.tasks.v2.Queue;
import com.google.cloud.tasks.v2.RetryConfig;
import com.google.cloud.tasks.v2.RunTaskRequest;
import com.google.cloud.tasks.v2.Task;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The cases about tasks and their delivery. */
final class TaskCases {
  static final Map<String, Consumer<Bench>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("create-task", TaskCases::createTask);
    ALL.put("name-taken", TaskCases::nameTaken);
    ALL.put("get-task-views", TaskCases::getTaskViews);
    ALL.put("list-tasks", TaskCases::listTasks);
    ALL.put("run-task", TaskCases::runTask);
    ALL.put("delete-task", TaskCases::deleteTask);
    ALL.put("retry-counts", TaskCases::retryCounts);
    ALL.put("oidc-token", TaskCases::oidcToken);
    ALL.put("app-engine-task", TaskCases::appEngineTask);
  }

  private static final String NAME = Bench.QUEUE + "/tasks/t";
  private static final ByteString HELLO = ByteString.copyFromUtf8("hello");

  private static HttpRequest.Builder request(String url) {
    return HttpRequest.newBuilder().setUrl(url);
  }

  private static void createTask(Bench bench) {
    try (var target = new Target(200)) {
      var request = request(target.url + "?order=7")
          .setHttpMethod(HttpMethod.PUT)
          .putHeaders("X-Order", "7")
          .putHeaders("Content-Type", "text/plain")
          .setBody(ByteString.copyFromUtf8("grüße"));
      var time = Bench.inSeconds(60);
      var deadline = Duration.newBuilder().setSeconds(20).build();
      var task = Bench.task("t", request).setScheduleTime(time).setDispatchDeadline(deadline).build();
      var created = bench.client.createTask(Bench.QUEUE, task);
      Expect.equal(created.getName(), NAME);
      Expect.equal(created.getScheduleTime(), time);
      Expect.equal(created.getDispatchDeadline(), deadline);
      Expect.equal(created.getView(), Task.View.BASIC);
      bench.idle();
      target.all(0);
      bench.advance("60s");
      var received = target.all(1).get(0);
      Expect.equal(List.of(received.method(), received.uri(), received.body()), List.of("PUT", "/run?order=7", "grüße"));
      var expected = new TreeMap<>(Map.of(
          "X-Order", "7",
          "Content-Type", "text/plain",
          "User-Agent", "Google-Cloud-Tasks",
          "X-CloudTasks-QueueName", "q",
          "X-CloudTasks-TaskName", "t",
          "X-CloudTasks-TaskRetryCount", "0",
          "X-CloudTasks-TaskExecutionCount", "0",
          "X-CloudTasks-TaskETA", String.valueOf(time.getSeconds())));
      var sent = new TreeMap<String, String>();
      expected.keySet().forEach(name -> sent.put(name, received.headers().getFirst(name)));
      Expect.equal(sent, expected);
      Expect.equal(received.headers().getFirst("X-CloudTasks-TaskPreviousResponse"), null);
    }
  }

  private static void nameTaken(Bench bench) {
    bench.client.createTask(Bench.QUEUE, Bench.later("t"));
    Expect.rejected(
        () -> bench.client.createTask(Bench.QUEUE, Bench.later("t")),
        Code.ALREADY_EXISTS,
        "Requested entity already exists");
  }

  private static void getTaskViews(Bench bench) {
    var request = request(Bench.NOWHERE).putHeaders("X-A", "b").setBody(HELLO);
    var task = Bench.task("t", request).setScheduleTime(Bench.inSeconds(3600)).build();
    bench.client.createTask(Bench.QUEUE, task);
    var basic = bench.client.getTask(NAME);
    Expect.equal(basic.getView(), Task.View.BASIC);
    Expect.equal(basic.getHttpRequest().getHeadersOrThrow("X-A"), "b");
    Expect.equal(basic.getHttpRequest().getBody().size(), 0);
    var full = bench.client.getTask(
        GetTaskRequest.newBuilder().setName(NAME).setResponseView(Task.View.FULL).build());
    Expect.equal(full.getView(), Task.View.FULL);
    Expect.equal(full.getHttpRequest().getBody().toStringUtf8(), "hello");
  }

  private static void listTasks(Bench bench) {
    for (var id : List.of("a", "b", "c")) bench.client.createTask(Bench.QUEUE, Bench.later(id));
    var request = ListTasksRequest.newBuilder().setParent(Bench.QUEUE).setPageSize(2).build();
    var sizes = new ArrayList<Integer>();
    var names = new ArrayList<String>();
    for (var page : bench.client.listTasks(request).iteratePages()) {
      var before = names.size();
      page.getValues().forEach(task -> names.add(task.getName().replaceFirst(".*/", "")));
      sizes.add(names.size() - before);
    }
    Expect.equal(sizes, List.of(2, 1, 0));
    names.sort(null);
    Expect.equal(names, List.of("a", "b", "c"));
  }

  private static void runTask(Bench bench) {
    try (var target = new Target(200)) {
      var task = Bench.task("t", request(target.url)).setScheduleTime(Bench.inSeconds(3600)).build();
      bench.client.createTask(Bench.QUEUE, task);
      var run = bench.client.runTask(
          RunTaskRequest.newBuilder().setName(NAME).setResponseView(Task.View.FULL).build());
      Expect.equal(List.of(run.getName(), run.getDispatchCount(), run.getView()), List.of(NAME, 1, Task.View.FULL));
      bench.idle();
      target.all(1);
      bench.advance("2h");
      target.all(1);
    }
  }

  private static void deleteTask(Bench bench) {
    try (var target = new Target(200)) {
      var task = Bench.task("t", request(target.url)).setScheduleTime(Bench.inSeconds(3600)).build();
      bench.client.createTask(Bench.QUEUE, task);
      bench.client.deleteTask(NAME);
      bench.advance("59m");
      Expect.rejected(() -> bench.client.getTask(NAME), Code.NOT_FOUND, Expect.EXISTED);
      bench.advance("1h");
      target.all(0);
    }
  }

  private static void retryCounts(Bench bench) {
    try (var target = new Target(503, 200)) {
      var backoff = RetryConfig.newBuilder().setMinBackoff(Duration.newBuilder().setSeconds(60));
      var queue = Queue.newBuilder().setName(Bench.QUEUE).setRetryConfig(backoff).build();
      bench.client.updateQueue(queue, FieldMask.newBuilder().addPaths("retry_config.min_backoff").build());
      var name = bench.client.createTask(Bench.QUEUE, Bench.task("", request(target.url)).build()).getName();
      bench.idle();
      var failed = bench.client.getTask(name);
      Expect.equal(List.of(failed.getDispatchCount(), failed.getResponseCount()), List.of(1, 0));
      Expect.equal(failed.getFirstAttempt().hasResponseTime(), false);
      Expect.equal(failed.getLastAttempt().getResponseStatus().getCode(), 14);
      bench.advance("60s");
      var retry = target.all(2).get(1).headers();
      Expect.equal(retry.getFirst("X-CloudTasks-TaskRetryCount"), "1");
      Expect.equal(retry.getFirst("X-CloudTasks-TaskPreviousResponse"), "503");
      Expect.rejected(() -> bench.client.getTask(name), Code.NOT_FOUND, Expect.EXISTED);
    }
  }

  private static void oidcToken(Bench bench) {
    try (var target = new Target(200)) {
      var email = "tasks@p.iam.gserviceaccount.com";
      var audience = "https://api.example.com";
      var token = OidcToken.newBuilder().setServiceAccountEmail(email).setAudience(audience);
      bench.client.createTask(Bench.QUEUE, Bench.task("", request(target.url).setOidcToken(token)).build());
      bench.idle();
      var sent = target.all(1).get(0).headers().getFirst("Authorization").replaceFirst("^Bearer ", "");
      var verifier = TokenVerifier.newBuilder()
          .setAudience(audience)
          .setIssuer(bench.url)
          .setCertificatesLocation(bench.url + "/oidc/certs")
          .build();
      var payload = verifier.verify(sent).getPayload();
      Expect.equal(List.of(payload.get("email"), payload.get("email_verified")), List.of(email, true));
    } catch (TokenVerifier.VerificationException error) {
      throw new AssertionError(error.getMessage(), error);
    }
  }

  private static void appEngineTask(Bench bench) {
    var appEngine = AppEngineHttpRequest.newBuilder()
        .setRelativeUri("/work?order=7")
        .setAppEngineRouting(AppEngineRouting.newBuilder().setService("mail").setVersion("v1"))
        .putHeaders("X-Order", "7")
        .setBody(HELLO);
    var task = Task.newBuilder().setName(NAME).setScheduleTime(Bench.inSeconds(3600));
    bench.client.createTask(Bench.QUEUE, task.setAppEngineHttpRequest(appEngine).build());
    var stored = bench.client.getTask(NAME).getAppEngineHttpRequest();
    Expect.equal(stored.getHttpMethod() + " " + stored.getRelativeUri(), "POST /work?order=7");
    var routing = stored.getAppEngineRouting();
    Expect.equal(List.of(routing.getService(), routing.getVersion()), List.of("mail", "v1"));
    var expected = Map.of(
        "X-Order", "7",
        "User-Agent", "AppEngine-Google; (+http://code.google.com/appengine)",
        "Content-Length", "5",
        "Content-Type", "application/octet-stream");
    Expect.equal(new TreeMap<>(stored.getHeadersMap()), new TreeMap<>(expected));
  }

  private TaskCases() {}
}
