//! Rows, and the payloads that they make.

use super::*;

fn rows(contents: &[(&str, &str, &str)]) -> Rows {
    let mut rows = Rows::default();
    rows.replace(
        contents
            .iter()
            .map(|(time, key, value)| ((*time).to_owned(), (*key).to_owned(), (*value).to_owned())),
    );
    rows
}

#[test]
fn each_way_makes_its_own_payload() {
    let rows = rows(&[("5", "a", "1"), ("5", "b", "on"), ("", "", ""), ("", "c", "127.0"), ("5", "a", "2")]);
    assert_eq!(rows.payload(Way::Now).unwrap(), r#"{"a": 1, "b": "on", "c": 127.0, "a": 2}"#);
    assert!(matches!(rows.payload(Way::WithTimestamp), Err(Missing::Field(_))));
    let timed = Rows { time: "1795529400000".into(), ..rows.clone() };
    assert_eq!(
        timed.payload(Way::WithTimestamp).unwrap(),
        r#"{"ts": 1795529400000, "values": {"a": 1, "b": "on", "c": 127.0, "a": 2}}"#
    );
    assert_eq!(
        rows.payload(Way::Batch).unwrap(),
        r#"[{"ts": 5, "values": {"a": 1, "b": "on"}}, {"c": 127.0}, {"ts": 5, "values": {"a": 2}}]"#
    );
}

#[test]
fn a_key_twice_at_one_time_becomes_two_elements() {
    let rows = rows(&[("5", "a", "1"), ("5", "a", "2")]);
    let batch = r#"[{"ts": 5, "values": {"a": 1}}, {"ts": 5, "values": {"a": 2}}]"#;
    assert_eq!(rows.payload(Way::Batch).unwrap(), batch);
}

#[test]
fn problems_stand_at_their_fields_and_empty_rows_have_none() {
    let mut rows = rows(&[("x", "", "1"), ("", "k", ""), ("", "", "")]);
    assert!(rows.check(Way::Batch));
    assert!(rows.list[0].key_problem.is_some() && rows.list[0].time_problem.is_some());
    assert!(rows.list[1].value_problem.is_some() && rows.list[1].time_problem.is_none());
    assert_eq!(rows.list[2], Row { number: rows.list[2].number, ..Row::default() });
    assert!(rows.check(Way::WithTimestamp));
    assert!(rows.time_problem.is_some());
}

#[test]
fn times_are_replaced_moment_by_moment() {
    let mut rows = rows(&[("5", "a", "1"), ("5", "b", "1"), ("", "", ""), ("6", "a", "1"), ("", "c", "1")]);
    rows.retime(&[Some(5000), Some(6000), None]);
    let times: Vec<&str> = rows.list.iter().map(|row| row.time.as_str()).collect();
    assert_eq!(times, ["5000", "5000", "", "6000", ""]);
}

#[test]
fn there_is_always_a_row_and_never_more_than_the_bound() {
    let mut rows = Rows::default();
    for _ in 0..2 * MAX_ROWS {
        rows.add();
    }
    assert_eq!(rows.list.len(), MAX_ROWS);
    let mut rows = Rows::default();
    rows.remove(rows.list[0].number);
    assert_eq!(rows.list.len(), 1);
}
