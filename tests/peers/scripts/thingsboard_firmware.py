"""A device that updates its firmware by ThingsBoard's own library, and tells what it received.

First asks for an update, then takes every newer one that is pushed. Runs until it is ended.
"""

import hashlib
import threading
import time

from common import say, server
from tb_device_mqtt import TBDeviceMqttClient, TBFirmwareState

LIMIT = 10

target = server()


def on_firmware(client, data, version):
    client.update_firmware_info(client.firmware_info["fw_title"], version, TBFirmwareState.UPDATED)
    algorithm = client.firmware_info["fw_checksum_algorithm"]
    say("firmware", version=version, algorithm=algorithm, sha256=hashlib.sha256(data).hexdigest())


client = TBDeviceMqttClient(target.host, target.port, target.token, quality_of_service=1, chunk_size=4096)
client.set_on_firmware_received_callback(on_firmware)
client.connect(tls=True, ca_certs=target.ca)
end = time.monotonic() + LIMIT
while not client.is_connected():
    if time.monotonic() > end:
        raise SystemExit("not connected")
    time.sleep(0.01)
client.get_firmware_update()
threading.Event().wait()
