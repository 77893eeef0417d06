//! Telemetry as rows of key and value, in a batch each with its time.

use crate::{
    components::field::{Kind, TextField, described_by, hint_line, problem_line, typed},
    services::clock,
    state::{
        rows::{TypedValue, typed_value},
        telemetry::{MAX_ROWS, ROW_PROBLEM_ID, Row, TIME_ID, Telemetry, TelemetryAction, Way},
    },
};
use shared::advice::utc;
use yew::{Callback, Html, classes, html};

pub(super) fn rows(telemetry: &Telemetry, act: &Callback<TelemetryAction>) -> Html {
    let rows = &telemetry.rows;
    let batch = telemetry.way == Way::Batch;
    let mut problems = Problems { any: false };
    let full = rows.list.len() >= MAX_ROWS;
    html! {
        <div class="field">
            if telemetry.way == Way::WithTimestamp {
                { time(&rows.time, rows.time_problem.as_deref(), act) }
            }
            <div class={classes!("rows__heads", batch.then_some("rows__heads--timed"))} aria-hidden="true">
                if batch {
                    <span>{ "Time (ms)" }</span>
                }
                <span>{ "Key" }</span>
                <span>{ "Value" }</span>
            </div>
            <ol class={classes!("rows", batch.then_some("rows--timed"))} aria-label="Values">
                for (index, row) in rows.list.iter().enumerate() {
                    { one(index + 1, row, batch, &mut problems, act) }
                }
            </ol>
            <p class="field__hint">
                { "A value as in JSON: 21.5, true, \"text\", {\"a\": 1}. What stands without quotes and is no JSON is sent as text." }
            </p>
            <div class="form__buttons">
                if full {
                    <span class="field__hint">{ format!("{MAX_ROWS} rows are the most; JSON text takes more.") }</span>
                } else {
                    <button
                        type="button"
                        class="button button--small"
                        onclick={act.reform(|_| TelemetryAction::RowAdded)}
                    >
                        { "Add row" }
                    </button>
                }
            </div>
        </div>
    }
}

/// The time of all rows: milliseconds, or picked from a calendar.
fn time(typed_ms: &str, problem: Option<&str>, act: &Callback<TelemetryAction>) -> Html {
    let ms: Option<i64> = typed_ms.trim().parse().ok();
    let on_picked = {
        let act = act.clone();
        typed(&Callback::from(move |picked: String| {
            if let Some(ms) = clock::from_local(&picked) {
                act.emit(TelemetryAction::TimeTyped(ms.to_string()));
            }
        }))
    };
    html! {
        <div class="moment">
            { TextField {
                id: TIME_ID,
                label: "Timestamp (ms)",
                kind: Kind::Number,
                value: typed_ms,
                problem,
                on_input: act.reform(TelemetryAction::TimeTyped),
                ..TextField::default()
            }.view() }
            <div class="field">
                <label class="field__label" for="telemetry-picked">{ "Date and time" }</label>
                <input
                    class="input"
                    type="datetime-local"
                    step="0.001"
                    id="telemetry-picked"
                    value={ms.and_then(clock::to_local).unwrap_or_default()}
                    oninput={on_picked}
                />
            </div>
            <button type="button" class="button" onclick={act.reform(|_| TelemetryAction::TimeNow)}>
                { "Now" }
            </button>
            if let Some(ms) = ms {
                <p class="field__hint moment__words">{ utc(ms.div_euclid(1000)) }</p>
            }
        </div>
    }
}

/// Gives the first field with a problem the id that the focus goes to.
struct Problems {
    any: bool,
}

impl Problems {
    fn id(&mut self, number: u32, part: &str, problem: Option<&str>) -> String {
        if problem.is_some() && !self.any {
            self.any = true;
            return ROW_PROBLEM_ID.to_owned();
        }
        format!("telemetry-{part}-{number}")
    }
}

fn one(
    place: usize,
    row: &Row,
    batch: bool,
    problems: &mut Problems,
    act: &Callback<TelemetryAction>,
) -> Html {
    let number = row.number;
    let is_text = matches!(typed_value(&row.value), Ok(TypedValue::Text(_)));
    let mut id = |part, problem: &Option<String>| problems.id(number, part, problem.as_deref());
    let time = batch.then(|| Cell {
        id: id("time", &row.time_problem),
        label: format!("Time {place}"),
        placeholder: "time in ms, or empty",
        value: &row.time,
        problem: row.time_problem.as_deref(),
        hint: None,
        on_input: act.reform(move |text| TelemetryAction::RowTimeTyped(number, text)),
    });
    let key = Cell {
        id: id("key", &row.key_problem),
        label: format!("Key {place}"),
        placeholder: if batch { "key" } else { "" },
        value: &row.key,
        problem: row.key_problem.as_deref(),
        hint: None,
        on_input: act.reform(move |text| TelemetryAction::KeyTyped(number, text)),
    };
    let value = Cell {
        id: id("value", &row.value_problem),
        label: format!("Value {place}"),
        placeholder: if batch { "value" } else { "" },
        value: &row.value,
        problem: row.value_problem.as_deref(),
        hint: is_text.then_some("taken as text"),
        on_input: act.reform(move |text| TelemetryAction::ValueTyped(number, text)),
    };
    html! {
        <li class="rows__row" key={number}>
            if let Some(time) = time {
                <div class="rows__time">
                    { time.view() }
                    <button
                        type="button"
                        class="button button--small"
                        aria-label={format!("Now {place}")}
                        onclick={act.reform(move |_| TelemetryAction::RowTimeNow(number))}
                    >
                        { "Now" }
                    </button>
                </div>
            }
            { key.view() }
            { value.view() }
            <button
                type="button"
                class="button button--small rows__remove"
                aria-label={format!("Remove row {place}")}
                onclick={act.reform(move |_| TelemetryAction::RowRemoved(number))}
            >
                { "Remove" }
            </button>
        </li>
    }
}

/// A text box of a row.
struct Cell<'c> {
    id: String,
    /// Its name.
    label: String,
    /// What it is for, in sight while it is empty.
    placeholder: &'static str,
    value: &'c str,
    problem: Option<&'c str>,
    hint: Option<&'static str>,
    on_input: Callback<String>,
}

impl Cell<'_> {
    fn view(self) -> Html {
        let Self { id, label, placeholder, value, problem, hint, on_input } = self;
        html! {
            <div class="field">
                <input
                    class="input input--code"
                    type="text"
                    id={id.clone()}
                    aria-label={label}
                    {placeholder}
                    value={value.to_owned()}
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby={described_by(&id, hint.is_some(), problem.is_some())}
                    aria-invalid={problem.map(|_| "true")}
                    oninput={typed(&on_input)}
                />
                { hint_line(&id, hint) }
                { problem_line(&id, problem) }
            </div>
        }
    }
}
