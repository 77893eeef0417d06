use super::*;
use serde_json::json;

fn limit(text: &str) -> Option<RateLimit> {
    Some(RateLimit::parse(text).unwrap())
}

#[test]
fn the_answer_of_a_device_without_limits_is_read() {
    let answer = r#"{"maxPayloadSize":65536,"maxInflightMessages":100,
        "rateLimits":{"messages":null,"telemetryMessages":null,"telemetryDataPoints":null}}"#;
    let expected = SessionLimits { source: Source::Server, ..SessionLimits::documented() };
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(value(&expected.answer()), value(answer));
    assert_eq!(SessionLimits::read(answer), Ok(expected));
}

#[test]
fn the_answer_of_a_gateway_has_limits_for_its_devices() {
    let answer = json!({
        "maxPayloadSize": 1000, "maxInflightMessages": 7,
        "rateLimits": {"messages": "10:1,300:60", "telemetryMessages": "", "telemetryDataPoints": null},
        "gatewayRateLimits": {"telemetryDataPoints": "200:1,6000:60"},
    });
    let expected = SessionLimits {
        source: Source::Server,
        max_payload_bytes: 1000,
        max_in_flight: 7,
        rates: RateLimits { messages: limit("10:1,300:60"), ..RateLimits::default() },
        gateway_rates: Some(RateLimits {
            telemetry_data_points: limit("200:1,6000:60"),
            ..RateLimits::default()
        }),
    };
    assert_eq!(SessionLimits::read(&expected.answer()), Ok(expected.clone()), "as it is written");
    assert_eq!(SessionLimits::read(&answer.to_string()), Ok(expected));
}

#[test]
fn other_answers_are_told_apart() {
    let long = "x".repeat(1000);
    let answers = [
        (r#"{"error":"timeout"}"#, AnswerProblem::Refused("timeout".to_owned())),
        ("", AnswerProblem::NoObject),
        ("[]", AnswerProblem::NoObject),
        ("{}", AnswerProblem::NoNumber("maxPayloadSize")),
        (r#"{"maxPayloadSize":"many"}"#, AnswerProblem::NoNumber("maxPayloadSize")),
        (r#"{"maxInflightMessages":-1}"#, AnswerProblem::NoNumber("maxInflightMessages")),
        (
            r#"{"rateLimits":{"messages":"often"}}"#,
            AnswerProblem::NoRate { member: "messages", text: "often".to_owned() },
        ),
        (r#"{"rateLimits":5}"#, AnswerProblem::NoRate { member: "rateLimits", text: "5".to_owned() }),
    ];
    for (answer, problem) in answers {
        assert_eq!(SessionLimits::read(answer), Err(problem), "{answer}");
    }
    let problem = SessionLimits::read(&json!({ "error": long }).to_string()).unwrap_err();
    assert!(problem.to_string().len() < 120, "{problem}");
}
