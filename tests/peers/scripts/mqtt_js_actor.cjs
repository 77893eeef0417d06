// Does with MQTT.js what it is told on standard input, and tells what comes of it: the same as paho_actor.py, where
// commands and events are described. Argument: the MQTT version, 3.1.1 or 5.
"use strict";

const mqtt = require("mqtt");
const readline = require("node:readline");

const protocolVersion = { "3.1.1": 4, 5: 5 }[process.argv[2]];
const clients = new Map();

function tell(client, event, facts) {
  process.stdout.write(JSON.stringify({ client, event, ...facts }) + "\n");
}

/** One client and the numbers of its publishes by packet identifier. */
class Client {
  constructor(name, command) {
    this.name = name;
    // Numbers not yet sent, in order, and those sent.
    this.waiting = [];
    this.numbers = new Map();
    this.reason = null;
    this.connection = mqtt.connect({
      protocol: "mqtts",
      host: command.host,
      port: command.port,
      ca: command.ca,
      protocolVersion,
      clientId: command.client_id,
      clean: command.clean,
      username: command.username ?? undefined,
      password: command.password ?? undefined,
      keepalive: 60,
      reconnectPeriod: 0,
      resubscribe: false,
    });
    this.connection.on("packetreceive", (packet) => this.heard(packet));
    this.connection.on("packetsend", (packet) => {
      if (packet.cmd === "publish" && packet.qos > 0) this.numbers.set(packet.messageId, this.waiting.shift());
    });
    this.connection.on("close", () => tell(name, "closed", { reason: this.reason }));
    // What is no packet from the server is told by `closed` or `cannot`.
    this.connection.on("error", () => {});
  }

  heard(packet) {
    const code = packet.reasonCode ?? 0;
    switch (packet.cmd) {
      case "connack":
        // The code has another name in MQTT 3.1.1.
        return tell(this.name, "connack", {
          code: packet.returnCode ?? code,
          session_present: packet.sessionPresent,
        });
      case "suback":
        return tell(this.name, "suback", { codes: [...packet.granted] });
      case "unsuback":
        return tell(this.name, "unsuback", { codes: protocolVersion === 5 ? [...packet.granted] : null });
      case "puback":
        return tell(this.name, "puback", { number: this.numbers.get(packet.messageId), code });
      case "publish":
        return tell(this.name, "message", {
          topic: packet.topic,
          qos: packet.qos,
          payload: Buffer.from(packet.payload).toString("base64"),
        });
      case "disconnect":
        this.reason = code;
        return undefined;
      default:
        return undefined;
    }
  }

  subscribe(command) {
    const filters = Object.fromEntries(command.filters.map(([filter, qos]) => [filter, { qos }]));
    this.connection.subscribe(filters, () => {});
  }

  unsubscribe(command) {
    this.connection.unsubscribe(command.filters, () => {});
  }

  publish(command) {
    if (command.qos > 0) this.waiting.push(command.number);
    this.connection.publish(command.topic, Buffer.from(command.payload, "base64"), { qos: command.qos }, () => {});
  }

  disconnect() {
    this.connection.end();
  }
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const command = JSON.parse(line);
  try {
    if (command.do === "connect") clients.set(command.client, new Client(command.client, command));
    else clients.get(command.client)[command.do](command);
  } catch (error) {
    tell(command.client, "cannot", { why: error.message });
  }
}).on("close", () => process.exit(0));
