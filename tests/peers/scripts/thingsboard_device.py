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
    if body["method"] == "unsubscribe":
        client.unsubscribe_from_attribute(every)
    client.send_rpc_reply(request, {"echo": body["params"]}, quality_of_service=1)


client = TBDeviceMqttClient(target.host, target.port, target.token, quality_of_service=1)
client.set_server_side_rpc_request_handler(on_rpc)
client.subscribe_to_attribute("limit", lambda content, error: say("pushed", content=content))
every = client.subscribe_to_all_attributes(lambda content, error: say("pushed_any", content=content))
client.connect(tls=True, ca_certs=target.ca)
# Not by the library's callback, which it forgets when the answer comes before `connect` returns.
end = time.monotonic() + LIMIT
while not client.is_connected():
    if time.monotonic() > end:
        raise SystemExit("not connected")
    time.sleep(0.01)
say("connected")

BATCH = [{"ts": 1700000000000, "values": {"humidity": 40}}, {"ts": 1700000001000, "values": {"humidity": 41}}]


def request(client_keys, shared_keys):
    client.request_attributes(client_keys, shared_keys, callback=lambda content, error: answers.put(content))
    return answers.get(timeout=LIMIT)


def call(method):
    client.send_rpc_call(method, {}, lambda request, content, error: answers.put(content))
    return answers.get(timeout=LIMIT)


say("telemetry", result=client.send_telemetry({"temperature": 42.5}).get())
say("batch", result=client.send_telemetry(BATCH).get())
say("attributes", result=client.send_attributes({"model": "T-100"}).get())
say("client", content=request(["model"], []))
say("shared", content=request([], ["unit"]))
say("both", content=request(["model", "none"], ["unit"]))
say("limits", content=call("getSessionLimits"))
say("call", content=call("getTime"))
say("claimed", result=client.claim("secret", 60000).get())
threading.Event().wait()
