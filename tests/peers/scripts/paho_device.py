"""A device: subscribes, publishes, asks for attributes, answers RPC, and tells everything it sees.

Further arguments: the MQTT version, 3.1.1 or 5. Runs until it is ended.
"""

import json
import ssl

import paho.mqtt.client as mqtt
from common import rest, say, server

FILTERS = [
    ("v1/devices/me/attributes", 1),
    ("v1/devices/me/attributes/response/+", 1),
    ("v1/devices/me/rpc/request/+", 1),
    ("v1/devices/me/telemetry", 1),
]

target = server()
version = {"3.1.1": mqtt.MQTTv311, "5": mqtt.MQTTv5}[rest()[0]]


def on_connect(client, userdata, flags, reason, properties=None):
    say("connected", code=getattr(reason, "value", reason))
    client.subscribe(FILTERS)


def on_subscribe(client, userdata, mid, codes, properties=None):
    say("subscribed", codes=[getattr(code, "value", code) for code in codes])
    client.publish("v1/devices/me/telemetry", json.dumps({"temperature": 42.5}), qos=1)
    client.publish("v1/devices/me/attributes", json.dumps({"model": "T-100"}), qos=1)
    client.publish("v1/devices/me/attributes/request/1", json.dumps({"clientKeys": "model"}), qos=1)


def on_message(client, userdata, message):
    payload = json.loads(message.payload)
    say("message", topic=message.topic, qos=message.qos, payload=payload)
    if message.topic.startswith("v1/devices/me/rpc/request/"):
        answer = {"echo": payload["params"]}
        client.publish(message.topic.replace("request", "response"), json.dumps(answer), qos=1)


client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION1, protocol=version)
client.username_pw_set(target.token)
client.tls_set(ca_certs=target.ca, cert_reqs=ssl.CERT_REQUIRED)
client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_message = on_message
client.connect(target.host, target.port)
client.loop_forever()
