//! What the tab `Firmware` does.

mod download;
mod notice;
mod report;

use super::outgoing::{Letter, send};
use crate::state::{
    Effect, Now, State,
    dialect::PayloadFormat,
    firmware::{Errand, FirmwareAction, Held, INSTALL_MS, Stage, TrackAction, kind_name},
    purpose::Purpose,
};
use shared::{
    payload::Payload,
    thingsboard::{
        package::{UpdateState, download::Download},
        topic::{Flavour, PackageKind, Topic},
    },
    wire::PublishOutcome,
};

pub(super) use notice::{answered, pushed};

pub(super) fn update(state: &mut State, action: FirmwareAction, now: Now, effects: &mut Vec<Effect>) {
    match action {
        FirmwareAction::Check => notice::check(state, now, effects),
        FirmwareAction::ReportsChosen(reports) => state.firmware.reports = reports,
        FirmwareAction::Of(kind, action) => track(state, kind, action, now, effects),
    }
}

fn track(state: &mut State, kind: PackageKind, action: TrackAction, now: Now, effects: &mut Vec<Effect>) {
    let track = state.firmware.track_mut(kind);
    track.notice = None;
    match action {
        TrackAction::TitleTyped(title) => track.title = title,
        TrackAction::VersionTyped(version) => track.version = version,
        TrackAction::Report => report::current(state, kind, now, effects),
        TrackAction::ChunkChosen(size) => track.chunk = size,
        TrackAction::Download => download::start(state, kind, now, effects),
        TrackAction::Pause => download::pause(state, kind, None),
        TrackAction::Resume => download::resume(state, kind, now, effects),
        TrackAction::Cancel => {
            if matches!(track.stage, Stage::Fetching(_) | Stage::Paused { .. } | Stage::Verifying(_)) {
                track.stage = Stage::Idle;
                report::failure(state, kind, "The download was cancelled.", now, effects);
                state.announce(format!("{} download cancelled.", kind_name(kind)));
            }
        }
        TrackAction::Save => {
            if let Some(held) = track.stage.verified() {
                let name = file_name(held, kind);
                let bytes = held.image.look(|download| download.bytes().to_vec());
                effects.push(Effect::Save { name, bytes });
            }
        }
        TrackAction::Install => {
            if let Stage::Verified(held) = &track.stage {
                let until_ms = now.unix_ms() + INSTALL_MS;
                track.stage = Stage::Installing { held: held.clone(), until_ms };
                report::state(state, kind, UpdateState::Updating, now, effects);
            }
        }
        TrackAction::Fail => {
            if let Stage::Verified(_) | Stage::Installing { .. } = track.stage {
                download::fail(state, kind, "The installation failed, as you asked.", now, effects);
            }
        }
    }
}

/// A name that any system takes: what the package is called, without what is no letter, digit, dot or dash.
fn file_name(held: &Held, kind: PackageKind) -> String {
    let package = &held.package;
    let plain = |text: &str| -> String {
        let plain =
            |letter: char| if letter.is_alphanumeric() || ".-".contains(letter) { letter } else { '_' };
        text.chars().take(60).map(plain).collect()
    };
    format!("{}-{}.{}.bin", plain(&package.title), plain(&package.version), kind.prefix())
        .trim_start_matches('.')
        .to_owned()
}

/// The topics on which JSON is understood whatever the device's profile says.
fn json_flavour(state: &State) -> Flavour {
    match state.dialect.profile {
        PayloadFormat::Json => Flavour::V1,
        PayloadFormat::Protobuf => Flavour::V2Json,
    }
}

/// Publishes, and notes what for. An error is a sentence for the person.
fn publish(
    state: &mut State,
    (topic, payload): (Topic, String),
    errand: Errand,
    now: Now,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    state.firmware.last_number = state.firmware.last_number.wrapping_add(1);
    let number = state.firmware.last_number;
    let letter = Letter::to(topic, Payload::from_text(&payload), Purpose::Firmware(number));
    state.firmware.sent.insert(number, errand);
    send(state, letter, now, effects).inspect_err(|_| {
        state.firmware.sent.remove(&number);
    })
}

