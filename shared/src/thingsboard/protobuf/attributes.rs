//! Requests, responses and pushes of attributes (ThingsBoard ProtoConverter.convertToGetAttributeRequestMessage
//! and ProtoMqttAdaptor.convertToPublish). Both ends: the device's and the server's.

use super::{
    DecodeProblem, decode,
    transport::{
        AttributeUpdateNotificationMsg, AttributesRequest, GetAttributeResponseMsg, KeyValueProto,
        KeyValueType, TsKvProto,
    },
};
use crate::thingsboard::{
    attributes::{self, Push, RequestedKeys, Response},
    json,
    topic::TopicId,
};
use prost::Message;
use serde_json::{Map, Number, Value};

/// Asks for attributes.
#[must_use]
pub fn encode_request(request: &attributes::AttributesRequest) -> Vec<u8> {
    let message = AttributesRequest {
        client_keys: request.client().join(","),
        shared_keys: request.shared().join(","),
    };
    message.encode_to_vec()
}

/// Reads a request, as the server does. No bytes are a request for everything.
///
/// # Errors
/// When the bytes are no such message.
pub fn decode_request(bytes: &[u8]) -> Result<RequestedKeys, DecodeProblem> {
    let message: AttributesRequest = decode(bytes, "AttributesRequest")?;
    Ok(RequestedKeys { client: split(&message.client_keys), shared: split(&message.shared_keys) })
}

/// Java's `split`: empty keys at the end do not count.
fn split(keys: &str) -> Option<Vec<String>> {
    let keys = keys.trim_end_matches(',');
    (!keys.is_empty()).then(|| keys.split(',').map(str::to_owned).collect())
}

/// The answer to a request. Its id stands in the topic as well.
///
/// # Errors
/// When the bytes are no such message.
pub fn decode_response(bytes: &[u8]) -> Result<Response, DecodeProblem> {
    const NAME: &str = "GetAttributeResponseMsg";
    let message: GetAttributeResponseMsg = decode(bytes, NAME)?;
    Ok(Response {
        client: values(message.client_attribute_list, NAME)?,
        shared: values(message.shared_attribute_list, NAME)?,
    })
}

/// The answer as the server writes it. `changed_ms` is when the attributes last changed, `several` whether
/// more than one was asked for.
#[must_use]
pub fn encode_response(id: TopicId, response: &Response, changed_ms: i64, several: bool) -> Vec<u8> {
    let message = GetAttributeResponseMsg {
        request_id: id,
        client_attribute_list: entries(&response.client, changed_ms),
        shared_attribute_list: entries(&response.shared, changed_ms),
        is_multiple_attributes_request: several,
        error: String::new(),
        shared_state_msg: false,
    };
    message.encode_to_vec()
}

/// News of shared attributes. The message has room for changes and deletions at once, though ThingsBoard sends
/// one or the other: so none, one or both, changes first.
///
/// # Errors
/// When the bytes are no such message.
pub fn decode_pushes(bytes: &[u8]) -> Result<Vec<Push>, DecodeProblem> {
    const NAME: &str = "AttributeUpdateNotificationMsg";
    let message: AttributeUpdateNotificationMsg = decode(bytes, NAME)?;
    let updated = values(message.shared_updated, NAME)?;
    let updated = (!updated.is_empty()).then_some(Push::Updated(updated));
    let deleted = (!message.shared_deleted.is_empty()).then_some(Push::Deleted(message.shared_deleted));
    Ok(updated.into_iter().chain(deleted).collect())
}

/// News of shared attributes as the server writes it.
#[must_use]
pub fn encode_push(push: &Push, changed_ms: i64) -> Vec<u8> {
    let (shared_updated, shared_deleted) = match push {
        Push::Updated(values) => (entries(values, changed_ms), Vec::new()),
        Push::Deleted(keys) => (Vec::new(), keys.clone()),
    };
    AttributeUpdateNotificationMsg { shared_updated, shared_deleted }.encode_to_vec()
}

fn entries(values: &Map<String, Value>, ts: i64) -> Vec<TsKvProto> {
    values.iter().map(|(key, value)| TsKvProto { ts, kv: Some(to_proto(key, value)) }).collect()
}

fn values(entries: Vec<TsKvProto>, message: &'static str) -> Result<Map<String, Value>, DecodeProblem> {
    let kvs = entries.into_iter().filter_map(|entry| entry.kv);
    kvs.map(from_proto).collect::<Option<_>>().ok_or(DecodeProblem { message })
}

