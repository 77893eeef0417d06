//! JSON as `JsonFormat` prints a message (protobuf-java): members in the order of their numbers, only those
//! that are there, doubles as Java's `Double.toString` spells them. The spelling matters: ThingsBoard types
//! what was printed as if a device had sent it.

use serde_json::Value;

/// Members of an object, in the order in which they were added.
#[derive(Debug, Default)]
pub(super) struct Printed(Vec<String>);

impl Printed {
    pub(super) fn text(&mut self, name: &str, value: Option<&str>) {
        self.add(name, value.map(|text| Value::from(text).to_string()));
    }

    pub(super) fn double(&mut self, name: &str, value: Option<f64>) {
        self.add(name, value.map(double));
    }

    pub(super) fn plain(&mut self, name: &str, value: Option<impl ToString>) {
        self.add(name, value.map(|value| value.to_string()));
    }

    pub(super) fn object(&mut self, name: &str, value: Option<Self>) {
        self.add(name, value.map(Self::finish));
    }

    fn add(&mut self, name: &str, json: Option<String>) {
        self.0.extend(json.map(|json| format!("\"{name}\":{json}")));
    }

    pub(super) fn finish(self) -> String {
        format!("{{{}}}", self.0.join(","))
    }
}

/// A double as Java spells it since version 19: the shortest digits, plain from 0.001 to below ten million,
/// else with an exponent. What is no number is a text.
fn double(value: f64) -> String {
    if value.is_nan() {
        return "\"NaN\"".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "\"Infinity\"" } else { "\"-Infinity\"" }.to_owned();
    }
    if value == 0.0 || (1e-3..1e7).contains(&value.abs()) {
        return format!("{value:?}");
    }
    let spelled = format!("{value:e}");
    let (digits, exponent) = spelled.split_once('e').unwrap_or((&spelled, "0"));
    let point = if digits.contains('.') { "" } else { ".0" };
    format!("{digits}{point}E{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_are_spelled_as_java_does() {
        let doubles = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (25.0, "25.0"),
            (127.0, "127.0"),
            (-0.1, "-0.1"),
            (0.001, "0.001"),
            (0.000_999, "9.99E-4"),
            (9_999_999.5, "9999999.5"),
            (1e7, "1.0E7"),
            (-1.25e10, "-1.25E10"),
            (f64::MAX, "1.7976931348623157E308"),
            (5e-324, "5.0E-324"),
            (f64::NAN, "\"NaN\""),
            (f64::INFINITY, "\"Infinity\""),
            (f64::NEG_INFINITY, "\"-Infinity\""),
        ];
        for (value, spelled) in doubles {
            assert_eq!(double(value), spelled);
        }
    }
}
