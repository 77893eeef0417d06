"""Devices that are provisioned by ThingsBoard's own library: with a token, with three parts, and in vain.

HOST PORT CA_FILE KEY SECRET
"""

import tb_device_mqtt
from common import rest, say, server
from tb_device_mqtt import TBDeviceMqttClient

target = server()
(secret,) = rest()
plain = tb_device_mqtt.ProvisionClient.__init__


def with_tls(self, *arguments, **named):
    """The library uses TLS on port 8883 only, and does not verify there."""
    plain(self, *arguments, **named)
    self.tls_set(ca_certs=target.ca)


tb_device_mqtt.ProvisionClient.__init__ = with_tls


def provision(what, secret, **wanted):
    credentials = TBDeviceMqttClient.provision(target.host, target.token, secret, port=target.port, **wanted)
    say(what, credentials=credentials)


provision("token", secret, device_name="by token", access_token="OWN_TOKEN")
provision("basic", secret, device_name="by name", client_id="c", username="u", password="p")
provision("vain", "NOT_THE_SECRET", device_name="other")
client = TBDeviceMqttClient(target.host, target.port, "OWN_TOKEN", quality_of_service=1)
client.connect(tls=True, ca_certs=target.ca)
say("telemetry", result=client.send_telemetry({"temperature": 1}).get())
say("claimed", result=client.claim("secret", 60000).get())
client.disconnect()
client.stop()
