"""A gateway by ThingsBoard's own library: every call that a gateway makes, and what came of it.

All but gw_subscribe_to_all_attributes, which the library refuses: it takes `*` for a device that is not connected.
Runs until it is ended.
"""

import queue
import threading
import time

from common import say, server
from tb_gateway_mqtt import TBGatewayMqttClient

LIMIT = 10
DEVICE = "pump"

target = server()
answers = queue.Queue()


def on_rpc(gateway, content):
    say("rpc", content=content)
    client.gw_send_rpc_reply(content["device"], content["data"]["id"], {"echo": content["data"]["params"]})


def answer(content, error):
    answers.put(content)


client = TBGatewayMqttClient(target.host, target.port, target.token, quality_of_service=1)
client.gw_set_server_side_rpc_request_handler(on_rpc)
client.connect(tls=True, ca_certs=target.ca)
end = time.monotonic() + LIMIT
while not client.is_connected() or client.get_subscriptions_in_progress():
    if time.monotonic() > end:
        raise SystemExit("not connected")
    time.sleep(0.01)
say("connected")

say("device", result=client.gw_connect_device(DEVICE).get())
client.gw_subscribe_to_attribute(DEVICE, "limit", lambda content: say("pushed", content=content))
client.gw_subscribe_to_all_device_attributes(DEVICE, lambda content: say("pushed_of_device", content=content))
say("telemetry", result=client.gw_send_telemetry(DEVICE, {"ts": 1700000000000, "values": {"speed": 42.5}}).get())
say("attributes", result=client.gw_send_attributes(DEVICE, {"model": "P-1", "serial": "x"}).get())
client.gw_request_client_attributes(DEVICE, ["model"], answer)
say("one", content=answers.get(timeout=LIMIT))
client.gw_request_client_attributes(DEVICE, ["model", "serial"], answer)
say("several", content=answers.get(timeout=LIMIT))
client.gw_request_shared_attributes(DEVICE, ["none"], answer)
say("none", content=answers.get(timeout=LIMIT))
client.gw_request_shared_attributes(DEVICE, ["unit"], answer)
say("shared", content=answers.get(timeout=LIMIT))
say("claimed", result=client.gw_claim(DEVICE, "secret", 60000).get())
say("other", result=client.gw_connect_device("other").get())
say("gone", result=client.gw_disconnect_device("other").get())
threading.Event().wait()
