//! The preview for people and the server's own reader, which are two: they agree on every payload.

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest},
};
use serde_json::Value;
use shared::thingsboard::{
    server::{self, PayloadProblem},
    upload::{self, Preview, UploadProblem, Warning},
};

const NOW_MS: i64 = 1_767_225_600_000;

type Rows = Vec<(i64, String, Value)>;

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => any::<i64>().prop_map(|number| number.to_string()),
        2 => any::<f64>().prop_map(|number| number.to_string()),
        2 => (0..30_u32).prop_map(|power| format!("1.5e-{power}")),
        1 => Just("1e-9223372036854775808".to_owned()),
        1 => Just("1e1001".to_owned()),
        2 => any::<i64>().prop_map(|number| format!("\"{number}\"")),
        2 => "[a-z0-9.]{0,4}".prop_map(|text| format!("'{text}'")),
        1 => Just("null".to_owned()),
        1 => Just("true".to_owned()),
    ]
}

/// With names that mean something, some of them twice.
fn object(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let name = prop_oneof![Just("ts"), Just("values"), Just("a"), Just("b"), Just("deleted")];
    vec((name, value), 0..4).prop_map(|members| {
        let members: Vec<String> = members.iter().map(|(name, value)| format!("{name}:{value}")).collect();
        format!("{{{}}}", members.join(","))
    })
}

fn payload() -> impl Strategy<Value = String> {
    let sample = || {
        prop_oneof![
            object(scalar()),
            object(prop_oneof![3 => scalar().boxed(), 2 => object(scalar()).boxed()]),
            (scalar(), object(scalar())).prop_map(|(ts, values)| format!("{{ts:{ts},values:{values}}}")),
        ]
    };
    prop_oneof![
        4 => sample(),
        4 => vec(sample(), 0..4).prop_map(|samples| format!("[{}]", samples.join(","))),
        1 => vec(prop_oneof![sample().boxed(), scalar().boxed()], 0..3)
            .prop_map(|samples| format!("[{}]", samples.join(";"))),
        1 => scalar(),
        1 => any::<String>(),
    ]
}

fn sorted(mut rows: Rows) -> Rows {
    rows.sort_by_key(|(ts_ms, key, value)| (*ts_ms, key.clone(), value.to_string()));
    rows
}

fn shown(preview: Result<&Preview, &UploadProblem>) -> Result<Rows, PayloadProblem> {
    let points = preview?.points.iter();
    Ok(sorted(
        points.map(|point| (point.ts_ms.unwrap_or(NOW_MS), point.key.clone(), point.value.clone())).collect(),
    ))
}

proptest! {
    #[test]
    fn what_is_shown_of_telemetry_is_what_the_server_takes(text in payload()) {
        let preview = upload::telemetry(&text, NOW_MS);
        let samples = server::samples(text.as_bytes(), NOW_MS).map_err(PayloadProblem::from);
        let silent = preview.as_ref().is_ok_and(|preview| preview.warnings.contains(&Warning::NeverAcknowledged));
        prop_assert_eq!(silent, samples.as_ref().is_ok_and(Vec::is_empty));
        let taken = samples.map(|samples| {
            let rows = samples.into_iter().flat_map(|sample| {
                sample.values.into_iter().map(move |(key, value)| (sample.ts_ms, key, value))
            });
            sorted(rows.collect())
        });
        prop_assert_eq!(shown(preview.as_ref()), taken);
    }

    #[test]
    fn what_is_shown_of_attributes_is_what_the_server_takes(text in payload()) {
        let preview = upload::attributes(&text);
        let values = server::attributes(text.as_bytes()).map_err(PayloadProblem::from);
        let taken = values.map(|values| {
            sorted(values.into_iter().map(|(key, value)| (NOW_MS, key, value)).collect())
        });
        prop_assert_eq!(shown(preview.as_ref()), taken);
    }
}
