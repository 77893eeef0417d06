//! One of the device's two packages: what runs, what is offered, and how far the update is.

use super::download::{buttons, progress};
use crate::{
    components::{
        field::TextField,
        icon::{Shape, icon},
        select::select,
    },
    state::firmware::{ChunkSize, FirmwareAction, Offer, Stage, Track, TrackAction, kind_name, running_ids},
    text::{counted, visible_line, visible_text},
};
use shared::{
    limits::MAX_PACKET_BYTES,
    thingsboard::{
        package::{Assigned, Origin, UpdateState},
        topic::PackageKind,
    },
};
use yew::{Callback, Html, SubmitEvent, classes, html};

/// The ids of a card's parts.
struct Ids {
    heading: &'static str,
    title: &'static str,
    version: &'static str,
    chunk: &'static str,
}

fn ids(kind: PackageKind) -> Ids {
    let (title, version) = running_ids(kind);
    match kind {
        PackageKind::Firmware => Ids { heading: "fw-heading", title, version, chunk: "fw-chunk" },
        PackageKind::Software => Ids { heading: "sw-heading", title, version, chunk: "sw-chunk" },
    }
}

pub(super) fn card(track: &Track, act: &Callback<FirmwareAction>) -> Html {
    let kind = track.kind;
    let act = act.reform(move |action| FirmwareAction::Of(kind, action));
    let ids = ids(kind);
    html! {
        <section class="group package" aria-labelledby={ids.heading}>
            <h2 class="group__heading" id={ids.heading}>{ kind_name(kind) }</h2>
            { running(track, &ids, &act) }
            <h3 class="group__subheading">{ "Offered by ThingsBoard" }</h3>
            { offer(&track.offer) }
            { life(&track.stage) }
            { progress(track) }
            <div class="package__notices" aria-live="polite">
                { words(&track.stage) }
                if let Some(notice) = &track.notice {
                    <p class="form__notice">{ visible_line(notice) }</p>
                }
                if let Some(unreported) = &track.unreported {
                    <p class="delivery delivery--warn">{ visible_line(unreported) }</p>
                }
            </div>
            <div class="package__acts">
                if wants_chunk_size(track) {
                    { select(
                        ids.chunk,
                        "Chunk size",
                        &chunk_sizes(track),
                        track.chunk.label(),
                        &act.reform(|label: String| TrackAction::ChunkChosen(ChunkSize::from_label(&label))),
                    ) }
                }
                { buttons(track, &act) }
            </div>
        </section>
    }
}

/// The sizes that ThingsBoard answers: the whole file only where it is no larger than a chunk may be.
fn chunk_sizes(track: &Track) -> Vec<(&'static str, &'static str)> {
    let too_large = matches!(
        &track.offer,
        Offer::Package(package)
            if matches!(package.origin, Origin::Chunks { bytes, .. } if bytes > MAX_PACKET_BYTES)
    );
    let offered = |size: &ChunkSize| *size != ChunkSize::Whole || !too_large || track.chunk == *size;
    let sizes = ChunkSize::ALL.into_iter().filter(offered);
    sizes.map(|size| (size.label(), size.label())).collect()
}

/// Where a download is the next thing to do.
fn wants_chunk_size(track: &Track) -> bool {
    let elsewhere =
        matches!(&track.offer, Offer::Package(package) if matches!(package.origin, Origin::Url(_)));
    !elsewhere && matches!(track.stage, Stage::Idle | Stage::Failed { .. })
}

fn running(track: &Track, ids: &Ids, act: &Callback<TrackAction>) -> Html {
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        TrackAction::Report
    });
    let name = format!("{} that runs", kind_name(track.kind));
    let missing = |text: &str, problem| (track.unfilled && text.is_empty()).then_some(problem);
    html! {
        <form class="package__running" aria-label={name} onsubmit={on_submit} novalidate={true}>
            { TextField {
                id: ids.title,
                label: "Current title",
                value: &track.title,
                problem: missing(&track.title, "Type the title of what runs on the device."),
                on_input: act.reform(TrackAction::TitleTyped),
                ..TextField::default()
            }.view() }
            { TextField {
                id: ids.version,
                label: "Current version",
                value: &track.version,
                problem: missing(&track.version, "Type its version."),
                on_input: act.reform(TrackAction::VersionTyped),
                ..TextField::default()
            }.view() }
            <button type="submit" class="button">{ "Report" }</button>
        </form>
    }
}

