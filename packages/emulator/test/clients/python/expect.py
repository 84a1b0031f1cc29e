"""Assertions whose messages contain the received value."""

import re

from google.api_core import exceptions
from google.rpc import error_details_pb2

NO_QUEUE = (
    "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize."
)
EXISTED = (
    "The task no longer exists, though a task with this name existed recently. "
    "The task either successfully completed or was deleted."
)


def equal(received, expected):
    """Fails unless both are equal."""
    if received != expected:
        raise AssertionError(f"expected {expected!r}; received {received!r}")


def links_of(raised):
    """The descriptions of the links in google.rpc.Help, which this client leaves as JSON over REST."""
    as_messages = [one.links for one in raised.details if isinstance(one, error_details_pb2.Help)]
    as_json = [one.get("links", []) for one in raised.details if isinstance(one, dict)]
    return [link.description for links in as_messages for link in links] + [
        link["description"] for links in as_json for link in links
    ]


def rejected(call, error, message, help_link=None):
    """Fails unless the call raises the error with the message, a text or a pattern, and the link."""
    try:
        answer = call()
    except exceptions.GoogleAPICallError as raised:
        # Over REST this client knows only the HTTP status, and prefixes the message with the request.
        equal((type(raised).__name__, raised.code), (type(raised).__name__, error.code))
        text = re.sub(r"^(GET|POST|DELETE|PATCH) \S+: ", "", raised.message)
        if not (text == message or (isinstance(message, re.Pattern) and message.fullmatch(text))):
            raise AssertionError(f"expected the message {message!r}; received {text!r}")
        equal(links_of(raised), [] if help_link is None else [help_link])
    else:
        raise AssertionError(f"expected {error.__name__}; received {answer!r}")
