//! The reply of a rule: JSON with places for what the call said. A place outside of quotes becomes JSON, one
//! within quotes becomes text, so that a template that was checked once gives JSON for every call.

use serde_json::Value;

/// Bytes of one template.
const MAX_BYTES: usize = 4_096;

const OPEN: &str = "{{";
const CLOSE: &str = "}}";

/// What a call fills in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'c> {
    pub(super) method: &'c str,
    pub(super) params: &'c Value,
    pub(super) id: i32,
}

/// A place.
enum Place<'t> {
    Method,
    Id,
    Params,
    Param(&'t str),
}

/// Whether a template can be a rule's reply.
///
/// # Errors
/// A sentence.
pub(super) fn check(template: &str) -> Result<(), String> {
    if template.trim().is_empty() {
        return Err("The reply is missing: type JSON such as {\"ok\": true}.".to_owned());
    }
    if template.len() > MAX_BYTES {
        return Err(format!("The reply is longer than {MAX_BYTES} bytes: make it shorter."));
    }
    let sample = Facts { method: "method", params: &Value::Null, id: 1 };
    let reply = fill(template, sample)?;
    serde_json::from_str::<Value>(&reply).map(drop).map_err(|error| {
        format!(
            "With its places filled in, this is no JSON (line {}, column {}): text needs double quotes, as in \
             {{\"state\": \"on\"}}.",
            error.line(),
            error.column()
        )
    })
}

/// The reply to one call. A parameter that the call does not have is `null`, within quotes nothing.
///
/// # Errors
/// A sentence: a place that is none.
pub(super) fn fill(template: &str, facts: Facts<'_>) -> Result<String, String> {
    let mut reply = String::with_capacity(template.len());
    let mut quoted = false;
    let mut rest = template;
    while let Some(at) = rest.find(OPEN) {
        let (before, place) = (&rest[..at], &rest[at + OPEN.len()..]);
        quoted = quoted_after(before, quoted);
        reply.push_str(before);
        let Some((name, after)) = place.split_once(CLOSE) else {
            return Err("A {{ has no }}: close it, as in {{params}}.".to_owned());
        };
        let value = value(&place_named(name.trim())?, facts);
        reply.push_str(&if quoted { inside_quotes(&value) } else { value.to_string() });
        rest = after;
    }
    reply.push_str(rest);
    Ok(reply)
}

/// Whether a JSON text stands inside of quotes at its end.
fn quoted_after(text: &str, mut quoted: bool) -> bool {
    let mut escaped = false;
    for character in text.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            _ => {}
        }
    }
    quoted
}

fn place_named(name: &str) -> Result<Place<'_>, String> {
    match name {
        "method" => Ok(Place::Method),
        "id" => Ok(Place::Id),
        "params" => Ok(Place::Params),
        _ => match name.strip_prefix("params.") {
            Some(key) if !key.is_empty() => Ok(Place::Param(key)),
            _ => Err(format!(
                "There is nothing to fill in for {{{{{name}}}}}: use {{{{params}}}}, {{{{params.key}}}}, {{{{method}}}} or \
                 {{{{id}}}}."
            )),
        },
    }
}

fn value(place: &Place<'_>, facts: Facts<'_>) -> Value {
    match place {
        Place::Method => Value::from(facts.method),
        Place::Id => Value::from(facts.id),
        Place::Params => facts.params.clone(),
        Place::Param(key) => member(facts.params, key).cloned().unwrap_or_default(),
    }
}

/// A member by its name, or by the names on the way to it with dots between.
fn member<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    value.get(path).or_else(|| {
        let (first, rest) = path.split_once('.')?;
        member(value.get(first)?, rest)
    })
}

/// As it stands between the quotes of a JSON text.
fn inside_quotes(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filled(template: &str, params: &Value) -> String {
        fill(template, Facts { method: "setValue", params, id: 7 }).unwrap()
    }

    #[test]
    fn places_become_json_outside_of_quotes_and_text_within() {
        let params = json!({"value": 127.0, "name": "a \"b\"", "deep": {"er": [1]}, "a.b": true});
        for (template, reply) in [
            ("{{params.value}}", "127.0"),
            (r#"{"is":{{params.name}}}"#, r#"{"is":"a \"b\""}"#),
            (r#"{"is":"<{{ params.name }}>"}"#, r#"{"is":"<a \"b\">"}"#),
            (r#"{"{{method}}":{{id}}}"#, r#"{"setValue":7}"#),
            (r#"[{{params.deep.er}},{{params.a.b}},{{params.missing}}]"#, "[[1],true,null]"),
            (r#""\"{{params.missing}}\\""#, r#""\"\\""#),
            (r#"{"a":{"b":{}}}"#, r#"{"a":{"b":{}}}"#),
        ] {
            assert_eq!(filled(template, &params), reply, "{template}");
            assert_eq!(check(template), Ok(()), "{template}");
        }
    }

    #[test]
    fn whole_numbers_keep_their_digits() {
        let params: Value = serde_json::from_str(r#"{"n":9223372036854775807}"#).unwrap();
        assert_eq!(filled("{{params.n}}", &params), "9223372036854775807");
    }

    #[test]
    fn what_cannot_be_a_reply_is_said() {
        for (template, sentence) in [
            (" ", "The reply is missing"),
            ("{{params", "A {{ has no }}"),
            ("{{parms}}", "{{parms}}: use {{params}}"),
            ("{{params.}}", "There is nothing to fill in"),
            (r#"{"a": on}"#, "line 1, column 7"),
        ] {
            let said = check(template).unwrap_err();
            assert!(said.contains(sentence), "{template}: {said}");
        }
        assert!(check(&format!("\"{}\"", "x".repeat(5_000))).unwrap_err().contains("4096 bytes"));
    }
}
