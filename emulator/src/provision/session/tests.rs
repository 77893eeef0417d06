use super::*;
use bytes::Bytes;
use serde_json::{Value, json};
use shared::credentials::AccessToken;

const BOTH: [Version; 2] = [Version::V4, Version::V5];
const REST: Duration = Duration::from_secs(60);
const REQUEST: &str = r#"{"provisionDeviceKey":"k","provisionDeviceSecret":"s"}"#;

fn publish(topic: &str, payload: &str, qos: Qos) -> In {
    let payload = Bytes::copy_from_slice(payload.as_bytes());
    let id = if qos == Qos::Zero { 0 } else { 7 };
    In::Publish(Publish { topic: topic.to_owned(), payload, qos, retain: false, id })
}

fn answer(session: &mut ProvisionSession, packet: In) -> Vec<Effect> {
    session.on_packet(packet, Instant::now(), |_| ProvisionOutcome::NotFound)
}

fn ack(verdict: AckVerdict) -> Effect {
    Effect::Send(Out::PubAck { id: 7, verdict })
}

#[test]
fn only_the_name_opens_it() {
    let connect = |client_id: &str, username: Option<&str>| Connect {
        client_id: client_id.to_owned(),
        clean: true,
        keep_alive: 60,
        username: username.map(|name| name.to_owned().into()),
        password: None,
    };
    assert!(is_wanted(&connect("", Some("provision"))));
    assert!(is_wanted(&connect("provision", Some("TOKEN"))));
    assert!(!is_wanted(&connect("Provision", Some("provision "))));
    assert!(!is_wanted(&connect("", None)));
}

#[test]
fn a_request_is_acknowledged_and_answered_and_the_session_then_has_a_minute() {
    let outcomes = [
        (
            ProvisionOutcome::Token(AccessToken::parse("TOK").unwrap()),
            json!({"credentialsValue": "TOK", "credentialsType": "ACCESS_TOKEN", "status": "SUCCESS"}),
        ),
        (
            ProvisionOutcome::NotFound,
            json!({"errorMsg": "Provision data was not found!", "status": "NOT_FOUND"}),
        ),
        (ProvisionOutcome::Failure, json!({"errorMsg": "Failed to provision device!", "status": "FAILURE"})),
    ];
    for version in BOTH {
        for (outcome, reply) in outcomes.clone() {
            let mut session = ProvisionSession::new(version, REST);
            let filters = vec![(PROVISION_RESPONSE.to_owned(), Qos::Zero), ("v2/a".to_owned(), Qos::One)];
            let subscribed = answer(&mut session, In::Subscribe { id: 3, filters });
            let granted = vec![Some(Qos::Zero), None];
            assert_eq!(subscribed, [Effect::Send(Out::SubAck { id: 3, granted })]);
            assert_eq!(session.end(), None);
            let now = Instant::now();
            let request = publish(PROVISION_REQUEST, REQUEST, Qos::One);
            let effects = session.on_packet(request, now, |request| {
                assert_eq!((request.key.as_str(), request.secret.as_str()), ("k", "s"));
                outcome
            });
            let [acknowledged, Effect::Send(Out::Publish(response))] = effects.as_slice() else {
                panic!("{effects:?}");
            };
            assert_eq!(*acknowledged, ack(AckVerdict::Taken));
            assert_eq!(
                (response.topic.as_str(), response.qos, response.id),
                (PROVISION_RESPONSE, Qos::Zero, 0)
            );
            assert_eq!(serde_json::from_slice::<Value>(&response.payload).unwrap(), reply);
            assert_eq!(session.end(), Some(now + REST));
        }
    }
}

#[test]
fn a_device_that_did_not_subscribe_is_answered_at_qos_1() {
    let mut session = ProvisionSession::new(Version::V4, REST);
    let effects = answer(&mut session, publish(PROVISION_REQUEST, REQUEST, Qos::Zero));
    assert!(matches!(effects.as_slice(), [Effect::Send(Out::Publish(Publish { qos: Qos::One, id: 1, .. }))]));
}

#[test]
fn other_topics_and_incomplete_requests_are_acknowledged_with_a_reason_and_end_it() {
    for version in BOTH {
        let mut session = ProvisionSession::new(version, REST);
        let effects = answer(&mut session, publish("v1/devices/me/telemetry", "{}", Qos::One));
        assert_eq!(effects, [ack(AckVerdict::UnknownTopic), Effect::Close(Ending::WrongTopic)]);
        let effects = answer(&mut session, publish(PROVISION_REQUEST, "{}", Qos::One));
        assert_eq!(effects, [ack(AckVerdict::Failed), Effect::Close(Ending::Unprocessable)]);
        let effects = answer(&mut session, publish(PROVISION_REQUEST, "{}", Qos::Zero));
        assert_eq!(effects, [Effect::Close(Ending::Unprocessable)]);
        assert_eq!(session.end(), None);
    }
    assert_eq!(Ending::WrongTopic.disconnect_reason(), Some(0x90));
    assert_eq!(Ending::Unprocessable.disconnect_reason(), Some(0x83));
}

#[test]
fn what_is_no_request_at_all_is_a_bad_payload() {
    let refused = |version| {
        answer(&mut ProvisionSession::new(version, REST), publish(PROVISION_REQUEST, "[]", Qos::One))
    };
    assert_eq!(refused(Version::V4), [Effect::Close(Ending::BadPayload)]);
    assert_eq!(refused(Version::V5), [ack(AckVerdict::BadPayload)]);
}

#[test]
fn the_small_packets() {
    let mut session = ProvisionSession::new(Version::V5, REST);
    assert_eq!(answer(&mut session, In::PingReq), [Effect::Send(Out::PingResp)]);
    assert_eq!(answer(&mut session, In::Disconnect), [Effect::Close(Ending::Disconnected)]);
    answer(&mut session, In::Subscribe { id: 3, filters: vec![(PROVISION_RESPONSE.to_owned(), Qos::One)] });
    let filters = vec![PROVISION_RESPONSE.to_owned(), "x".to_owned()];
    let unsubscribed = answer(&mut session, In::Unsubscribe { id: 4, filters });
    assert_eq!(
        unsubscribed,
        [Effect::Send(Out::UnsubAck {
            id: 4,
            verdicts: vec![UnsubVerdict::Done, UnsubVerdict::NotSubscribed]
        })]
    );
}
