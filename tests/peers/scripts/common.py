"""What the scripts share: their arguments, and telling what they see as JSON, one value a line."""

import json
import sys
from collections import namedtuple

Server = namedtuple("Server", "host port ca token")


def server():
    """HOST PORT CA_FILE TOKEN, the first four arguments of every script."""
    host, port, ca, token = sys.argv[1:5]
    return Server(host, int(port), ca, token)


def rest():
    return sys.argv[5:]


def say(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)
