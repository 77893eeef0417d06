//! Fetches a package: asks for one chunk after the other, each for as long as it takes or three times.

use super::{publish, report};
use crate::{
    state::{
        Effect, Now, State,
        firmware::{Errand, Fetch, Held, Image, Offer, Owed, PATIENCE_MS, Pace, Stage, TRIES, kind_name},
        update::outgoing::{ensure, is_open, not_connected},
    },
    text::counted,
};
use shared::{
    payload::Payload,
    thingsboard::{
        package::{
            Assigned, Origin, UpdateState,
            download::{ChunkProblem, Chunks, Download, ServerProblem},
        },
        topic::{PackageKind, Topic, filter},
    },
    wire::QoS,
};
use std::rc::Rc;

/// The person pressed Download.
pub(super) fn start(state: &mut State, kind: PackageKind, now: Now, effects: &mut Vec<Effect>) {
    let begun = offered(state, kind).and_then(|package| {
        let download = prepare(state, kind, &package)?;
        if is_open(state) { Ok((package, download)) } else { Err(not_connected(state, "download it")) }
    });
    let (package, download) = match begun {
        Ok(begun) => begun,
        Err(sentence) => {
            state.firmware.track_mut(kind).notice = Some(sentence);
            return;
        }
    };
    let fetch = Fetch {
        package,
        image: Image::new(download),
        request: 0,
        tries: 0,
        until_ms: 0,
        pace: Pace::begun(now.unix_ms(), 0),
    };
    let track = state.firmware.track_mut(kind);
    track.owed = None;
    report::state(state, kind, UpdateState::Downloading, now, effects);
    run(state, kind, fetch, now, effects);
}

/// What ThingsBoard offers, or why there is nothing to fetch.
fn offered(state: &State, kind: PackageKind) -> Result<Rc<Assigned>, String> {
    match &state.firmware.track(kind).offer {
        Offer::Package(package) => Ok(package.clone()),
        Offer::Unknown => Err("No package is known yet: press Check for updates.".to_owned()),
        Offer::None => Err(
            "No package is assigned to this device: assign one in ThingsBoard, to the device or its profile."
                .to_owned(),
        ),
        Offer::Unreadable(problem) => Err(problem.to_string()),
    }
}

fn prepare(state: &State, kind: PackageKind, package: &Assigned) -> Result<Download, String> {
    let Origin::Chunks { bytes, .. } = package.origin else {
        return Err(
            "This package is only a link: fetch it from there. ThingsBoard would answer every request \
                    for a chunk with FAILURE and end the connection."
                .to_owned(),
        );
    };
    let most = state.limits.known.max_payload_bytes;
    let chunks = Chunks::new(bytes, state.firmware.track(kind).chunk.bytes(bytes), most)
        .map_err(|problem| problem.to_string())?;
    Ok(Download::new(chunks))
}

/// Fetches from the next chunk on, under a new request.
fn run(state: &mut State, kind: PackageKind, mut fetch: Fetch, now: Now, effects: &mut Vec<Effect>) {
    let filters = [
        filter::package_response(kind),
        filter::package_error(PackageKind::Firmware),
        filter::package_error(PackageKind::Software),
    ];
    let wanted = if kind == PackageKind::Firmware { &filters[..2] } else { &filters[..] };
    ensure(state, wanted, QoS::AtLeastOnce, now, effects);
    fetch.request = state.new_topic_id().unsigned_abs();
    fetch.tries = 0;
    let received = fetch.image.look(|download| download.progress().received_bytes);
    fetch.pace = Pace::begun(now.unix_ms(), received);
    go_on(state, kind, fetch, now, effects);
}

/// Asks for the next chunk, or has the whole compared.
fn go_on(state: &mut State, kind: PackageKind, mut fetch: Fetch, now: Now, effects: &mut Vec<Effect>) {
    let (next, payload) = fetch.image.look(|download| (download.next(), download.chunks().request_payload()));
    let Some(chunk) = next else {
        let Fetch { package, image, .. } = fetch;
        state.firmware.track_mut(kind).stage = Stage::Verifying(Held { package, image });
        report::state(state, kind, UpdateState::Downloaded, now, effects);
        return;
    };
    fetch.tries += 1;
    fetch.until_ms = now.unix_ms() + PATIENCE_MS;
    let request = fetch.request;
    let topic = Topic::PackageRequest { kind, request, chunk };
    let errand = Errand::Chunk { kind, request };
    let stage = match publish(state, (topic, payload), errand, now, effects) {
        Ok(()) => Stage::Fetching(fetch),
        Err(why) => Stage::Paused { fetch, why: Some(why) },
    };
    state.firmware.track_mut(kind).stage = stage;
}