/// The person asked for a session of their own: what the last one left is not of this one.
pub(super) fn starting(state: &mut State) {
    let firmware = &mut state.firmware;
    firmware.shared.clear();
    firmware.asked = None;
    firmware.notice = None;
    for kind in PackageKind::ALL {
        firmware.track_mut(kind).restart();
    }
}

/// The session was lost or ended. What arrived of a package is kept.
pub(super) fn over(state: &mut State) {
    const ENDED: &str = "The connection ended: press Resume once the status says Connected.";
    if state.firmware.asked.take().is_some() {
        state.firmware.notice = Some("The connection ended before the answer came: check again.".to_owned());
    }
    for kind in PackageKind::ALL {
        download::pause(state, kind, Some(ENDED.to_owned()));
        if let Some(owed) = &mut state.firmware.track_mut(kind).owed {
            owed.due = true;
        }
    }
}

/// A chunk, or why there is none.
pub(super) fn received(
    state: &mut State,
    topic: Topic,
    payload: &Payload,
    now: Now,
    effects: &mut Vec<Effect>,
) {
    match topic {
        Topic::PackageResponse { kind, request, chunk } => {
            download::take(state, kind, (request, chunk), payload, now, effects);
        }
        Topic::PackageError(_) => download::refused(state, payload, now),
        _ => {}
    }
}

/// What became of a publish of this tab.
pub(super) fn published(
    state: &mut State,
    number: u32,
    outcome: &PublishOutcome,
    now: Now,
    effects: &mut Vec<Effect>,
) {
    let Some(errand) = state.firmware.sent.remove(&number) else { return };
    let PublishOutcome::Refused { reason } = outcome else { return };
    match errand {
        Errand::Check => {
            state.firmware.asked = None;
            state.firmware.notice = Some(format!("The request was refused: {reason}"));
        }
        Errand::Chunk { kind, request } => {
            if download::is_running(state, kind, request) {
                let why = format!("The request for a chunk was refused: {reason}");
                download::fail(state, kind, &why, now, effects);
            }
        }
        Errand::Report(kind) => {
            state.firmware.track_mut(kind).unreported = Some(format!("The report was refused: {reason}"));
        }
    }
}

pub(super) fn wants_ticks(state: &State) -> bool {
    let waits = |kind: PackageKind| {
        let track = state.firmware.track(kind);
        matches!(track.stage, Stage::Fetching(_) | Stage::Verifying(_) | Stage::Installing { .. })
            || report::is_due(state, kind)
    };
    state.firmware.checking() || PackageKind::ALL.into_iter().any(waits)
}

/// Time passed.
pub(super) fn tick(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    notice::tick(state, now);
    for kind in PackageKind::ALL {
        report::tick(state, kind, now, effects);
        match &state.firmware.track(kind).stage {
            Stage::Fetching(_) => download::tick(state, kind, now, effects),
            Stage::Verifying(held) => verify(state, kind, held.clone(), now, effects),
            Stage::Installing { held, until_ms } if now.unix_ms() >= *until_ms => {
                installed(state, kind, held.clone(), now, effects);
            }
            Stage::Idle
            | Stage::Paused { .. }
            | Stage::Verified(_)
            | Stage::Installing { .. }
            | Stage::Installed(_)
            | Stage::Failed { .. } => {}
        }
    }
}

/// Compares the bytes, in one go: SHA-256 of 16 MiB takes a browser about 90 ms.
fn verify(state: &mut State, kind: PackageKind, held: Held, now: Now, effects: &mut Vec<Effect>) {
    match held.image.look(|download: &Download| held.package.verify(download.bytes())) {
        Ok(()) => {
            state.firmware.track_mut(kind).stage = Stage::Verified(held);
            report::state(state, kind, UpdateState::Verified, now, effects);
            state.announce(format!("{} downloaded and verified.", kind_name(kind)));
        }
        Err(problem) => download::fail(state, kind, &problem.to_string(), now, effects),
    }
}

fn installed(state: &mut State, kind: PackageKind, held: Held, now: Now, effects: &mut Vec<Effect>) {
    let track = state.firmware.track_mut(kind);
    track.title.clone_from(&held.package.title);
    track.version.clone_from(&held.package.version);
    track.stage = Stage::Installed(held);
    report::state(state, kind, UpdateState::Updated, now, effects);
    state.announce(format!("{} updated.", kind_name(kind)));
}
