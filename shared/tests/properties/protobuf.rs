//! Protobuf payloads and JSON, there and back.

use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use serde_json::{Map, Value, json};
use shared::thingsboard::{
    attributes::{AttributesRequest, Push, Response},
    json::{self, Json},
    protobuf::{self, rpc, upload},
    value,
};

fn number() -> impl Strategy<Value = f64> {
    any::<f64>().prop_filter("JSON has finite numbers only", |number| number.is_finite())
}

/// Members of an object, some of them.
fn object(
    members: Vec<(&'static str, impl Strategy<Value = Value> + 'static)>,
) -> impl Strategy<Value = Value> {
    let members: Vec<_> = members
        .into_iter()
        .map(|(name, value)| {
            prop_oneof![Just(None), value.prop_map(move |value| Some((name.to_owned(), value)))]
        })
        .collect();
    members.prop_map(|members| Value::Object(members.into_iter().flatten().collect()))
}

fn text() -> impl Strategy<Value = Value> {
    any::<String>().prop_map(Value::from)
}

fn double() -> impl Strategy<Value = Value> {
    number().prop_map(Value::from)
}

fn telemetry() -> impl Strategy<Value = Value> {
    let inner = object(vec![
        ("key1", text().boxed()),
        ("key2", any::<bool>().prop_map(Value::from).boxed()),
        ("key3", double().boxed()),
        ("key4", any::<i32>().prop_map(Value::from).boxed()),
        ("key5", text().boxed()),
    ]);
    object(vec![
        ("temperature", double().boxed()),
        ("humidity", double().boxed()),
        ("innerObject", inner.boxed()),
    ])
}

fn attribute() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        double(),
        text(),
        proptest::collection::vec(any::<i64>(), 0..4).prop_map(Value::from),
        any::<String>().prop_map(|text| json!({ "a": [text, null] })),
    ]
}

fn attributes_of_a_device() -> impl Strategy<Value = Map<String, Value>> {
    proptest::collection::btree_map(any::<String>(), attribute(), 0..6)
        .prop_map(|members| members.into_iter().collect())
}

proptest! {
    #[test]
    fn telemetry_comes_back_with_the_same_values(telemetry in telemetry()) {
        let bytes = upload::encode_telemetry(&telemetry.to_string()).unwrap();
        let back = upload::telemetry_json(&bytes).unwrap();
        prop_assert_eq!(json::parse(&back).unwrap().into_value(), telemetry);
    }

    #[test]
    fn what_the_server_prints_is_taken_again(telemetry in telemetry()) {
        let bytes = upload::encode_telemetry(&telemetry.to_string()).unwrap();
        let printed = upload::telemetry_json(&bytes).unwrap();
        prop_assert_eq!(upload::encode_telemetry(&printed).unwrap(), bytes);
    }

    #[test]
    fn a_double_is_stored_with_its_value(number in -1e15..1e15) {
        let bytes = upload::encode_telemetry(&json!({ "temperature": number }).to_string()).unwrap();
        let printed = upload::telemetry_json(&bytes).unwrap();
        let spelled = printed.trim_start_matches("{\"temperature\":").trim_end_matches('}').to_owned();
        let stored = value::typed(Json::Number(spelled)).unwrap().unwrap();
        // ThingsBoard keeps more than 16 decimals as a text.
        let stored = stored.as_f64().or_else(|| stored.as_str()?.parse().ok());
        prop_assert_eq!(stored, Some(number));
    }

    #[test]
    fn attributes_come_back_with_the_same_values(firmware in any::<String>(), serial in any::<String>()) {
        let attributes = json!({ "firmwareVersion": firmware, "serialNumber": serial });
        let bytes = upload::encode_attributes(&attributes.to_string()).unwrap();
        let back = upload::attributes_json(&bytes).unwrap();
        prop_assert_eq!(serde_json::from_str::<Value>(&back).unwrap(), attributes);
    }

    #[test]
    fn pushes_and_responses_keep_type_and_value(
        client in attributes_of_a_device(),
        shared in attributes_of_a_device(),
        deleted in proptest::collection::vec(any::<String>(), 0..3),
        id in any::<i32>(),
        at in any::<i64>(),
    ) {
        if !shared.is_empty() {
            let push = Push::Updated(shared.clone());
            prop_assert_eq!(protobuf::attributes::decode_pushes(&protobuf::attributes::encode_push(&push, at)), Ok(vec![push]));
        }
        if !deleted.is_empty() {
            let push = Push::Deleted(deleted);
            prop_assert_eq!(protobuf::attributes::decode_pushes(&protobuf::attributes::encode_push(&push, at)), Ok(vec![push]));
        }
        let response = Response { client, shared };
        let bytes = protobuf::attributes::encode_response(id, &response, at, true);
        prop_assert_eq!(protobuf::attributes::decode_response(&bytes), Ok(response));
    }

    #[test]
    fn requested_keys_come_back(
        client in proptest::collection::btree_set("[^,]{1,8}", 1..4),
        shared in proptest::collection::btree_set("[^,]{1,8}", 0..4),
    ) {
        let request = AttributesRequest::of(client, shared).unwrap();
        let asked = protobuf::attributes::decode_request(&protobuf::attributes::encode_request(&request)).unwrap();
        prop_assert_eq!(asked.client.unwrap_or_default(), request.client());
        prop_assert_eq!(asked.shared.unwrap_or_default(), request.shared());
    }

    #[test]
    fn calls_and_answers_keep_their_texts(id in any::<i32>(), method in ".{1,20}", text in any::<String>()) {
        let bytes = rpc::encode_server_call(id, &method, &json!(text).to_string()).unwrap();
        let call = rpc::decode_server_call(&bytes).unwrap();
        prop_assert_eq!(&call.method, &method);
        prop_assert_eq!(call.params, json!(text.clone()));
        let answer = rpc::answer_json(&rpc::encode_answer(&text)).unwrap();
        prop_assert_eq!(serde_json::from_str::<Value>(&answer).unwrap(), json!({ "payload": text.clone() }));
        let bytes = rpc::encode_client_call(&method, &json!({ "x": text.clone() }).to_string()).unwrap();
        let (back, params) = rpc::decode_client_call(&bytes).unwrap();
        prop_assert_eq!(back, method);
        prop_assert_eq!(serde_json::from_str::<Value>(&params).unwrap(), json!({ "x": text }));
    }

    #[test]
    fn no_bytes_make_a_reader_fail_in_another_way(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(printed) = upload::telemetry_json(&bytes) {
            prop_assert!(serde_json::from_str::<Value>(&printed).is_ok(), "{}", printed);
        }
        let _ = upload::attributes_json(&bytes);
        let _ = protobuf::attributes::decode_request(&bytes);
        let _ = protobuf::attributes::decode_response(&bytes);
        let _ = protobuf::attributes::decode_pushes(&bytes);
        let _ = (rpc::decode_server_call(&bytes), rpc::answer_json(&bytes));
        let _ = (rpc::decode_client_call(&bytes), rpc::decode_reply(&bytes));
    }
}
