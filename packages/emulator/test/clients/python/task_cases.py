"""The cases about tasks and their delivery."""

from datetime import timedelta

from bench import NOWHERE, QUEUE, Target, in_seconds
from expect import EXISTED, equal, rejected
from google.api_core import exceptions
from google.auth.transport.requests import Request
from google.cloud import tasks_v2
from google.oauth2 import id_token

NAME = f"{QUEUE}/tasks/t-1"


def create_task(bench):
    with Target(200) as target:
        schedule_time = in_seconds(60)
        task = tasks_v2.Task(
            name=NAME,
            schedule_time=schedule_time,
            dispatch_deadline=timedelta(seconds=20),
            http_request=tasks_v2.HttpRequest(
                url=f"{target.url}?order=7",
                http_method=tasks_v2.HttpMethod.PUT,
                headers={"X-Order": "7", "Content-Type": "text/plain"},
                body="grüße".encode(),
            ),
        )
        created = bench.client.create_task(parent=QUEUE, task=task)
        equal((created.name, created.schedule_time), (NAME, schedule_time))
        equal(created.dispatch_deadline, timedelta(seconds=20))
        equal(created.view, tasks_v2.Task.View.BASIC)
        equal(created.http_request.headers["X-Order"], "7")
        bench.idle()
        equal(len(target.received), 0)
        bench.advance("60s")
        (received,) = target.received
        equal((received.method, received.path), ("PUT", "/run?order=7"))
        equal(received.body.decode(), "grüße")
        expected = {
            "X-Order": "7",
            "Content-Type": "text/plain",
            "User-Agent": "Google-Cloud-Tasks",
            "X-CloudTasks-QueueName": "q",
            "X-CloudTasks-TaskName": "t-1",
            "X-CloudTasks-TaskRetryCount": "0",
            "X-CloudTasks-TaskExecutionCount": "0",
            "X-CloudTasks-TaskETA": str(int(schedule_time.timestamp())),
            "X-CloudTasks-TaskPreviousResponse": None,
        }
        equal({name: received.headers[name] for name in expected}, expected)


def name_taken(bench):
    task = {"name": NAME, "schedule_time": in_seconds(3600), "http_request": {"url": NOWHERE}}
    bench.client.create_task(parent=QUEUE, task=task)
    rejected(
        lambda: bench.client.create_task(parent=QUEUE, task=task),
        exceptions.AlreadyExists,
        "Requested entity already exists",
    )


def get_task_views(bench):
    http_request = {"url": NOWHERE, "headers": {"X-A": "b"}, "body": b"hello"}
    task = {"name": NAME, "schedule_time": in_seconds(3600), "http_request": http_request}
    bench.client.create_task(parent=QUEUE, task=task)
    basic = bench.client.get_task(name=NAME)
    equal((basic.view, basic.http_request.headers["X-A"]), (tasks_v2.Task.View.BASIC, "b"))
    equal(basic.http_request.body, b"")
    full = bench.client.get_task(request={"name": NAME, "response_view": tasks_v2.Task.View.FULL})
    equal((full.view, full.http_request.headers["X-A"]), (tasks_v2.Task.View.FULL, "b"))
    equal(full.http_request.body, b"hello")


def list_tasks(bench):
    names = [f"{QUEUE}/tasks/{task_id}" for task_id in ("a", "b", "c")]
    for name in names:
        http_request = {"url": NOWHERE, "body": b"hello"}
        task = {"name": name, "schedule_time": in_seconds(3600), "http_request": http_request}
        bench.client.create_task(parent=QUEUE, task=task)
    request = {"parent": QUEUE, "page_size": 2, "response_view": tasks_v2.Task.View.FULL}
    pages = [list(page.tasks) for page in bench.client.list_tasks(request=request).pages]
    equal([len(page) for page in pages], [2, 1, 0])
    tasks = [task for page in pages for task in page]
    equal(sorted(task.name for task in tasks), names)
    equal([task.http_request.body for task in tasks], [b"hello"] * 3)


