use super::*;
use crate::thingsboard::session_limits::{RateLimit, Source};

fn meter(messages: &str, telemetry: &str, points: &str) -> Meter {
    let limit = |text: &str| (!text.is_empty()).then(|| RateLimit::parse(text).unwrap());
    Meter::new(&SessionLimits {
        source: Source::Server,
        rates: RateLimits {
            messages: limit(messages),
            telemetry_messages: limit(telemetry),
            telemetry_data_points: limit(points),
        },
        ..SessionLimits::documented()
    })
}

const OTHER: Publish = Publish { kind: Kind::Other, payload_bytes: 10 };

fn telemetry(data_points: usize) -> Publish {
    Publish { kind: Kind::Telemetry { data_points }, payload_bytes: 10 }
}

/// Sends when it may.
fn send(meter: &mut Meter, publish: &Publish, now_ms: u64) -> Result<(), Exceeded> {
    meter.check(publish, now_ms)?;
    meter.note(publish, now_ms);
    Ok(())
}

#[test]
fn every_window_must_be_kept_and_tokens_come_back_evenly() {
    let mut meter = meter("2:1,3:60", "", "");
    assert_eq!(send(&mut meter, &OTHER, 1000), Ok(()));
    assert_eq!(send(&mut meter, &OTHER, 1000), Ok(()));
    let window = Window { count: 2, seconds: 1 };
    let counted = Counted::Messages;
    assert_eq!(meter.check(&OTHER, 1000), Err(Exceeded::Rate { counted, window, wait_ms: 500 }));
    assert_eq!(meter.check(&OTHER, 1499), Err(Exceeded::Rate { counted, window, wait_ms: 1 }));
    assert_eq!(send(&mut meter, &OTHER, 1500), Ok(()));
    let window = Window { count: 3, seconds: 60 };
    assert_eq!(meter.check(&OTHER, 1500), Err(Exceeded::Rate { counted, window, wait_ms: 19_500 }));
    assert_eq!(meter.check(&OTHER, 21_000), Ok(()));
    assert_eq!(meter.check(&telemetry(1000), 1000), Ok(()), "no limit");
}

#[test]
fn telemetry_takes_from_buckets_of_its_own() {
    let mut meter = meter("1:60", "3:60", "10:60");
    let window = Window { count: 10, seconds: 60 };
    assert_eq!(meter.check(&telemetry(11), 0), Err(Exceeded::NeverFits { points: 11, window }));
    assert_eq!(send(&mut meter, &telemetry(10), 0), Ok(()));
    let problem = Exceeded::Rate { counted: Counted::DataPoints, window, wait_ms: 6_000 };
    assert_eq!(meter.check(&telemetry(1), 0), Err(problem));
    assert_eq!(send(&mut meter, &telemetry(0), 0), Ok(()), "nothing is a message like others");
    assert!(meter.check(&OTHER, 0).is_err());
}

#[test]
fn a_publish_may_be_too_large() {
    let meter = meter("", "", "");
    let publish = |payload_bytes| Publish { payload_bytes, ..OTHER };
    assert_eq!(meter.check(&publish(65_536), 0), Ok(()));
    let problem = Exceeded::Size { bytes: 65_537, limit: 65_536 };
    assert_eq!(meter.check(&publish(65_537), 0), Err(problem));
    assert_eq!(packet_bytes("v2/t", 65_527), 65_536);
}

#[test]
fn the_sentences_name_number_window_and_wait() {
    let mut meter = meter("", "200:1", "20:60");
    for _ in 0..200 {
        meter.note(&telemetry(1), 0);
    }
    let problem = meter.check(&telemetry(1), 0).unwrap_err().to_string();
    assert_eq!(
        problem,
        "The server takes 20 data points in 1 minute and closes the connection at more: this one fits again in 3 seconds."
    );
    let problem = meter.check(&telemetry(21), 0).unwrap_err().to_string();
    assert!(problem.contains("21 data points") && problem.contains("20 of them in 1 minute"), "{problem}");
    let texts = [1, 100, 101, 1_500, 9_999, 10_001, 120_000].map(time);
    let expected = ["0.1", "0.1", "0.2", "1.5", "10.0", "11", "120"].map(|text| format!("{text} seconds"));
    assert_eq!(texts, expected);
}

#[test]
fn usage_names_every_limit_and_falls_with_time() {
    let mut meter = meter("", "3:60", "100:1,1000:60");
    for now in [0, 0, 30_000] {
        meter.note(&telemetry(80), now);
    }
    let row = |counted, used, limit, window_s| Usage { counted, used, limit, window_s };
    let size = row(Counted::PayloadBytes, 10, 65_536, None);
    let expected = [
        row(Counted::TelemetryMessages, 2, 3, Some(60)),
        row(Counted::DataPoints, 80, 100, Some(1)),
        row(Counted::DataPoints, 80, 1000, Some(60)),
        size,
    ];
    assert_eq!(meter.usage(30_000), expected);
    let later: Vec<u64> = meter.usage(200_000).iter().map(|row| row.used).collect();
    assert_eq!(later, [0, 0, 0, 10]);
}

#[test]
fn a_clock_that_runs_backwards_brings_nothing_back() {
    let mut meter = meter("1:1", "", "");
    meter.note(&OTHER, 10_000);
    assert!(meter.check(&OTHER, 5_000).is_err());
    meter.note(&OTHER, 5_000);
    assert!(meter.check(&OTHER, 10_999).is_err());
    assert!(meter.check(&OTHER, 11_000).is_ok());
    assert!(meter.check(&OTHER, u64::MAX).is_ok());
}

#[test]
fn no_numbers_overflow() {
    let most = format!("{0}:{0}", u32::MAX);
    let mut meter = meter(&most, &most, &most);
    for now in [0, u64::MAX] {
        meter.note(&telemetry(usize::MAX), now);
        let _ = meter.check(&telemetry(usize::MAX), now);
        let _ = meter.check(&telemetry(1), now);
        let _ = meter.usage(now);
    }
}
