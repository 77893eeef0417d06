//! What the server will store of what is typed, with what it would do without a word.

use crate::text::{visible_name, visible_reason};
use shared::thingsboard::upload::{Point, Preview};
use yew::{Html, html};

/// Values drawn.
const MAX_POINTS: usize = 20;

pub(super) fn preview(preview: &Result<Preview, String>) -> Html {
    html! {
        <div class="attributes__preview">
            <h3 class="group__subheading" id="attributes-preview">{ "What ThingsBoard will store" }</h3>
            {
                match preview {
                    Ok(preview) => stored(preview),
                    Err(problem) => html! { <p class="field__hint">{ format!("Nothing yet. {}", visible_reason(problem)) }</p> },
                }
            }
        </div>
    }
}

fn stored(preview: &Preview) -> Html {
    let more = preview.points.len().saturating_sub(MAX_POINTS);
    let sayings = preview.warnings.iter().map(ToString::to_string);
    let sayings: Vec<String> = sayings.chain(preview.leniencies.iter().map(ToString::to_string)).collect();
    html! {
        <>
            if !preview.points.is_empty() {
                <div class="table-frame">
                    <table class="table" aria-labelledby="attributes-preview">
                        <thead>
                            <tr>
                                <th scope="col">{ "Key" }</th>
                                <th scope="col">{ "Value" }</th>
                                <th scope="col">{ "Type" }</th>
                            </tr>
                        </thead>
                        <tbody>
                            for (index, point) in preview.points.iter().take(MAX_POINTS).enumerate() {
                                { row(index, point) }
                            }
                        </tbody>
                    </table>
                </div>
            }
            if more > 0 {
                <p class="field__hint">{ format!("… and {more} more.") }</p>
            }
            if !sayings.is_empty() {
                <ul class="attributes__sayings">
                    for (index, saying) in sayings.into_iter().enumerate() {
                        <li key={index} class="finding finding--warn">{ visible_reason(&saying) }</li>
                    }
                </ul>
            }
        </>
    }
}

fn row(index: usize, point: &Point) -> Html {
    let cast = point.cast_from.as_ref().map(|from| format!(", sent as {}", visible_name(from)));
    html! {
        <tr key={index}>
            <td class="table__code">{ visible_name(&point.key) }</td>
            <td class="table__code">{ visible_name(&point.value.to_string()) }</td>
            <td>
                { point.stored.words() }
                if let Some(cast) = cast {
                    <span class="attributes__cast">{ cast }</span>
                }
            </td>
        </tr>
    }
}
