"""Behaves as ThingsBoard's one-way TLS example does, written anew from a description of its steps.

Prints the example's own lines, each as one JSON text, instead of asking questions first.
"""

import json
import ssl

import paho.mqtt.client as mqtt
from common import server

target = server()


def show(line):
    print(json.dumps(line), flush=True)


def on_connect(client, userdata, flags, code):
    show(f"Connected with result code {code}")
    for name in ("attributes", "attributes/response/+", "rpc/request/+"):
        client.subscribe(f"v1/devices/me/{name}")
    client.publish("v1/devices/me/telemetry", json.dumps({"temperature": 42}), qos=1)


def on_message(client, userdata, message):
    show(f"Topic: {message.topic}")
    show(f"Message: {message.payload.decode()}")
    prefix = "v1/devices/me/rpc/request/"
    if message.topic.startswith(prefix):
        number = message.topic[len(prefix) :]
        show(f"This is a RPC call. RequestID: {number}. Going to reply now!")
        client.publish(f"v1/devices/me/rpc/response/{number}", '{"value1":"A", "value2":"B"}', qos=1)


client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION1)
client.on_connect = on_connect
client.on_message = on_message
# Before there is a connection, as the example does: the library keeps it, and sends it after the rest.
client.publish("v1/devices/me/attributes/request/1", '{"clientKeys":"model"}', qos=1)
client.tls_set(ca_certs=target.ca, cert_reqs=ssl.CERT_REQUIRED, tls_version=ssl.PROTOCOL_TLSv1_2)
client.username_pw_set(target.token)
client.connect(target.host, target.port, keepalive=1)
client.loop_forever()
