//! From rows to JSON text and back, with nothing lost on the way.

use super::{Outlook, Rows, Telemetry, Way, rows::MAX_ROWS};
use crate::state::rows::{Editor, object, spelled};
use shared::thingsboard::{
    json::{self, Json, Liberty},
    upload::Warning,
};

/// What both editors held when the person last went from one to the other: going back with nothing changed
/// gives back what was there, incomplete rows and comments too.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    way: Way,
    rows: Rows,
    json: String,
}

impl Telemetry {
    /// Goes to an editor and takes the content along, unless it would lose something; then it says what.
    pub(in crate::state) fn choose_editor(&mut self, editor: Editor) {
        if editor == self.editor {
            return;
        }
        self.notice = None;
        self.json_problem = None;
        let kept = self.carried.take();
        let unchanged = kept.filter(|kept| match self.editor {
            Editor::Rows => kept.rows.same_content(&self.rows) && kept.way == self.way,
            Editor::Json => kept.json == self.json,
        });
        match (editor, unchanged) {
            (Editor::Json, Some(kept)) => self.json = kept.json,
            (Editor::Rows, Some(kept)) => (self.rows, self.way) = (kept.rows, kept.way),
            (Editor::Json, None) => self.json = self.rows.draft(self.way),
            (Editor::Rows, None) => {
                if let Err(why) = self.read_rows() {
                    self.json_problem = Some(why);
                    return;
                }
            }
        }
        self.carried = Some(Carried { way: self.way, rows: self.rows.clone(), json: self.json.clone() });
        self.editor = editor;
    }

    /// Makes rows of the text.
    fn read_rows(&mut self) -> Result<(), String> {
        if self.json.trim().is_empty() {
            self.rows.replace(std::iter::empty());
            return Ok(());
        }
        let ready = match &*self.outlook {
            Outlook::Ready(ready) => ready,
            Outlook::Refused(why) => return Err(format!("{why} Rows can be made of a readable text only.")),
            Outlook::Nothing | Outlook::Incomplete(_) => {
                return Err("Rows cannot be made of this text.".to_owned());
            }
        };
        if let Some(lost) = lost(ready) {
            return Err(format!("Rows cannot hold {lost}: remove it first, or stay with JSON."));
        }
        let (json, _) = json::parse_noting(&self.json).map_err(|problem| problem.to_string())?;
        let moments = moments(json);
        let count: usize = moments.iter().map(|moment| moment.values.len()).sum();
        if count > MAX_ROWS {
            return Err(format!(
                "The text has {count} values and there are {MAX_ROWS} rows at most: stay with JSON."
            ));
        }
        if self.way == Way::WithTimestamp {
            self.rows.time = moments.first().map(|moment| moment.time.clone()).unwrap_or_default();
            self.rows.time_problem = None;
        }
        let batch = self.way == Way::Batch;
        self.rows.replace(moments.into_iter().flat_map(|Moment { time, values }| {
            let time = if batch { time } else { String::new() };
            values.into_iter().map(move |(key, value)| (time.clone(), key, value))
        }));
        Ok(())
    }

    /// The text says by itself which way it is.
    pub(in crate::state) fn follow_text(&mut self) {
        match json::parse(&self.json) {
            Ok(Json::Array(_)) => self.way = Way::Batch,
            Ok(Json::Object(members)) if is_timed(&members) => self.way = Way::WithTimestamp,
            Ok(Json::Object(_)) => self.way = Way::Now,
            Ok(_) | Err(_) => {}
        }
    }

    /// Goes another way. The text is rewritten for it, unless it would lose something; then it says what.
    /// `now_ms`: the time for a text that has none.
    pub(in crate::state) fn choose_way(&mut self, way: Way, now_ms: i64) {
        self.notice = None;
        if self.editor == Editor::Json && way != self.way && !self.json.trim().is_empty() {
            match self.rewritten(way, now_ms) {
                Ok(text) => self.json = text,
                Err(why) => {
                    self.notice = Some(why);
                    return;
                }
            }
        }
        if way == Way::WithTimestamp && self.rows.time.is_empty() {
            self.rows.time = now_ms.to_string();
        }
        self.way = way;
    }