/// A whole number of 64 bits is a long, another a double; `null`, which ThingsBoard cannot hold, is JSON.
fn to_proto(key: &str, value: &Value) -> KeyValueProto {
    let typed =
        |kind: KeyValueType| KeyValueProto { key: key.to_owned(), r#type: kind.into(), ..Default::default() };
    match value {
        Value::Bool(flag) => KeyValueProto { bool_v: *flag, ..typed(KeyValueType::Boolean) },
        Value::String(text) => KeyValueProto { string_v: text.clone(), ..typed(KeyValueType::String) },
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(long), _) => KeyValueProto { long_v: long, ..typed(KeyValueType::Long) },
            (None, Some(double)) if number.is_f64() => {
                KeyValueProto { double_v: double, ..typed(KeyValueType::Double) }
            }
            // Beyond a long ThingsBoard keeps digits as a text.
            _ => KeyValueProto { string_v: number.to_string(), ..typed(KeyValueType::String) },
        },
        other => KeyValueProto { json_v: other.to_string(), ..typed(KeyValueType::Json) },
    }
}

/// `None` for a type or a JSON text that is not understood.
fn from_proto(kv: KeyValueProto) -> Option<(String, Value)> {
    let value = match KeyValueType::try_from(kv.r#type).ok()? {
        KeyValueType::Boolean => Value::Bool(kv.bool_v),
        KeyValueType::Long => Value::from(kv.long_v),
        // JSON has no word for what is no number.
        KeyValueType::Double => Number::from_f64(kv.double_v)
            .map_or_else(|| Value::String(kv.double_v.to_string()), Value::Number),
        KeyValueType::String => Value::String(kv.string_v),
        KeyValueType::Json => json::parse(&kv.json_v).ok()?.into_value(),
    };
    Some((kv.key, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_request_names_its_keys_by_scope() {
        let bytes = encode_request(&attributes::AttributesRequest::parse("a,b", "").unwrap());
        assert_eq!(bytes, b"\x0a\x03a,b");
        let client = Some(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(decode_request(&bytes), Ok(RequestedKeys { client, shared: None }));
        assert_eq!(encode_request(&attributes::AttributesRequest::all()), b"");
        assert_eq!(decode_request(b""), Ok(RequestedKeys::default()));
        let commas = AttributesRequest { client_keys: ",".to_owned(), shared_keys: ",a,,".to_owned() };
        let shared = Some(vec![String::new(), "a".to_owned()]);
        assert_eq!(decode_request(&commas.encode_to_vec()), Ok(RequestedKeys { client: None, shared }));
        assert!(decode_request(b"{}").is_err());
    }

    #[test]
    fn a_response_is_what_the_server_writes() {
        // Request 1 and the shared attribute `on`, true, of millisecond 5.
        let bytes = b"\x08\x01\x1a\x0a\x08\x05\x12\x06\x0a\x02on\x18\x01";
        let response = Response { shared: map(&json!({"on": true})), ..Response::default() };
        assert_eq!(decode_response(bytes), Ok(response.clone()));
        assert_eq!(encode_response(1, &response, 5, false), bytes);
    }

    #[test]
    fn every_type_comes_back_as_it_was() {
        let values = map(&json!({
            "flag": false, "long": i64::MIN, "double": 127.0, "text": "007", "empty": "", "json": {"a": [1, null]},
        }));
        let response = Response { client: values.clone(), shared: Map::new() };
        let back = decode_response(&encode_response(-7, &response, 1, true)).unwrap();
        assert_eq!(back, response);
        assert_eq!(back.client["double"].to_string(), "127.0");
        let pushes = [Push::Updated(values), Push::Deleted(vec!["old".to_owned()])];
        for push in &pushes {
            assert_eq!(decode_pushes(&encode_push(push, 1)).as_deref(), Ok(std::slice::from_ref(push)));
        }
        // Protobuf merges messages that stand one after the other.
        let both: Vec<u8> = pushes.iter().flat_map(|push| encode_push(push, 1)).collect();
        assert_eq!(decode_pushes(&both).as_deref(), Ok(&pushes[..]));
        let large = Push::Updated(map(&json!({"n": u64::MAX})));
        let text = Push::Updated(map(&json!({"n": u64::MAX.to_string()})));
        assert_eq!(decode_pushes(&encode_push(&large, 1)), Ok(vec![text]));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let read = |kv| {
            let entry = TsKvProto { ts: 1, kv: Some(kv) };
            let message =
                AttributeUpdateNotificationMsg { shared_updated: vec![entry], shared_deleted: vec![] };
            decode_pushes(&message.encode_to_vec())
        };
        let unknown = KeyValueProto { r#type: 9, ..Default::default() };
        let broken = KeyValueProto { r#type: 4, json_v: "{".to_owned(), ..Default::default() };
        for kv in [unknown, broken] {
            assert!(read(kv).is_err());
        }
        let nan = KeyValueProto { r#type: 2, double_v: f64::NAN, ..Default::default() };
        assert_eq!(read(nan), Ok(vec![Push::Updated(map(&json!({"": "NaN"})))]));
        assert_eq!(decode_pushes(b""), Ok(vec![]));
        assert!(decode_pushes(b"{\"k\":1}").is_err());
    }
}
