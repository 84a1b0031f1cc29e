import com.google.api.gax.rpc.StatusCode.Code;
import com.google.cloud.location.GetLocationRequest;
import com.google.cloud.location.ListLocationsRequest;
import com.google.cloud.tasks.v2.HttpRequest;
import com.google.cloud.tasks.v2.ListQueuesRequest;
import com.google.cloud.tasks.v2.Queue;
import com.google.cloud.tasks.v2.RateLimits;
import com.google.cloud.tasks.v2.RetryConfig;
import com.google.cloud.tasks.v2.Task;
import com.google.iam.v1.Binding;
import com.google.iam.v1.GetIamPolicyRequest;
import com.google.iam.v1.Policy;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The cases about queues, locations and policies. */
final class QueueCases {
  static final Map<String, Consumer<Bench>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("create-queue", QueueCases::createQueue);
    ALL.put("get-queue-defaults", QueueCases::getQueueDefaults);
    ALL.put("list-queues", QueueCases::listQueues);
    ALL.put("update-queue", QueueCases::updateQueue);
    ALL.put("pause-resume", QueueCases::pauseResume);
    ALL.put("purge-queue", QueueCases::purgeQueue);
    ALL.put("delete-queue", QueueCases::deleteQueue);
    ALL.put("iam-policy", QueueCases::iamPolicy);
    ALL.put("locations", QueueCases::locations);
  }

  private static Queue.Builder queue(String id) {
    return Queue.newBuilder().setName(Bench.LOCATION + "/queues/" + id);
  }

  private static Duration.Builder seconds(long seconds, int millis) {
    return Duration.newBuilder().setSeconds(seconds).setNanos(millis * 1_000_000);
  }

  private static void createQueue(Bench bench) {
    var retry = RetryConfig.newBuilder()
        .setMaxAttempts(-1)
        .setMaxRetryDuration(seconds(90, 0))
        .setMinBackoff(seconds(0, 250))
        .setMaxBackoff(seconds(10, 500))
        .setMaxDoublings(3)
        .build();
    var limits = RateLimits.newBuilder().setMaxDispatchesPerSecond(1).setMaxConcurrentDispatches(2);
    var mail = queue("mail").setRateLimits(limits).setRetryConfig(retry).build();
    var created = bench.client.createQueue(Bench.LOCATION, mail);
    Expect.equal(created.getState(), Queue.State.RUNNING);
    Expect.equal(created.getRateLimits().getMaxBurstSize(), 10);
    Expect.equal(created.getRateLimits().getMaxConcurrentDispatches(), 2);
    Expect.equal(created.getRetryConfig(), retry);
    Expect.equal(bench.client.getQueue(mail.getName()), created);
    Expect.rejected(
        () -> bench.client.createQueue(Bench.LOCATION, mail), Code.ALREADY_EXISTS, "Queue already exists");
  }

  private static void getQueueDefaults(Bench bench) {
    var plain = queue("plain").build();
    bench.client.createQueue(Bench.LOCATION, plain);
    var limits = RateLimits.newBuilder()
        .setMaxDispatchesPerSecond(500)
        .setMaxBurstSize(100)
        .setMaxConcurrentDispatches(1000);
    var retry = RetryConfig.newBuilder()
        .setMaxAttempts(100)
        .setMinBackoff(seconds(0, 100))
        .setMaxBackoff(seconds(3600, 0))
        .setMaxDoublings(16);
    var expected = queue("plain").setState(Queue.State.RUNNING).setRateLimits(limits).setRetryConfig(retry).build();
    Expect.equal(bench.client.getQueue(plain.getName()), expected);
  }

  private static void listQueues(Bench bench) {
    for (var id : List.of("b", "a")) bench.client.createQueue(Bench.LOCATION, queue(id).build());
    var request = ListQueuesRequest.newBuilder().setParent(Bench.LOCATION);
    var pages = new ArrayList<List<String>>();
    for (var page : bench.client.listQueues(request.setPageSize(2).build()).iteratePages()) {
      var ids = new ArrayList<String>();
      page.getValues().forEach(each -> ids.add(each.getName().replaceFirst(".*/", "")));
      pages.add(ids);
    }
    Expect.equal(pages, List.of(List.of("a", "b"), List.of("q"), List.of()));
    bench.client.pauseQueue(Bench.QUEUE);
    var paused = new ArrayList<String>();
    var filtered = request.setFilter("state: PAUSED").build();
    bench.client.listQueues(filtered).iterateAll().forEach(each -> paused.add(each.getName()));
    Expect.equal(paused, List.of(Bench.QUEUE));
  }

  private static void updateQueue(Bench bench) {
    var before = bench.client.getQueue(Bench.QUEUE).toBuilder();
    var limits = RateLimits.newBuilder().setMaxDispatchesPerSecond(7).setMaxConcurrentDispatches(3);
    var retry = RetryConfig.newBuilder().setMaxAttempts(2);
    var mask = FieldMask.newBuilder().addPaths("rate_limits.max_concurrent_dispatches").build();
    var updated = bench.client.updateQueue(queue("q").setRateLimits(limits).setRetryConfig(retry).build(), mask);
    before.getRateLimitsBuilder().setMaxConcurrentDispatches(3);
    Expect.equal(updated, before.build());
    Expect.equal(bench.client.getQueue(Bench.QUEUE), before.build());
  }

  private static void pauseResume(Bench bench) {
    try (var target = new Target(200)) {
      Expect.equal(bench.client.pauseQueue(Bench.QUEUE).getState(), Queue.State.PAUSED);
      var request = HttpRequest.newBuilder().setUrl(target.url);
      bench.client.createTask(Bench.QUEUE, Bench.task("", request).build());
      bench.advance("1m");
      target.all(0);
      Expect.equal(bench.client.resumeQueue(Bench.QUEUE).getState(), Queue.State.RUNNING);
      bench.idle();
      target.all(1);
    }
  }

  private static void purgeQueue(Bench bench) {
    bench.client.createTask(Bench.QUEUE, Bench.later("before"));
    var started = Instant.now().toEpochMilli();
    var purged = bench.client.purgeQueue(Bench.QUEUE).getPurgeTime();
    Expect.equal(purged.getSeconds() * 1000 + purged.getNanos() / 1_000_000 >= started, true);
    bench.client.createTask(Bench.QUEUE, Bench.later("after"));
    var names = new ArrayList<String>();
    for (Task task : bench.client.listTasks(Bench.QUEUE).iterateAll()) names.add(task.getName());
    Expect.equal(names, List.of(Bench.QUEUE + "/tasks/after"));
    Expect.equal(bench.client.getQueue(Bench.QUEUE).getPurgeTime(), purged);
  }

  private static void deleteQueue(Bench bench) {
    bench.client.deleteQueue(Bench.QUEUE);
    Expect.rejected(() -> bench.client.getQueue(Bench.QUEUE), Code.NOT_FOUND, Expect.NO_QUEUE);
    Expect.rejected(
        () -> bench.client.deleteQueue(Bench.QUEUE), Code.NOT_FOUND, "Requested entity was not found.");
  }

  private static void iamPolicy(Bench bench) {
    var binding = Binding.newBuilder().setRole("roles/cloudtasks.enqueuer").addMembers("user:ada@example.com");
    bench.client.setIamPolicy(Bench.QUEUE, Policy.newBuilder().addBindings(binding).build());
    var policy = bench.client.getIamPolicy(GetIamPolicyRequest.newBuilder().setResource(Bench.QUEUE).build());
    Expect.equal(policy.getBindingsList(), List.of(binding.build()));
    var permissions = List.of("cloudtasks.tasks.create", "cloudtasks.queues.get");
    var tested = bench.client.testIamPermissions(Bench.QUEUE, permissions).getPermissionsList();
    Expect.equal(tested, List.of("cloudtasks.queues.get", "cloudtasks.tasks.create"));
  }

  private static void locations(Bench bench) {
    var names = new ArrayList<String>();
    var request = ListLocationsRequest.newBuilder().setName("projects/p").build();
    bench.client.listLocations(request).iterateAll().forEach(location -> names.add(location.getName()));
    Expect.equal(names, List.of(Bench.LOCATION));
    var found = bench.client.getLocation(GetLocationRequest.newBuilder().setName(Bench.LOCATION).build());
    Expect.equal(found.getLocationId(), "l");
  }

  private QueueCases() {}
}
