"""A device that downloads firmware chunk by chunk with paho, then asks for software that is not there.

HOST PORT CA_FILE TOKEN VERSION
"""

import hashlib
import threading

import paho.mqtt.client as paho
from common import rest, say, server

CHUNK = 65536
# The server remembers a package by this number alone, so that the two must differ.
REQUESTS = {"fw": 1, "sw": 2}

target = server()
(version,) = rest()
ended = threading.Event()
received = []


def ask(kind, number, size=""):
    client.publish(f"v2/{kind}/request/{REQUESTS[kind]}/chunk/{number}", size, qos=1)


def on_connect(client, userdata, flags, code, properties):
    filters = ["v2/fw/response/+/chunk/+", "v2/sw/response/+/chunk/+", "v2/fw/error"]
    client.subscribe([(name, 0) for name in filters])


def on_subscribe(client, userdata, identifier, codes, properties):
    say("subscribed", codes=[code.value for code in codes])
    ask("fw", 0, CHUNK)


def on_message(client, userdata, message):
    if message.topic == "v2/fw/error":
        say("error", text=message.payload.decode(), qos=message.qos)
    elif message.payload:
        received.append(message.payload)
        ask("fw", len(received))
    else:
        data = b"".join(received)
        say("firmware", chunks=len(received), size=len(data), sha256=hashlib.sha256(data).hexdigest())
        ask("sw", 0)


def on_disconnect(client, userdata, flags, code, properties):
    say("ended", by_server=flags.is_disconnect_packet_from_server, code=code.value)
    ended.set()


protocol = {"3.1.1": paho.MQTTv311, "5": paho.MQTTv5}[version]
client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=protocol, reconnect_on_failure=False)
client.username_pw_set(target.token)
client.tls_set(ca_certs=target.ca)
client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_message = on_message
client.on_disconnect = on_disconnect
client.connect(target.host, target.port)
client.loop_start()
if not ended.wait(20):
    raise SystemExit("not ended")
