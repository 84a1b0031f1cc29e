"""Runs the cases of py-cloud-task against a worker in FastAPI and prints the same lines as main.py."""

import __future__
import asyncio
import importlib.machinery
import logging
import socket
import sys
import threading

import grpc
import uvicorn
from bench import Bench, in_seconds
from expect import equal
from google.cloud.tasks_v2 import CloudTasksAsyncClient
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcAsyncIOTransport


class DeferredAnnotations(importlib.machinery.SourceFileLoader):
    """Loads modules without evaluating annotations, as Python 3.14 does. py-cloud-task needs no other feature of it."""

    def get_code(self, fullname):
        path = self.get_filename(fullname)
        flags = __future__.annotations.compiler_flag
        return compile(self.get_data(path), path, "exec", flags=flags, dont_inherit=True)

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        found = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if fullname.split(".")[0] == "cloudtask" and found is not None and found.has_location:
            found.loader = cls(fullname, found.origin)
            return found
        return None


if sys.version_info < (3, 14):
    sys.meta_path.insert(0, DeferredAnnotations)

import worker  # noqa: E402  imports py-cloud-task
from cloudtask.exceptions import TaskPushError  # noqa: E402


def push(bench):
    send(bench, worker.greet("Ada"))
    bench.idle()
    equal(worker.runs, [("Ada", "Bearer")])


def push_later(bench):
    send(bench, worker.greet(name="Ada"), at=in_seconds(3600))
    bench.idle()
    equal(worker.runs, [])
    bench.advance("1h")
    equal(worker.runs, [("Ada", "Bearer")])


def push_named(bench):
    equal(send(bench, worker.greet_once("Ada")), "projects/p/locations/l/queues/q/tasks/once")
    bench.idle()
    try:
        send(bench, worker.greet_once("Grace"))
    except TaskPushError as error:
        equal("existed too recently" in str(error), True)
    else:
        raise AssertionError("expected TaskPushError; the name was accepted twice")
    bench.idle()
    equal(worker.runs, ["Ada"])


def push_retry(bench):
    worker.failures_left = 2
    send(bench, worker.stumble("Ada"))
    bench.advance("1m")
    equal(worker.runs, ["Ada", "Ada", "Ada"])


CASES = {
    "push": push,
    "push-later": push_later,
    "push-named": push_named,
    "push-retry": push_retry,
}


def send(bench, task, at=None):
    """Pushes a task. The library has no option for an emulator, so its API client is replaced."""

    async def pushed():
        async with grpc.aio.insecure_channel(bench.host) as channel:
            transport = CloudTasksGrpcAsyncIOTransport(channel=channel)
            worker.client._async_client = CloudTasksAsyncClient(transport=transport)
            return await task.push(at=at)

    return asyncio.run(pushed())


def main():
    logging.disable(logging.CRITICAL)  # both sides log every failure that a case provokes
    listening = socket.create_server(("127.0.0.1", 0))
    worker.client.url = f"http://127.0.0.1:{listening.getsockname()[1]}/tasks"
    server = uvicorn.Server(uvicorn.Config(worker.app, log_config=None))
    threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True).start()
    for name, case in CASES.items():
        worker.runs.clear()
        try:
            with Bench("grpc") as bench:
                case(bench)
            print(name, "ok", flush=True)
        except Exception as error:  # any error fails the case
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            print(name, "failed", reason, flush=True)


main()
