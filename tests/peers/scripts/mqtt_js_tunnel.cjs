// MQTT.js over a WebSocket, as a dashboard in a browser uses it: connects, subscribes, publishes, and tells each step and
// each message as one line of JSON. Stays until its standard input ends.
// Arguments: URL, origin, MQTT version (3.1.1 or 5), user name, filter, then topic, QoS and payload of each publish.
"use strict";

const mqtt = require("mqtt");

const [url, origin, version, username, filter, ...rest] = process.argv.slice(2);
const publishes = [];
while (rest.length > 0) publishes.push(rest.splice(0, 3));

function tell(event, facts) {
  process.stdout.write(JSON.stringify({ event, ...facts }) + "\n");
}

const client = mqtt.connect(url, {
  protocolVersion: { "3.1.1": 4, 5: 5 }[version],
  username,
  reconnectPeriod: 0,
  // A browser names the page's origin by itself.
  wsOptions: { origin },
});

client.on("packetreceive", (packet) => {
  // The code has another name in MQTT 3.1.1.
  if (packet.cmd === "connack") tell("connack", { code: packet.reasonCode ?? packet.returnCode });
  if (packet.cmd === "suback") tell("suback", { codes: [...packet.granted] });
});
client.on("message", (topic, payload, packet) => tell("message", { topic, qos: packet.qos, payload: payload.toString() }));
// What is no packet from the server is told as the end of the connection.
client.on("error", (error) => tell("error", { message: error.message }));
client.on("close", () => tell("closed"));
client.on("connect", async () => {
  await client.subscribeAsync(filter, { qos: 1 });
  for (const [topic, qos, payload] of publishes) {
    // At QoS 1 this waits for the acknowledgement.
    await client.publishAsync(topic, payload, { qos: Number(qos) });
    tell("published", { topic, qos: Number(qos) });
  }
});

process.stdin.on("end", () => client.end(false, () => process.exit(0))).resume();
