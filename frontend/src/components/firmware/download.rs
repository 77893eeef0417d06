//! How far a download is, and what can be done about it.

use crate::state::firmware::{Stage, Track, TrackAction, kind_name};
use shared::thingsboard::package::download::Download;
use yew::{Callback, Html, html};

pub(super) fn progress(track: &Track) -> Html {
    let (progress, words) = match &track.stage {
        Stage::Fetching(fetch) => (fetch.image.look(Download::progress), fetch.words(true)),
        Stage::Paused { fetch, .. } => (fetch.image.look(Download::progress), fetch.words(false)),
        Stage::Idle
        | Stage::Verifying(_)
        | Stage::Verified(_)
        | Stage::Installing { .. }
        | Stage::Installed(_)
        | Stage::Failed { .. } => return Html::default(),
    };
    let percent = progress.percent().to_string();
    html! {
        <div class="progress">
            <div
                class="progress__bar"
                role="progressbar"
                aria-label={format!("{} download", kind_name(track.kind))}
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow={percent.clone()}
                aria-valuetext={words.clone()}
            >
                <svg class="progress__fill" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
                    <rect width={percent} height="1" />
                </svg>
            </div>
            <p class="progress__words">{ words }</p>
        </div>
    }
}

pub(super) fn buttons(track: &Track, act: &Callback<TrackAction>) -> Html {
    let shown: &[(&str, TrackAction)] = match &track.stage {
        Stage::Idle | Stage::Failed { .. } => &[("Download", TrackAction::Download)],
        Stage::Fetching(_) | Stage::Verifying(_) => {
            &[("Pause", TrackAction::Pause), ("Cancel", TrackAction::Cancel)]
        }
        Stage::Paused { .. } => &[("Resume", TrackAction::Resume), ("Cancel", TrackAction::Cancel)],
        Stage::Verified(_) => &[
            ("Install", TrackAction::Install),
            ("Fail the update", TrackAction::Fail),
            ("Save file", TrackAction::Save),
            ("Download again", TrackAction::Download),
        ],
        Stage::Installing { .. } => {
            &[("Fail the update", TrackAction::Fail), ("Save file", TrackAction::Save)]
        }
        Stage::Installed(_) => &[("Save file", TrackAction::Save), ("Download again", TrackAction::Download)],
    };
    html! {
        <div class="form__buttons">
            // A key for each place, so that the keyboard's focus stays when the label changes.
            for (place, (label, action)) in shown.iter().cloned().enumerate() {
                <button
                    key={place}
                    type="button"
                    class="button"
                    onclick={act.reform(move |_| action.clone())}
                >
                    { label }
                </button>
            }
        </div>
    }
}
