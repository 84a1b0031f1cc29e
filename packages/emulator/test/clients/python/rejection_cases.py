"""The cases about rejected calls."""

import re

from bench import LOCATION, NOWHERE, QUEUE, in_seconds
from expect import NO_QUEUE, rejected
from google.api_core import exceptions

TOO_FAR = re.compile(
    r"The Task\.scheduleTime, \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00, is too far in the future\. "
    r"Schedule time must be no more than 720h in the future\."
)


def bad_queue_name(bench):
    queue = {"name": f"{LOCATION}/queues/under_score"}
    rejected(
        lambda: bench.client.create_queue(parent=LOCATION, queue=queue),
        exceptions.InvalidArgument,
        'Queue ID "under_score" can contain only letters ([A-Za-z]), numbers ([0-9]), or hyphens (-). '
        'Queue ID must be between 1 and 100 characters.',
        "Definition of queue ID",
    )


def bad_task_id(bench):
    task = {"name": f"{QUEUE}/tasks/not a valid id", "http_request": {"url": NOWHERE}}
    rejected(
        lambda: bench.client.create_task(parent=QUEUE, task=task),
        exceptions.InvalidArgument,
        'Task ID "not a valid id" can contain only letters ([A-Za-z]), numbers ([0-9]), hyphens (-), or '
        "underscores (_). Task ID must between 1 and 500 characters.",
        "Definition of task ID",
    )


def missing_queue(bench):
    task = {"http_request": {"url": NOWHERE}}
    rejected(
        lambda: bench.client.create_task(parent=f"{LOCATION}/queues/none", task=task),
        exceptions.NotFound,
        NO_QUEUE,
    )


def schedule_too_far(bench):
    task = {"schedule_time": in_seconds(721 * 3600), "http_request": {"url": NOWHERE}}
    rejected(lambda: bench.client.create_task(parent=QUEUE, task=task), exceptions.InvalidArgument, TOO_FAR)


CASES = {
    "bad-queue-name": bad_queue_name,
    "bad-task-id": bad_task_id,
    "missing-queue": missing_queue,
    "schedule-too-far": schedule_too_far,
}
