"""The parts of a case: an emulator, a client of it, and targets that record their requests."""

import json
import os
import threading
import urllib.request
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
from google.auth.credentials import AnonymousCredentials
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import (
    CloudTasksGrpcTransport,
    CloudTasksRestTransport,
)

LOCATION = "projects/p/locations/l"
QUEUE = f"{LOCATION}/queues/q"
NOWHERE = "http://127.0.0.1:9/"


def control(path, body=None):
    """Calls the runner, which owns the emulator."""
    request = urllib.request.Request(os.environ["CONTROL_URL"] + path, data=json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.loads(response.read())


def inspect(bench, path):
    """Returns what the emulator tells about itself."""
    with urllib.request.urlopen(bench.url + path, timeout=60) as response:
        return json.loads(response.read())


class Bench:
    """A new emulator with the queue q and the given options, and Google's client of it."""

    def __init__(self, wire, options=None):
        self.wire = wire
        started = control("/start", options)
        self.host = started["host"]
        self.url = started["url"]

    def __enter__(self):
        self.client = tasks_v2.CloudTasksClient(transport=self._transport())
        return self

    def __exit__(self, *_):
        self.client.transport.close()

    def advance(self, by):
        """Moves the emulator's clock ahead; tasks that become due are delivered."""
        control("/advance", by)

    def idle(self):
        """Waits until no task is due and no attempt is running."""
        control("/idle")

    def _transport(self):
        if self.wire == "grpc":
            return CloudTasksGrpcTransport(channel=grpc.insecure_channel(self.host))
        return CloudTasksRestTransport(host=self.host, url_scheme="http", credentials=AnonymousCredentials())


class Target:
    """A real HTTP server that answers with the given statuses and then repeats the last one."""

    def __init__(self, *statuses):
        self.received = []
        target = self

        class Handler(BaseHTTPRequestHandler):
            def record(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status = statuses[min(len(target.received), len(statuses) - 1)]
                target.received.append(Received(self.command, self.path, self.headers, body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST = do_PUT = record

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host, self.port = self._server.server_address
        self.url = f"http://{self.host}:{self.port}/run"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


class Received:
    """A request that a target received."""

    def __init__(self, method, path, headers, body):
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body


def in_seconds(seconds):
    """The time the given number of seconds from now, in whole seconds."""
    return datetime.now(timezone.utc).replace(microsecond=0) + timedelta(seconds=seconds)
