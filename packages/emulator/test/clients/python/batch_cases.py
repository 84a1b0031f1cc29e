"""The cases about features of v2beta3 that this client's v2 has too."""

from datetime import timedelta

from bench import NOWHERE, QUEUE, Target, in_seconds
from expect import EXISTED, equal, rejected
from google.api_core import exceptions
from google.cloud import tasks_v2


def scheduled(task_id):
    return {"name": f"{QUEUE}/tasks/{task_id}", "schedule_time": in_seconds(3600), "http_request": {"url": NOWHERE}}


def batch_create(bench):
    def create(*task_ids):
        requests = [{"parent": QUEUE, "task": scheduled(task_id)} for task_id in task_ids]
        operation = bench.client.batch_create_tasks(request={"parent": QUEUE, "requests": requests})
        return [task.name for task in operation.result(timeout=10).tasks], operation.metadata

    created, metadata = create("a", "b")
    equal(created, [f"{QUEUE}/tasks/a", f"{QUEUE}/tasks/b"])
    equal(metadata.state, tasks_v2.BatchCreateTasksMetadata.State.SUCCEEDED)
    created, metadata = create("c", "a")
    equal(created, [f"{QUEUE}/tasks/c"])
    equal(metadata.state, tasks_v2.BatchCreateTasksMetadata.State.PARTIALLY_SUCCEEDED)
    failed = {index: (status.code, status.message) for index, status in metadata.failed_requests.items()}
    equal(failed, {1: (6, "Requested entity already exists")})
    equal(len(list(bench.client.list_tasks(parent=QUEUE))), 3)


def batch_delete(bench):
    names = [bench.client.create_task(parent=QUEUE, task=scheduled(task_id)).name for task_id in ("a", "b")]
    request = {"parent": QUEUE, "names": [*names, f"{QUEUE}/tasks/none"]}
    operation = bench.client.batch_delete_tasks(request=request)
    operation.result(timeout=10)
    equal(operation.metadata.state, tasks_v2.BatchDeleteTasksMetadata.State.PARTIALLY_SUCCEEDED)
    failed = {index: status.code for index, status in operation.metadata.failed_requests.items()}
    equal(failed, {2: 5})
    equal(list(bench.client.list_tasks(parent=QUEUE)), [])


def task_retry(bench):
    with Target(500) as target:
        retry_config = tasks_v2.RetryConfig(
            max_attempts=2, min_backoff=timedelta(seconds=30), max_backoff=timedelta(seconds=30)
        )
        task = {"http_request": {"url": target.url}, "retry_config": retry_config}
        created = bench.client.create_task(parent=QUEUE, task=task)
        equal(created.retry_config.max_attempts, 2)
        equal(created.retry_config.min_backoff, timedelta(seconds=30))
        bench.advance("29s")
        equal(len(target.received), 1)
        bench.advance("59m")
        equal(len(target.received), 2)
        rejected(lambda: bench.client.get_task(name=created.name), exceptions.NotFound, EXISTED)


def http_target(bench):
    with Target(200) as target:
        override = tasks_v2.HttpTarget(
            uri_override=tasks_v2.UriOverride(
                scheme=tasks_v2.UriOverride.Scheme.HTTP,
                host=target.host,
                port=target.port,
                path_override=tasks_v2.PathOverride(path="/elsewhere"),
                query_override=tasks_v2.QueryOverride(query_params="by=queue"),
            ),
            http_method=tasks_v2.HttpMethod.PUT,
            header_overrides=[{"header": {"key": "X-Order", "value": "8"}}],
        )
        queue = tasks_v2.Queue(name=QUEUE, http_target=override)
        updated = bench.client.update_queue(queue=queue, update_mask={"paths": ["http_target"]})
        equal(updated.http_target.uri_override.port, target.port)
        equal(updated.http_target.header_overrides[0].header.value, "8")
        http_request = {
            "url": "https://example.invalid/task?by=task",
            "headers": {"X-Order": "7", "X-Kept": "yes"},
        }
        bench.client.create_task(parent=QUEUE, task={"http_request": http_request})
        bench.idle()
        (received,) = target.received
        equal((received.method, received.path), ("PUT", "/elsewhere?by=queue"))
        equal((received.headers["X-Order"], received.headers["X-Kept"]), ("8", "yes"))


CASES = {
    "batch-create": batch_create,
    "batch-delete": batch_delete,
    "task-retry": task_retry,
    "http-target": http_target,
}