/// The download that runs, taken out of its place.
fn running(state: &mut State, kind: PackageKind) -> Option<Fetch> {
    match &state.firmware.track(kind).stage {
        Stage::Fetching(fetch) => Some(fetch.clone()),
        _ => None,
    }
}

pub(super) fn is_running(state: &State, kind: PackageKind, request: u32) -> bool {
    matches!(&state.firmware.track(kind).stage, Stage::Fetching(fetch) if fetch.request == request)
}

/// A chunk came. One of an earlier request, or that came twice, is passed over.
pub(super) fn take(
    state: &mut State,
    kind: PackageKind,
    (request, chunk): (u32, u32),
    payload: &Payload,
    now: Now,
    effects: &mut Vec<Effect>,
) {
    let Some(mut fetch) = running(state, kind).filter(|fetch| fetch.request == request) else { return };
    match fetch.image.change(|download| download.take(chunk, payload.as_bytes())) {
        Ok(()) => {
            fetch.tries = 0;
            fetch.pace.last_ms = now.unix_ms();
            go_on(state, kind, fetch, now, effects);
        }
        Err(ChunkProblem::OutOfOrder { .. }) => {}
        Err(problem @ ChunkProblem::WrongSize { .. }) => {
            fail(state, kind, &problem.to_string(), now, effects);
        }
    }
}

/// The server says why there is no chunk, of either kind, and ends the session.
pub(super) fn refused(state: &mut State, payload: &Payload, now: Now) {
    let problem = ServerProblem::read(payload.as_text().unwrap_or("bytes that are no text"));
    let why = format!(
        "{problem} ThingsBoard ends the connection after this answer; the page connects again by itself."
    );
    for kind in PackageKind::ALL {
        if running(state, kind).is_some() {
            end(state, kind, &why, now);
            if state.firmware.reports {
                state.firmware.track_mut(kind).owed = Some(Owed { error: problem.to_string(), due: false });
            }
        }
    }
}

/// The update failed, and ThingsBoard is told.
pub(super) fn fail(state: &mut State, kind: PackageKind, why: &str, now: Now, effects: &mut Vec<Effect>) {
    end(state, kind, why, now);
    report::failure(state, kind, why, now, effects);
}

fn end(state: &mut State, kind: PackageKind, why: &str, now: Now) {
    let track = state.firmware.track_mut(kind);
    let during = track.stage.state();
    track.stage = Stage::Failed { why: why.to_owned(), during };
    let text = format!("{} update failed: {why}", kind_name(kind));
    state.announce(text.clone());
    state.problem(now, text);
}

/// Stops asking. `why`: when it was not the person.
pub(super) fn pause(state: &mut State, kind: PackageKind, why: Option<String>) {
    if let Some(fetch) = running(state, kind) {
        state.firmware.track_mut(kind).stage = Stage::Paused { fetch, why };
    }
}

/// The person pressed Resume.
pub(super) fn resume(state: &mut State, kind: PackageKind, now: Now, effects: &mut Vec<Effect>) {
    let track = state.firmware.track(kind);
    let Stage::Paused { fetch, .. } = &track.stage else { return };
    let fetch = fetch.clone();
    let other = matches!(&track.offer, Offer::Package(package) if **package != *fetch.package);
    let problem = if other {
        Some("Another package is offered by now: cancel this download and begin the new one.".to_owned())
    } else if is_open(state) {
        None
    } else {
        Some(not_connected(state, "resume"))
    };
    if problem.is_some() {
        state.firmware.track_mut(kind).notice = problem;
    } else {
        run(state, kind, fetch, now, effects);
    }
}

/// A chunk that does not come is asked for again.
pub(super) fn tick(state: &mut State, kind: PackageKind, now: Now, effects: &mut Vec<Effect>) {
    let Some(fetch) = running(state, kind).filter(|fetch| now.unix_ms() >= fetch.until_ms) else { return };
    if fetch.tries < TRIES {
        return go_on(state, kind, fetch, now, effects);
    }
    let chunk = fetch.image.look(Download::next).unwrap_or_default();
    let why = format!(
        "The server did not send chunk {chunk}, though it was asked for {} and had {} s each time: look whether \
         it is a ThingsBoard that keeps this package, then download it again.",
        counted(TRIES as usize, "time", "times"),
        PATIENCE_MS / 1000
    );
    fail(state, kind, &why, now, effects);
}