def run_task(bench):
    with Target(200) as target:
        task = {"name": NAME, "schedule_time": in_seconds(3600), "http_request": {"url": target.url}}
        bench.client.create_task(parent=QUEUE, task=task)
        run = bench.client.run_task(request={"name": NAME, "response_view": tasks_v2.Task.View.FULL})
        equal((run.name, run.dispatch_count, run.view), (NAME, 1, tasks_v2.Task.View.FULL))
        bench.idle()
        equal(len(target.received), 1)
        bench.advance("2h")
        equal(len(target.received), 1)


def delete_task(bench):
    with Target(200) as target:
        task = {"name": NAME, "schedule_time": in_seconds(3600), "http_request": {"url": target.url}}
        bench.client.create_task(parent=QUEUE, task=task)
        bench.client.delete_task(name=NAME)
        bench.advance("59m")
        rejected(lambda: bench.client.get_task(name=NAME), exceptions.NotFound, EXISTED)
        bench.advance("1h")
        equal(len(target.received), 0)


def retry_counts(bench):
    with Target(503, 200) as target:
        queue = {"name": QUEUE, "retry_config": {"min_backoff": timedelta(seconds=60)}}
        bench.client.update_queue(queue=queue, update_mask={"paths": ["retry_config.min_backoff"]})
        task = bench.client.create_task(parent=QUEUE, task={"http_request": {"url": target.url}})
        bench.idle()
        failed = bench.client.get_task(name=task.name)
        equal((failed.dispatch_count, failed.response_count), (1, 0))
        equal("response_time" in failed.first_attempt, False)
        equal(failed.last_attempt.response_status.code, 14)
        bench.advance("60s")
        equal([one.headers["X-CloudTasks-TaskRetryCount"] for one in target.received], ["0", "1"])
        equal(target.received[1].headers["X-CloudTasks-TaskPreviousResponse"], "503")
        rejected(lambda: bench.client.get_task(name=task.name), exceptions.NotFound, EXISTED)


def oidc_token(bench):
    with Target(200) as target:
        email, audience = "tasks@p.iam.gserviceaccount.com", "https://api.example.com"
        oidc = {"service_account_email": email, "audience": audience}
        bench.client.create_task(parent=QUEUE, task={"http_request": {"url": target.url, "oidc_token": oidc}})
        bench.idle()
        token = target.received[0].headers["Authorization"].removeprefix("Bearer ")
        certs_url = f"{bench.url}/oidc/certs"
        claims = id_token.verify_token(token, Request(), audience=audience, certs_url=certs_url)
        equal((claims["email"], claims["email_verified"], claims["aud"]), (email, True, audience))


def app_engine_task(bench):
    app_engine = tasks_v2.AppEngineHttpRequest(
        relative_uri="/work?order=7",
        app_engine_routing=tasks_v2.AppEngineRouting(service="mail", version="v1"),
        headers={"X-Order": "7"},
        body=b"hello",
    )
    task = tasks_v2.Task(name=NAME, schedule_time=in_seconds(3600), app_engine_http_request=app_engine)
    bench.client.create_task(parent=QUEUE, task=task)
    stored = bench.client.get_task(name=NAME).app_engine_http_request
    equal((stored.http_method, stored.relative_uri), (tasks_v2.HttpMethod.POST, "/work?order=7"))
    equal((stored.app_engine_routing.service, stored.app_engine_routing.version), ("mail", "v1"))
    expected = {
        "X-Order": "7",
        "User-Agent": "AppEngine-Google; (+http://code.google.com/appengine)",
        "Content-Length": "5",
        "Content-Type": "application/octet-stream",
    }
    equal(dict(stored.headers), expected)


CASES = {
    "create-task": create_task,
    "name-taken": name_taken,
    "get-task-views": get_task_views,
    "list-tasks": list_tasks,
    "run-task": run_task,
    "delete-task": delete_task,
    "retry-counts": retry_counts,
    "oidc-token": oidc_token,
    "app-engine-task": app_engine_task,
}