fn offer(offer: &Offer) -> Html {
    match offer {
        Offer::Unknown => html! {
            <p class="empty">{ "Not known yet: check for updates, or subscribe and wait for one." }</p>
        },
        Offer::None => html! { <p class="empty">{ "No package is assigned." }</p> },
        Offer::Unreadable(problem) => {
            html! { <p class="notice notice--bad">{ visible_line(&problem.to_string()) }</p> }
        }
        Offer::Package(package) => facts(package),
    }
}

fn facts(package: &Assigned) -> Html {
    let mut lines = vec![("Title", package.title.clone()), ("Version", package.version.clone())];
    lines.extend(package.tag.clone().map(|tag| ("Tag", tag)));
    let link = match &package.origin {
        Origin::Chunks { bytes, checksum } => {
            lines.push(("Size", counted(*bytes, "byte", "bytes")));
            lines.push((checksum.algorithm.name(), checksum.text.clone()));
            None
        }
        Origin::Url(url) => Some(url),
    };
    html! {
        <>
            <dl class="facts">
                for (label, value) in lines {
                    <dt>{ label }</dt>
                    <dd class="facts__code">{ visible_line(&value) }</dd>
                }
            </dl>
            if let Some(url) = link {
                <p>
                    { "This package is a link, not bytes that ThingsBoard keeps: the device fetches it from there itself. \
                       This page opens no links; copy it:" }
                </p>
                <p class="command-line">{ visible_text(url) }</p>
            }
        </>
    }
}

/// The states of an update in order, with how far it is.
fn life(stage: &Stage) -> Html {
    const LIFE: [(UpdateState, &str); 5] = [
        (UpdateState::Downloading, "Downloading"),
        (UpdateState::Downloaded, "Downloaded"),
        (UpdateState::Verified, "Verified"),
        (UpdateState::Updating, "Updating"),
        (UpdateState::Updated, "Updated"),
    ];
    let failed_at = match stage {
        Stage::Failed { during, .. } => Some(during.map_or(UpdateState::Downloading, failing)),
        _ => None,
    };
    let Some(reached) = failed_at.or(stage.state()) else { return Html::default() };
    let item = |(state, label): (UpdateState, &'static str)| {
        let (tone, shape, said) = if state == reached && failed_at.is_some() {
            ("bad", Shape::Cross, "failed")
        } else if state < reached || (state == reached && !is_under_way(state)) {
            ("good", Shape::Check, "done")
        } else if state == reached {
            ("now", Shape::Busy, "under way")
        } else {
            ("waiting", Shape::Ring, "not yet")
        };
        html! {
            <li
                key={label}
                class={classes!("life__state", format!("life__state--{tone}"))}
                aria-current={(state == reached).then_some("step")}
            >
                { icon(shape) }
                { label }
                <span class="sr-only">{ format!(", {said}") }</span>
            </li>
        }
    };
    html! { <ol class="life" aria-label="States of the update">{ for LIFE.into_iter().map(item) }</ol> }
}

/// What was under way after the last state that was reached.
fn failing(reached: UpdateState) -> UpdateState {
    match reached {
        UpdateState::Downloaded => UpdateState::Verified,
        UpdateState::Verified => UpdateState::Updating,
        under_way => under_way,
    }
}

fn is_under_way(state: UpdateState) -> bool {
    matches!(state, UpdateState::Downloading | UpdateState::Updating)
}

/// What is to be said of the stage beyond its name.
fn words(stage: &Stage) -> Html {
    match stage {
        Stage::Idle | Stage::Fetching(_) => Html::default(),
        Stage::Paused { why: None, .. } => html! { <p>{ "Paused." }</p> },
        Stage::Paused { why: Some(why), .. } => {
            html! { <p class="delivery delivery--warn">{ visible_line(why) }</p> }
        }
        Stage::Verifying(_) => html! { <p>{ "Downloaded. Comparing the checksum …" }</p> },
        Stage::Verified(held) => html! {
            <p class="delivery delivery--good">{ format!("Verified: {}.", verdict(&held.package)) }</p>
        },
        Stage::Installing { .. } => html! { <p>{ "Updating (this page only pretends to install) …" }</p> },
        Stage::Installed(held) => html! {
            <p class="delivery delivery--good">
                { visible_line(&format!("Updated to {} {}.", held.package.title, held.package.version)) }
            </p>
        },
        Stage::Failed { why, .. } => html! {
            <p class="delivery delivery--bad package__failure">{ visible_line(&format!("Failed: {why}")) }</p>
        },
    }
}

fn verdict(package: &Assigned) -> String {
    match &package.origin {
        Origin::Chunks { checksum, .. } => format!("the {} is the one ThingsBoard names", checksum.algorithm),
        Origin::Url(_) => "nothing to compare".to_owned(),
    }
}
