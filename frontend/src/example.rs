//! What "Run the example" sends and prints: the steps of `one-way-ssl-mqtt-client.py`, which ThingsBoard offers on
//! its page "MQTT over SSL", in the order that they have on the wire. Knows nothing of sockets or of the page.

use shared::{
    thingsboard::topic::{Flavour, Topic, filter},
    wire::QoS,
};

/// Asked for one by one, QoS 0 each, as the script does.
pub const FILTERS: [&str; 3] = [filter::ATTRIBUTES, filter::ATTRIBUTES_RESPONSE, filter::RPC_REQUEST];

/// QoS of everything the script publishes.
pub const PUBLISH_QOS: QoS = QoS::AtLeastOnce;

/// One publish of the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish {
    pub topic: Topic,
    pub payload: &'static str,
}

/// Sent after the subscriptions, in this order.
pub const PUBLISHES: [Publish; 2] = [
    Publish { topic: Topic::Telemetry(Flavour::V1), payload: r#"{"temperature": 42}"# },
    Publish { topic: Topic::AttributesRequest(Flavour::V1, 1), payload: r#"{"clientKeys":"model"}"# },
];

/// Milliseconds after which a server that has not answered is taken not to.
pub const PATIENCE_MS: u32 = 5_000;

/// Said then.
pub const NO_ANSWER: &str = "No answer to the attributes request yet: this server is not ThingsBoard, or it did not \
                             understand the request.";

/// Whether a message is the answer that the script waits for.
#[must_use]
pub fn is_answer(topic: &str) -> bool {
    matches!(Topic::parse(topic), Some(Topic::AttributesResponse(Flavour::V1, _)))
}

/// The script's first line.
#[must_use]
pub fn connected_line(return_code: u8) -> String {
    format!("Connected with result code {return_code}")
}

/// How the script answers a message, when it is an RPC request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub line: String,
    pub publish: Publish,
}

/// The script's answer to a message on `topic`.
#[must_use]
pub fn reply(topic: &str) -> Option<Reply> {
    let Some(Topic::RpcRequest(Flavour::V1, id)) = Topic::parse(topic) else { return None };
    Some(Reply {
        line: format!("This is a RPC call. RequestID: {id}. Going to reply now!"),
        publish: Publish {
            topic: Topic::RpcResponse(Flavour::V1, id),
            payload: r#"{"value1":"A", "value2":"B"}"#,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_subscribes_and_publishes_in_its_own_order() {
        assert_eq!(
            FILTERS,
            [
                "v1/devices/me/attributes",
                "v1/devices/me/attributes/response/+",
                "v1/devices/me/rpc/request/+"
            ]
        );
        let topics: Vec<String> = PUBLISHES.iter().map(|publish| publish.topic.to_string()).collect();
        assert_eq!(topics, ["v1/devices/me/telemetry", "v1/devices/me/attributes/request/1"]);
        assert_eq!(PUBLISHES[0].payload, "{\"temperature\": 42}");
        assert_eq!(PUBLISHES[1].payload, "{\"clientKeys\":\"model\"}");
    }

    #[test]
    fn an_rpc_request_is_answered_under_its_id() {
        let reply = reply("v1/devices/me/rpc/request/7").unwrap();
        assert_eq!(reply.line, "This is a RPC call. RequestID: 7. Going to reply now!");
        assert_eq!(reply.publish.topic.to_string(), "v1/devices/me/rpc/response/7");
        assert_eq!(reply.publish.payload, "{\"value1\":\"A\", \"value2\":\"B\"}");
    }

    #[test]
    fn other_messages_are_not_answered() {
        for topic in
            ["v1/devices/me/attributes", "v1/devices/me/rpc/response/7", "v1/devices/me/rpc/request/x"]
        {
            assert_eq!(reply(topic), None, "{topic}");
        }
    }
}
