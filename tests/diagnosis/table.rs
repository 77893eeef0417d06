//! The table: every server set-up, the good ones first.

mod forms;
mod given;
mod issuers;
mod keys;
mod mqtt;
mod names;
mod ports;
mod recipes;
mod times;
mod tls;

use crate::row::Row;

/// Rows about one thing.
pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) rows: Vec<Row>,
}

pub(crate) fn groups() -> Vec<Group> {
    let group = |title, rows| Group { title, rows };
    vec![
        group("Certificates made by a guide", recipes::rows()),
        group("Files that people give", given::rows()),
        group("Who issued it", issuers::rows()),
        group("Names", names::rows()),
        group("Dates", times::rows()),
        group("Keys and signatures", keys::rows()),
        group("Forms and purposes", forms::rows()),
        group("The TLS handshake", tls::rows()),
        group("Ports", ports::rows()),
        group("After TLS", mqtt::rows()),
    ]
}

pub(crate) fn rows() -> Vec<Row> {
    groups().into_iter().flat_map(|group| group.rows).collect()
}
