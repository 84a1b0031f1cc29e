"""Runs the cases of a Python web server as the target of tasks, and prints the same lines as main.py."""

import logging
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import wsgiref.simple_server
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, timezone

import uvicorn
from bench import QUEUE, Bench, inspect
from expect import equal

KEEP_ALIVE_SECONDS = 2
SERVERS = 8
TASKS_PER_SERVER = 5


def listening():
    """A socket on a free port of the loopback interface."""
    return socket.create_server(("127.0.0.1", 0))


def url_of(sock):
    return f"http://127.0.0.1:{sock.getsockname()[1]}/run"


def wsgi_app(_, start_response):
    start_response("200 OK", [("Content-Length", "2"), ("Content-Type", "text/plain")])
    return [b"ok"]


async def asgi_app(scope, receive, send):
    if scope["type"] != "http":
        return
    headers = [(b"content-length", b"2"), (b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


@contextmanager
def gunicorn():
    """Starts gunicorn on several ports and yields their URLs."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(listening()) for _ in range(SERVERS)]
        for sock in sockets:
            os.set_inheritable(sock.fileno(), True)
        binds = [argument for sock in sockets for argument in ("--bind", f"fd://{sock.fileno()}")]
        command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "8"]
        command += ["--keep-alive", str(KEEP_ALIVE_SECONDS), "--log-level", "error", *binds, "web_servers:wsgi_app"]
        process = subprocess.Popen(command, pass_fds=[sock.fileno() for sock in sockets])
        try:
            yield [url_of(sock) for sock in sockets]
        finally:
            process.terminate()
            process.wait()


@contextmanager
def uvicorn_threads():
    """Starts uvicorn on several ports and yields their URLs."""
    sockets = [listening() for _ in range(SERVERS)]
    config = {"timeout_keep_alive": KEEP_ALIVE_SECONDS, "log_config": None, "lifespan": "off"}
    server = uvicorn.Server(uvicorn.Config(asgi_app, **config))
    thread = threading.Thread(target=server.run, kwargs={"sockets": sockets}, daemon=True)
    thread.start()
    yield [url_of(sock) for sock in sockets]
    server.should_exit = True
    thread.join()


def idle_connections(servers):
    """
    Sends each task when the server is just closing the connection of the one before: after 2 seconds and a few milliseconds,
    which are the time that the answer to the one before took, and differ between the ports.
    """
    with servers() as urls, Bench("grpc") as bench:
        for url in urls:
            urllib.request.urlopen(url, timeout=60).read()  # the server may still be starting
        start = datetime.now(timezone.utc) + timedelta(seconds=2)
        for port, url in enumerate(urls):
            interval = timedelta(seconds=KEEP_ALIVE_SECONDS, milliseconds=port + 1)
            for index in range(TASKS_PER_SERVER):
                task = {"http_request": {"url": url}, "schedule_time": start + index * interval}
                bench.client.create_task(parent=QUEUE, task=task)
        deadline = time.monotonic() + 60
        expected = SERVERS * TASKS_PER_SERVER
        while len(attempts := inspect(bench, "/inspect/attempts?limit=100")["attempts"]) < expected:
            if time.monotonic() > deadline:
                raise AssertionError(f"expected {expected} attempts; received {len(attempts)}")
            time.sleep(0.5)
        equal([attempt.get("error") for attempt in attempts if attempt["outcome"] != "succeeded"], [])
        equal(len(attempts), expected)


class DisallowedHosts(logging.Handler):
    """Collects what Django logs about hosts that are not in ALLOWED_HOSTS."""

    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        self.records.append(record.getMessage())


def rewrite_host():
    """Delivers a task to Django under the host of its URL, which leads elsewhere."""
    import django
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import path

    hosts = []

    def run(request):
        hosts.append(request.get_host())
        return HttpResponse("ok")

    settings.configure(
        ALLOWED_HOSTS=["app.example.com"],
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        ROOT_URLCONF=type("urls", (), {"urlpatterns": [path("run", run)]}),
        SECRET_KEY="for tests",
        LOGGING_CONFIG=None,
    )
    django.setup()
    disallowed = DisallowedHosts()
    logging.getLogger("django.security.DisallowedHost").addHandler(disallowed)
    server = wsgiref.simple_server.make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"app.example.com:{server.server_port}"
    with Bench("grpc", {"rewriteHosts": {"app.example.com": "127.0.0.1"}}) as bench:
        bench.client.create_task(parent=QUEUE, task={"http_request": {"url": f"http://{host}/run"}})
        bench.idle()
    equal((hosts, disallowed.records), ([host], []))
    # Under the address to which the host is rewritten, Django answers 400.
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/run", timeout=60)
    except urllib.error.HTTPError as error:
        equal((error.code, len(disallowed.records)), (400, 1))
    else:
        raise AssertionError("expected 400; Django accepted the host 127.0.0.1")


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        pass


CASES = {
    "gunicorn": ("idle-connections", lambda: idle_connections(gunicorn)),
    "uvicorn": ("idle-connections", lambda: idle_connections(uvicorn_threads)),
    "django": ("rewrite-host", rewrite_host),
}


def main(server):
    name, case = CASES[server]
    try:
        case()
        print(name, "ok", flush=True)
    except Exception as error:  # any error fails the case
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        print(name, "failed", reason, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
