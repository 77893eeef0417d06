use super::*;

fn token(text: &str) -> AccessToken {
    AccessToken::parse(text).unwrap()
}

fn endpoint(host: &str) -> Endpoint {
    Endpoint { host: Host::parse(host).unwrap(), port: 8883 }
}

#[test]
fn a_token_of_a_real_server_is_never_used() {
    let mut platform = Platform::default();
    assert!(!platform.belongs(&endpoint("mqtt.thingsboard.cloud"), &token("T")));
    assert!(!platform.belongs(&endpoint("localhost"), &token("T")), "the demo may be elsewhere");
    let demo_at = |host| DemoDevice {
        name: "Demo".into(),
        endpoint: endpoint(host),
        access_token: token("D"),
        ca_pem: String::new(),
        provisioning: None,
    };
    platform.demo = Some(demo_at("demo.example"));
    assert!(platform.belongs(&endpoint("demo.example"), &token("other")));
    assert!(!platform.belongs(&endpoint("tb.example"), &token("T")));
    assert!(!platform.belongs(&endpoint("localhost"), &token("T")));
    platform.demo = Some(demo_at("localhost"));
    assert!(platform.belongs(&endpoint("127.0.0.1"), &token("other")));
    let beside = Endpoint { port: 18_883, ..endpoint("localhost") };
    assert!(!platform.belongs(&beside, &token("T")), "another server on this computer");
    assert!(platform.belongs(&beside, &token("D")));
}

#[test]
fn one_look_at_a_time_and_a_new_device_starts_afresh() {
    let mut platform = Platform::default();
    let Some(Outcome::Call { ticket, .. }) = platform.refresh(&token("A")) else { panic!() };
    assert!(platform.refresh(&token("A")).is_none());
    platform.reply(ticket, Ok(PlatformReply::View(Box::default())), 5);
    assert!(platform.view.is_some());
    assert!(platform.refresh(&token("B")).is_some());
    assert!(platform.view.is_none());
}

#[test]
fn commands_need_json_and_tell_their_outcome() {
    let mut platform = Platform::default();
    platform.rpc.params = "on".into();
    assert!(matches!(platform.send_rpc(true), Some(Outcome::Focus(PARAMS_ID))));
    assert!(platform.rpc.params_problem.as_ref().unwrap().contains("quotes"));
    platform.rpc.params = "1".into();
    assert!(platform.send_rpc(false).is_none());
    assert!(platform.rpc.notice.unwrap().contains("has not subscribed"));
    let Some(Outcome::Call { ticket, .. }) = platform.send_rpc(true) else { panic!() };
    assert_eq!(platform.rpc.notice, None);
    let response = serde_json::json!({"value1": "A"});
    let words = platform.reply(ticket, Ok(PlatformReply::Rpc(RpcOutcome::Answered { response })), 0).unwrap();
    assert!(platform.newest(Origin::Rpc).is_some_and(|command| command.outcome.is_some()));
    assert!(platform.newest(Origin::Attribute).is_none());
    assert_eq!(words, r#"Two-way RPC setValue 1: answered {"value1":"A"}"#);
    platform.attribute.key = "a".into();
    assert!(matches!(platform.set_attribute(), Outcome::Focus(VALUE_ID)));
    platform.attribute.value = "true".into();
    assert!(matches!(platform.set_attribute(), Outcome::Call { .. }));
}
