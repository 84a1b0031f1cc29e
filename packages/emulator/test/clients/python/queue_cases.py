"""The cases about queues, locations and policies."""

from datetime import datetime, timedelta, timezone

from bench import LOCATION, NOWHERE, QUEUE, Target, in_seconds
from expect import NO_QUEUE, equal, rejected
from google.api_core import exceptions
from google.cloud import tasks_v2
from google.cloud.location import locations_pb2
from google.protobuf import field_mask_pb2


def create_queue(bench):
    name = f"{LOCATION}/queues/mail"
    queue = tasks_v2.Queue(
        name=name,
        rate_limits=tasks_v2.RateLimits(max_dispatches_per_second=1, max_concurrent_dispatches=2),
        retry_config=tasks_v2.RetryConfig(
            max_attempts=-1,
            max_retry_duration=timedelta(seconds=90),
            min_backoff=timedelta(milliseconds=250),
            max_backoff=timedelta(seconds=10, milliseconds=500),
            max_doublings=3,
        ),
    )
    created = bench.client.create_queue(parent=LOCATION, queue=queue)
    equal(created.state, tasks_v2.Queue.State.RUNNING)
    equal(created.rate_limits.max_burst_size, 10)
    equal(created.rate_limits.max_concurrent_dispatches, 2)
    equal(created.retry_config, queue.retry_config)
    equal(bench.client.get_queue(name=name), created)
    rejected(
        lambda: bench.client.create_queue(parent=LOCATION, queue=queue),
        exceptions.AlreadyExists,
        "Queue already exists",
    )


def get_queue_defaults(bench):
    name = f"{LOCATION}/queues/plain"
    bench.client.create_queue(parent=LOCATION, queue=tasks_v2.Queue(name=name))
    queue = bench.client.get_queue(name=name)
    equal(
        queue.rate_limits,
        tasks_v2.RateLimits(max_dispatches_per_second=500, max_burst_size=100, max_concurrent_dispatches=1000),
    )
    equal(
        queue.retry_config,
        tasks_v2.RetryConfig(
            max_attempts=100,
            min_backoff=timedelta(milliseconds=100),
            max_backoff=timedelta(hours=1),
            max_doublings=16,
        ),
    )
    equal("purge_time" in queue, False)


def list_queues(bench):
    for queue_id in ("b", "a"):
        bench.client.create_queue(parent=LOCATION, queue=tasks_v2.Queue(name=f"{LOCATION}/queues/{queue_id}"))
    pages = bench.client.list_queues(request={"parent": LOCATION, "page_size": 2}).pages
    names = [[queue.name.rpartition("/")[2] for queue in page.queues] for page in pages]
    equal(names, [["a", "b"], ["q"], []])
    bench.client.pause_queue(name=QUEUE)
    paused = bench.client.list_queues(request={"parent": LOCATION, "filter": "state: PAUSED"})
    equal([queue.name for queue in paused], [QUEUE])


def update_queue(bench):
    before = bench.client.get_queue(name=QUEUE)
    queue = tasks_v2.Queue(
        name=QUEUE,
        rate_limits=tasks_v2.RateLimits(max_dispatches_per_second=7, max_concurrent_dispatches=3),
        retry_config=tasks_v2.RetryConfig(max_attempts=2),
    )
    mask = field_mask_pb2.FieldMask(paths=["rate_limits.max_concurrent_dispatches"])
    updated = bench.client.update_queue(queue=queue, update_mask=mask)
    before.rate_limits.max_concurrent_dispatches = 3
    equal(updated, before)
    equal(bench.client.get_queue(name=QUEUE), before)


def pause_resume(bench):
    with Target(200) as target:
        equal(bench.client.pause_queue(name=QUEUE).state, tasks_v2.Queue.State.PAUSED)
        bench.client.create_task(parent=QUEUE, task={"http_request": {"url": target.url}})
        bench.advance("1m")
        equal(len(target.received), 0)
        equal(bench.client.resume_queue(name=QUEUE).state, tasks_v2.Queue.State.RUNNING)
        bench.idle()
        equal(len(target.received), 1)


def purge_queue(bench):
    def create(task_id):
        task = {"name": f"{QUEUE}/tasks/{task_id}", "schedule_time": in_seconds(3600), "http_request": {"url": NOWHERE}}
        bench.client.create_task(parent=QUEUE, task=task)

    create("before")
    started = datetime.now(timezone.utc)
    purged = bench.client.purge_queue(name=QUEUE)
    equal(purged.purge_time >= started - timedelta(milliseconds=1), True)
    create("after")
    equal([task.name for task in bench.client.list_tasks(parent=QUEUE)], [f"{QUEUE}/tasks/after"])
    equal(bench.client.get_queue(name=QUEUE).purge_time, purged.purge_time)


def delete_queue(bench):
    bench.client.delete_queue(name=QUEUE)
    rejected(lambda: bench.client.get_queue(name=QUEUE), exceptions.NotFound, NO_QUEUE)
    rejected(
        lambda: bench.client.delete_queue(name=QUEUE), exceptions.NotFound, "Requested entity was not found."
    )


def iam_policy(bench):
    binding = {"role": "roles/cloudtasks.enqueuer", "members": ["user:ada@example.com"]}
    bench.client.set_iam_policy(request={"resource": QUEUE, "policy": {"bindings": [binding]}})
    policy = bench.client.get_iam_policy(request={"resource": QUEUE})
    equal([(one.role, list(one.members)) for one in policy.bindings], [(binding["role"], binding["members"])])
    permissions = ["cloudtasks.tasks.create", "cloudtasks.queues.get"]
    tested = bench.client.test_iam_permissions(request={"resource": QUEUE, "permissions": permissions})
    equal(list(tested.permissions), sorted(permissions))
    missing = {"resource": f"{LOCATION}/queues/none", "permissions": permissions}
    equal(list(bench.client.test_iam_permissions(request=missing).permissions), [])


def locations(bench):
    listed = bench.client.list_locations(locations_pb2.ListLocationsRequest(name="projects/p"))
    equal([location.name for location in listed.locations], [LOCATION])
    found = bench.client.get_location(locations_pb2.GetLocationRequest(name=LOCATION))
    equal((found.name, found.location_id), (LOCATION, "l"))


CASES = {
    "create-queue": create_queue,
    "get-queue-defaults": get_queue_defaults,
    "list-queues": list_queues,
    "update-queue": update_queue,
    "pause-resume": pause_resume,
    "purge-queue": purge_queue,
    "delete-queue": delete_queue,
    "iam-policy": iam_policy,
    "locations": locations,
}