    fn rewritten(&mut self, way: Way, now_ms: i64) -> Result<String, String> {
        let json = json::parse(&self.json).map_err(|problem| problem.to_string())?;
        let whole = self.json.trim();
        let time = if self.rows.time.is_empty() { now_ms.to_string() } else { self.rows.time.clone() };
        let (moments, object) = match json {
            Json::Array(_) | Json::Object(_) => (moments(json.clone()), matches!(json, Json::Object(_))),
            _ => return Err("Telemetry is an object or an array: mend the text first.".to_owned()),
        };
        match way {
            // The text itself stays as it is spelled; a comment at its end must not swallow what follows.
            Way::Batch => Ok(format!("[\n{whole}\n]")),
            Way::WithTimestamp if object => Ok(format!("{{\"ts\": {time}, \"values\":\n{whole}\n}}")),
            Way::Now | Way::WithTimestamp => {
                let [moment] = &moments[..] else {
                    return Err(format!(
                        "The text has {} moments, which only Batch can hold: remove the others first.",
                        moments.len()
                    ));
                };
                if !moment.time.is_empty() {
                    self.rows.time = moment.time.clone();
                }
                let values = object_of(&moment.values);
                let time = if moment.time.is_empty() { &time } else { &moment.time };
                Ok(if way == Way::Now { values } else { format!("{{\"ts\": {time}, \"values\": {values}}}") })
            }
        }
    }
}

impl Rows {
    /// Takes the times of a payload that these rows made.
    pub(in crate::state) fn take_times(&mut self, way: Way, payload: &str) {
        let Ok(json) = json::parse(payload) else { return };
        let times: Vec<Option<i64>> = moments(json).iter().map(|moment| moment.time.parse().ok()).collect();
        match (way, &times[..]) {
            (Way::WithTimestamp, [Some(ms)]) => self.time = ms.to_string(),
            (Way::Batch, _) => self.retime(&times),
            (Way::Now | Way::WithTimestamp, _) => {}
        }
    }
}

/// What rows have no place for, when the text has it.
fn lost(ready: &super::Ready) -> Option<&'static str> {
    let has = |wanted: fn(&Warning) -> bool| ready.preview.warnings.iter().any(wanted);
    if ready.preview.leniencies.iter().any(|leniency| leniency.what == Liberty::Comment) {
        Some("a comment")
    } else if has(|warning| matches!(warning, Warning::RepeatedKey(_))) {
        Some("a key twice in one object")
    } else if has(|warning| matches!(warning, Warning::Ignored(_))) {
        Some("what stands beside ts and values")
    } else {
        None
    }
}

/// Values of one time; the time is empty where the server puts its own.
struct Moment {
    time: String,
    /// Keys and plain JSON.
    values: Vec<(String, String)>,
}

fn moments(json: Json) -> Vec<Moment> {
    match json {
        Json::Array(items) => items.into_iter().flat_map(moments).collect(),
        Json::Object(mut members) => {
            let time = match members.get("ts") {
                Some(Json::Number(ts) | Json::String(ts)) if is_timed(&members) => ts.clone(),
                _ => String::new(),
            };
            if !time.is_empty()
                && let Some(Json::Object(values)) = members.remove("values")
            {
                members = values;
            }
            let values = members.into_iter().map(|(key, value)| (key, spelled(&value)));
            vec![Moment { time, values: values.collect() }]
        }
        _ => Vec::new(),
    }
}

fn is_timed(members: &std::collections::BTreeMap<String, Json>) -> bool {
    members.contains_key("ts") && members.contains_key("values")
}

fn object_of(values: &[(String, String)]) -> String {
    object(values.iter().map(|(key, value)| (key.as_str(), value.clone())))
}
