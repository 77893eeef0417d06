//! A device fetches an OTA package chunk by chunk (ThingsBoard MqttTransportHandler.getOtaPackageCallback
//! and sendOtaPackageError).

use super::{Effect, Session};
use crate::{
    device::DeviceState,
    ending::Ending,
    package::{Assigned, Package, PackageKind},
    topic::{self, Downlink, Flavour},
    upload::PayloadProblem,
};
use shared::{limits::MAX_PACKET_BYTES, thingsboard::server};
use std::{collections::VecDeque, sync::Arc};

/// Request ids that a session remembers; the one begun first is forgotten. ThingsBoard has no such bound.
const MOST_DOWNLOADS: usize = 16;

/// What a session knows of its downloads.
#[derive(Debug, Default)]
pub(super) struct Downloads(VecDeque<Download>);

/// One request id. ThingsBoard has one list for firmware and software: the id alone decides.
#[derive(Debug)]
struct Download {
    request: String,
    /// Zero until the device named one.
    chunk_size: usize,
    /// The package that was assigned at the first answer; a new one does not change a download.
    package: Option<Arc<Package>>,
}

/// Why there is no chunk: the session ends with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoChunk {
    NotFound,
    /// The package is kept elsewhere.
    Failure,
    TooLarge,
}

impl NoChunk {
    /// As in ThingsBoard's `ResponseStatus`.
    fn text(self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::Failure => "FAILURE",
            Self::TooLarge => "PAYLOAD_TOO_LARGE",
        }
    }
}

impl Downloads {
    /// Whether this request id has its package.
    pub(super) fn has_begun(&self, request: &str) -> bool {
        self.0.iter().any(|download| download.request == request && download.package.is_some())
    }

    fn get(&mut self, request: &str) -> &mut Download {
        let index = match self.0.iter().position(|download| download.request == request) {
            Some(index) => index,
            None => {
                if self.0.len() >= MOST_DOWNLOADS {
                    self.0.pop_front();
                }
                self.0.push_back(Download { request: request.to_owned(), chunk_size: 0, package: None });
                self.0.len() - 1
            }
        };
        &mut self.0[index]
    }
}

impl Session {
    /// The chunk to send, or what to say instead. A size that is no number is what ThingsBoard does not
    /// foresee.
    pub(super) fn take_chunk_request(
        &mut self,
        (kind, request, chunk): (PackageKind, &str, &str),
        payload: &[u8],
        device: &DeviceState,
    ) -> Result<Result<Effect, NoChunk>, PayloadProblem> {
        let size = server::chunk_size(payload)?;
        let number: i32 = chunk.parse().map_err(|_| PayloadProblem::Uncaught)?;
        let download = self.downloads.get(request);
        if size > 0 {
            download.chunk_size = size;
        }
        if download.chunk_size > MAX_PACKET_BYTES {
            return Ok(Err(NoChunk::TooLarge));
        }
        let package = match (&download.package, device.package(kind)) {
            (Some(package), _) => Arc::clone(package),
            (None, Some(Assigned::Kept { package, .. })) => Arc::clone(package),
            (None, Some(Assigned::Linked(_))) => return Ok(Err(NoChunk::Failure)),
            (None, None) => return Ok(Err(NoChunk::NotFound)),
        };
        download.package = Some(Arc::clone(&package));
        // Digits only, so that it is not negative.
        let chunk = package.chunk(download.chunk_size, usize::try_from(number).unwrap_or(usize::MAX));
        let topic = topic::package_response(kind, request, number);
        Ok(Ok(self.send_to((Downlink::PackageChunk(kind), Flavour::V2), topic, chunk)))
    }

    /// ThingsBoard says it on the firmware's topic for software too, acknowledges nothing, and closes.
    pub(super) fn refuse_chunk(&mut self, why: NoChunk) -> Vec<Effect> {
        let link = Downlink::PackageError(PackageKind::Firmware);
        let topic = link.topic(Flavour::V2, 0);
        let error = self.send_to((link, Flavour::V2), topic, why.text().into());
        vec![error, Effect::Close(Ending::NoPackage)]
    }
}
