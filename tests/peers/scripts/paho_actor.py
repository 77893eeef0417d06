"""Does with paho what it is told on standard input, and tells what comes of it, both as JSON, one value a line.

Argument: the MQTT version, 3.1.1 or 5. Ends with its standard input. Several clients at once, by name:

    {"client": .., "do": "connect", "host": .., "port": .., "ca": PEM, "username": .., "password": .., "client_id": ..,
     "clean": ..}
    {"client": .., "do": "subscribe", "filters": [[FILTER, QOS], ..]}
    {"client": .., "do": "unsubscribe", "filters": [..]}
    {"client": .., "do": "publish", "number": .., "topic": .., "qos": .., "payload": BASE64}
    {"client": .., "do": "disconnect"}

Events are connack, suback, unsuback, puback, message, closed, and cannot for what the library refuses to do.
"""

import base64
import json
import ssl
import sys
import threading
import warnings

import paho.mqtt.client as paho

VERSION = sys.argv[1]
PROTOCOL = {"3.1.1": paho.MQTTv311, "5": paho.MQTTv5}[VERSION]
# The newer callbacks turn the codes of 3.1.1 into those of 5, and the older ones hide some of 5.
CALLBACKS = {"3.1.1": paho.CallbackAPIVersion.VERSION1, "5": paho.CallbackAPIVersion.VERSION2}[VERSION]

writing = threading.Lock()
clients = {}


def tell(client, event, **facts):
    with writing:
        print(json.dumps({"client": client, "event": event, **facts}), flush=True)


def number(code):
    return getattr(code, "value", code)


class Client:
    def __init__(self, name, command):
        self.name = name
        # A publish is acknowledged by paho's number for it, perhaps before paho has said which that is.
        self.publishing = threading.Lock()
        self.numbers = {}
        clean = {"clean_session": command["clean"]} if VERSION == "3.1.1" else {}
        self.paho = paho.Client(
            CALLBACKS, client_id=command["client_id"], protocol=PROTOCOL, reconnect_on_failure=False, **clean
        )
        if command["username"] is not None:
            self.paho.username_pw_set(command["username"], command["password"])
        elif command["password"] is not None:
            raise ValueError("paho sends no password without a user name")
        context = ssl.create_default_context(cadata=command["ca"])
        self.paho.tls_set_context(context)
        self.paho.on_message = self.on_message
        for event in ("connect", "subscribe", "unsubscribe", "publish", "disconnect"):
            name = f"on_{event}" if VERSION == "3.1.1" else f"on_{event}_5"
            setattr(self.paho, f"on_{event}", getattr(self, name))
        start = {"clean_start": command["clean"]} if VERSION == "5" else {}
        self.paho.connect(command["host"], command["port"], keepalive=60, **start)
        self.paho.loop_start()

    def on_connect(self, client, userdata, flags, code):
        tell(self.name, "connack", code=code, session_present=bool(flags["session present"]))

    def on_connect_5(self, client, userdata, flags, code, properties):
        tell(self.name, "connack", code=code.value, session_present=flags.session_present)

    def on_subscribe(self, client, userdata, mid, codes):
        tell(self.name, "suback", codes=list(codes))

    def on_subscribe_5(self, client, userdata, mid, codes, properties):
        tell(self.name, "suback", codes=[number(code) for code in codes])

    def on_unsubscribe(self, client, userdata, mid):
        tell(self.name, "unsuback", codes=None)

    def on_unsubscribe_5(self, client, userdata, mid, codes, properties):
        tell(self.name, "unsuback", codes=[number(code) for code in codes])

    def on_publish(self, client, userdata, mid):
        self.acknowledged(mid, 0)

    def on_publish_5(self, client, userdata, mid, code, properties):
        self.acknowledged(mid, number(code))

    def acknowledged(self, mid, code):
        with self.publishing:
            number = self.numbers.pop(mid)
        # paho calls this for QoS 0 too, when it was written.
        if number is not None:
            tell(self.name, "puback", number=number, code=code)

    def on_message(self, client, userdata, message):
        payload = base64.b64encode(message.payload).decode()
        tell(self.name, "message", topic=message.topic, qos=message.qos, payload=payload)

    def on_disconnect(self, client, userdata, code):
        tell(self.name, "closed", reason=None)

    def on_disconnect_5(self, client, userdata, flags, code, properties):
        tell(self.name, "closed", reason=code.value if flags.is_disconnect_packet_from_server else None)

    def subscribe(self, command):
        self.paho.subscribe([tuple(filter) for filter in command["filters"]])

    def unsubscribe(self, command):
        self.paho.unsubscribe(command["filters"])

    def publish(self, command):
        with self.publishing:
            payload = base64.b64decode(command["payload"])
            told = command["number"] if command["qos"] > 0 else None
            information = self.paho.publish(command["topic"], payload, qos=command["qos"])
            self.numbers[information.mid] = told

    def disconnect(self, command):
        self.paho.disconnect()


warnings.simplefilter("ignore", DeprecationWarning)
for line in sys.stdin:
    command = json.loads(line)
    name = command["client"]
    try:
        if command["do"] == "connect":
            clients[name] = Client(name, command)
        else:
            getattr(clients[name], command["do"])(command)
    except ValueError as error:
        tell(name, "cannot", why=str(error))
