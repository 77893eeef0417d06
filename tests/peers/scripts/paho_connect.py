"""Connects once and tells what CONNACK said, if one came.

Further arguments: the MQTT version, 3.1, 3.1.1 or 5; the client id, if there is to be one.
"""

import ssl

import paho.mqtt.client as mqtt
from common import rest, say, server

target = server()
version = {"3.1": mqtt.MQTTv31, "3.1.1": mqtt.MQTTv311, "5": mqtt.MQTTv5}[rest()[0]]
client_id = "".join(rest()[1:])


def on_connect(client, userdata, flags, reason, properties=None):
    # A number in 3.1.1, an object with a number in 5.
    say("connack", code=getattr(reason, "value", reason))
    client.disconnect()


client = mqtt.Client(
    mqtt.CallbackAPIVersion.VERSION1, client_id=client_id, protocol=version, reconnect_on_failure=False
)
client.username_pw_set(target.token)
client.tls_set(ca_certs=target.ca, cert_reqs=ssl.CERT_REQUIRED)
client.on_connect = on_connect
client.connect(target.host, target.port)
client.loop_forever(retry_first_connection=False)
