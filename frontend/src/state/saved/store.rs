//! The text in which saved devices are stored and exported, with its versions.
//!
//! A version once published is read for good: what changed since is in [`MIGRATIONS`], step by step, and a test
//! opens one file of each version.

use super::SavedDevice;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::rc::Rc;
use thiserror::Error;

/// What tells such a text from any other JSON.
const FORMAT: &str = "device-console.devices";

/// The version that is written.
const VERSION: u64 = 1;

/// What makes a text of version `n + 1` out of one of version `n`, from version 1 on.
const MIGRATIONS: [fn(&mut Value); VERSION as usize - 1] = [];

/// Devices that are kept.
pub const MAX_DEVICES: usize = 200;

/// Bytes of a file that is imported: a browser's storage holds no more.
pub const MAX_FILE_BYTES: usize = 5 * 1024 * 1024;

/// Bytes of a name.
pub(super) const MAX_NAME_BYTES: usize = 200;

/// The devices, in the order they were saved. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Book {
    pub devices: Rc<Vec<SavedDevice>>,
}

/// Why a text is none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StoreProblem {
    #[error("it is not a file of saved devices: choose one that Export made")]
    NotOurs,
    #[error("it was written by a newer Device Console: reload the page, or update the server")]
    Newer,
    #[error("a part of it is damaged: choose another copy of the file")]
    Damaged,
    #[error("it holds more devices than the {MAX_DEVICES} that are kept")]
    TooMany,
}

#[derive(Serialize, Deserialize)]
struct File {
    format: String,
    version: u64,
    devices: Vec<SavedDevice>,
}

impl Book {
    /// Reads a text of any version so far.
    ///
    /// # Errors
    /// Why it cannot be read. All or nothing.
    pub fn read(text: &str) -> Result<Self, StoreProblem> {
        let mut value: Value = serde_json::from_str(text).map_err(|_| StoreProblem::NotOurs)?;
        if value.get("format").and_then(Value::as_str) != Some(FORMAT) {
            return Err(StoreProblem::NotOurs);
        }
        let version = value.get("version").and_then(Value::as_u64).ok_or(StoreProblem::Damaged)?;
        match version {
            0 => return Err(StoreProblem::Damaged),
            1..=VERSION => {}
            _ => return Err(StoreProblem::Newer),
        }
        let done = usize::try_from(version - 1).unwrap_or_default();
        MIGRATIONS.iter().skip(done).for_each(|migrate| migrate(&mut value));
        let file: File = serde_json::from_value(value).map_err(|_| StoreProblem::Damaged)?;
        if file.devices.len() > MAX_DEVICES {
            return Err(StoreProblem::TooMany);
        }
        let mut names: Vec<&str> = file.devices.iter().map(|device| device.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let sound = |device: &SavedDevice| {
            !device.name.is_empty() && device.name.len() <= MAX_NAME_BYTES && device.is_plausible()
        };
        if names.len() < file.devices.len() || !file.devices.iter().all(sound) {
            return Err(StoreProblem::Damaged);
        }
        Ok(Self { devices: file.devices.into() })
    }

    /// The text of the version in use; `secrets`: with what is sealed.
    #[must_use]
    pub fn write(&self, secrets: bool) -> String {
        let mut devices = self.devices.to_vec();
        if !secrets {
            devices.iter_mut().for_each(|device| device.sealed = None);
        }
        let file = File { format: FORMAT.to_owned(), version: VERSION, devices };
        serde_json::to_string_pretty(&file).unwrap_or_default()
    }

    #[must_use]
    pub fn find(&self, name: &str) -> Option<&SavedDevice> {
        self.devices.iter().find(|device| device.name == name)
    }

    /// Adds it, or puts it in the place of the one with its name.
    ///
    /// # Errors
    /// There are as many as may be.
    pub fn put(&mut self, device: SavedDevice) -> Result<(), StoreProblem> {
        let devices = Rc::make_mut(&mut self.devices);
        match devices.iter().position(|known| known.name == device.name) {
            Some(place) => devices[place] = device,
            None if devices.len() >= MAX_DEVICES => return Err(StoreProblem::TooMany),
            None => devices.push(device),
        }
        Ok(())
    }

    pub fn remove(&mut self, name: &str) {
        Rc::make_mut(&mut self.devices).retain(|device| device.name != name);
    }

    /// Adds those of another book: the same ones are not added twice, others with a known name get a new one.
    /// Returns how many were added.
    ///
    /// # Errors
    /// There would be more than may be; nothing is added then.
    pub fn merge(&mut self, other: &Self) -> Result<usize, StoreProblem> {
        let mut devices = self.devices.to_vec();
        for device in other.devices.iter() {
            if devices.contains(device) {
                continue;
            }
            let mut device = device.clone();
            let name = device.name.clone();
            let mut number = 1;
            while devices.iter().any(|known| known.name == device.name) {
                number += 1;
                device.name = format!("{name} ({number})");
            }
            devices.push(device);
        }
        if devices.len() > MAX_DEVICES {
            return Err(StoreProblem::TooMany);
        }
        let added = devices.len() - self.devices.len();
        self.devices = devices.into();
        Ok(added)
    }
}
