//! What ThingsBoard will store, before it is published.

use crate::{
    state::telemetry::{Encoded, Outlook, Ready, TelemetryAction},
    text::{counted, grouped, visible_name, visible_reason, visible_start},
};
use shared::{
    advice::utc,
    thingsboard::upload::{Point, Warning},
};
use yew::{Callback, Html, html};

/// Values shown; the others are counted.
const MOST_POINTS: usize = 50;
/// Characters of a value shown.
const MOST_CHARACTERS: usize = 200;
/// Bytes of a Protobuf payload shown.
const MOST_BYTES: usize = 48;

/// `told`: whether the field says already why the text is refused.
pub(super) fn preview(outlook: &Outlook, told: bool, act: &Callback<TelemetryAction>) -> Html {
    let body = match outlook {
        Outlook::Nothing => {
            html! { <p class="empty">{ "What is stored stands here once there is a key and a value." }</p> }
        }
        Outlook::Incomplete(why) => html! { <p class="empty">{ visible_reason(why) }</p> },
        Outlook::Refused(_) if told => {
            html! { <p class="empty">{ "Nothing: ThingsBoard does not take this text." }</p> }
        }
        Outlook::Refused(why) => html! {
            <p class="notice notice--bad">{ visible_reason(why) }</p>
        },
        Outlook::Ready(ready) => self::ready(ready, act),
    };
    html! {
        <section class="group preview" aria-labelledby="telemetry-preview">
            <h2 class="group__subheading" id="telemetry-preview">{ "Preview" }</h2>
            { body }
        </section>
    }
}

fn ready(ready: &Ready, act: &Callback<TelemetryAction>) -> Html {
    let preview = &ready.preview;
    let left_out = preview.points.len().saturating_sub(MOST_POINTS);
    html! {
        <>
            if !preview.points.is_empty() {
                { table(&preview.points[..preview.points.len() - left_out]) }
            }
            if left_out > 0 {
                <p class="empty">{ format!("and {}", counted(left_out, "value more", "values more")) }</p>
            }
            if !preview.warnings.is_empty() || !preview.leniencies.is_empty() {
                <ul class="findings" aria-label="Notes">
                    for warning in &preview.warnings {
                        { self::warning(warning, act) }
                    }
                    for leniency in &preview.leniencies {
                        <li class="finding">{ visible_reason(&format!("Gson reads it: {leniency}")) }</li>
                    }
                </ul>
            }
            { encoded(&ready.encoded) }
        </>
    }
}

fn warning(warning: &Warning, act: &Callback<TelemetryAction>) -> Html {
    html! {
        <li class="finding finding--warn">
            { visible_reason(&warning.to_string()) }
            if warning.fixed().is_some() {
                { " " }
                <button
                    type="button"
                    class="button button--small"
                    onclick={act.reform(|_| TelemetryAction::UseMilliseconds)}
                >
                    { "Use milliseconds" }
                </button>
            }
        </li>
    }
}

fn table(points: &[Point]) -> Html {
    html! {
        <div class="table-frame">
            // The roles stay where the styles make other boxes of it.
            <table class="table preview__table" role="table" aria-labelledby="telemetry-preview">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">{ "Time" }</th>
                        <th role="columnheader" scope="col">{ "Key" }</th>
                        <th role="columnheader" scope="col">{ "Value as stored" }</th>
                        <th role="columnheader" scope="col">{ "Type" }</th>
                        <th role="columnheader" scope="col">{ "Notes" }</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    for (index, point) in points.iter().enumerate() {
                        { row(index, point) }
                    }
                </tbody>
            </table>
        </div>
    }
}

fn row(index: usize, point: &Point) -> Html {
    let (time, raw) = match point.ts_ms {
        Some(ms) => (utc(ms.div_euclid(1000)), Some(format!("{ms} ms"))),
        None => ("the server's".to_owned(), None),
    };
    let note = match &point.cast_from {
        Some(text) => format!("sent as {}", shortened(text)),
        None if point.key.contains(',') => "comma in the key".to_owned(),
        None => String::new(),
    };
    html! {
        <tr role="row" key={index}>
            <td role="cell" class="preview__time" title={raw}>{ time }</td>
            <th role="rowheader" scope="row" class="table__code">{ visible_name(&point.key) }</th>
            <td role="cell" class="table__code">{ shortened(&point.value.to_string()) }</td>
            <td role="cell">{ point.stored.words() }</td>
            <td role="cell">{ note }</td>
        </tr>
    }
}

fn encoded(encoded: &Encoded) -> Html {
    match encoded {
        Encoded::Json => Html::default(),
        Encoded::Impossible(why) => html! { <p class="notice notice--bad">{ visible_reason(why) }</p> },
        Encoded::Protobuf(bytes) => {
            let shown = bytes.len().min(MOST_BYTES);
            let hex: Vec<String> = bytes[..shown].iter().map(|byte| format!("{byte:02x}")).collect();
            let more = if shown < bytes.len() {
                format!(" and {} more", grouped(bytes.len() - shown))
            } else {
                String::new()
            };
            let size = counted(bytes.len(), "byte", "bytes");
            html! {
                <p class="field__hint">
                    { format!("As Protobuf, by the default schema SensorDataReading, {size}: ") }
                    <code>{ format!("{}{more}", hex.join(" ")) }</code>
                </p>
            }
        }
    }
}

fn shortened(text: &str) -> String {
    visible_start(text, MOST_CHARACTERS)
}
