import com.google.api.gax.rpc.StatusCode.Code;
import com.google.cloud.tasks.v2.HttpRequest;
import com.google.cloud.tasks.v2.Queue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The cases about rejected calls. */
final class RejectionCases {
  static final Map<String, Consumer<Bench>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("bad-queue-name", RejectionCases::badQueueName);
    ALL.put("bad-task-id", RejectionCases::badTaskId);
    ALL.put("missing-queue", RejectionCases::missingQueue);
    ALL.put("schedule-too-far", RejectionCases::scheduleTooFar);
  }

  private static final Pattern TOO_FAR = Pattern.compile(
      "The Task\\.scheduleTime, \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d-0[78]:00, is too far in the future\\. "
          + "Schedule time must be no more than 720h in the future\\.");

  private static HttpRequest.Builder request() {
    return HttpRequest.newBuilder().setUrl(Bench.NOWHERE);
  }

  private static void badQueueName(Bench bench) {
    var queue = Queue.newBuilder().setName(Bench.LOCATION + "/queues/under_score").build();
    var error = Expect.rejected(
        () -> bench.client.createQueue(Bench.LOCATION, queue),
        Code.INVALID_ARGUMENT,
        "Queue ID \"under_score\" can contain only letters ([A-Za-z]), numbers ([0-9]), or hyphens (-). "
            + "Queue ID must be between 1 and 100 characters.");
    Expect.links(error, "Definition of queue ID");
  }

  private static void badTaskId(Bench bench) {
    var task = Bench.task("not a valid id", request()).build();
    var error = Expect.rejected(
        () -> bench.client.createTask(Bench.QUEUE, task),
        Code.INVALID_ARGUMENT,
        "Task ID \"not a valid id\" can contain only letters ([A-Za-z]), numbers ([0-9]), hyphens (-), or "
            + "underscores (_). Task ID must between 1 and 500 characters.");
    Expect.links(error, "Definition of task ID");
  }

  private static void missingQueue(Bench bench) {
    var task = Bench.task("", request()).build();
    Expect.rejected(
        () -> bench.client.createTask(Bench.LOCATION + "/queues/none", task), Code.NOT_FOUND, Expect.NO_QUEUE);
  }

  private static void scheduleTooFar(Bench bench) {
    var task = Bench.task("", request()).setScheduleTime(Bench.inSeconds(721 * 3600)).build();
    Expect.rejected(() -> bench.client.createTask(Bench.QUEUE, task), Code.INVALID_ARGUMENT, TOO_FAR);
  }

  private RejectionCases() {}
}
