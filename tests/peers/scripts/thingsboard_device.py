"""A device by ThingsBoard's own library: every call that a device makes, and what came of it.

Runs until it is ended.
"""

import queue
import threading
import time

from common import say, server
from tb_device_mqtt import TBDeviceMqttClient

LIMIT = 10

target = server()
answers = queue.Queue()


def on_rpc(request, body):
    say("rpc", method=body["method"], params=body["params"])
    client.send_rpc_reply(request, {"echo": body["params"]}, quality_of_service=1)


client = TBDeviceMqttClient(target.host, target.port, target.token, quality_of_service=1)
client.set_server_side_rpc_request_handler(on_rpc)
client.subscribe_to_attribute("limit", lambda content, error: say("pushed", content=content))
client.connect(tls=True, ca_certs=target.ca)
# Not by the library's callback, which it forgets when the answer comes before `connect` returns.
end = time.monotonic() + LIMIT
while not client.is_connected():
    if time.monotonic() > end:
        raise SystemExit("not connected")
    time.sleep(0.01)
say("connected")

say("telemetry", result=client.send_telemetry({"temperature": 42.5}).get())
say("attributes", result=client.send_attributes({"model": "T-100"}).get())
client.request_attributes(["model"], [], callback=lambda content, error: answers.put(content))
say("attributes_answer", content=answers.get(timeout=LIMIT))
client.send_rpc_call("getSessionLimits", {}, lambda request, content, error: answers.put(content))
say("limits", content=answers.get(timeout=LIMIT))
threading.Event().wait()
