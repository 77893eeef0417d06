//! Which devices are open at once, and which one is shown. Each has a [`State`] of its own, kept by a provider of its
//! own; this knows only what their tabs say.

use super::{State, connection::Phase};

/// Devices open at once: more than a hosted proxy lets one visitor have.
pub const MAX_OPEN: usize = 8;

/// Tells one from the others for as long as the page lives.
pub type DeviceId = u32;

/// What a device's tab says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Its saved name, or its server.
    pub name: String,
    pub standing: Standing,
}

/// Where its connection stands, as far as a tab tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    #[default]
    Idle,
    Busy,
    Connected,
    Failed,
}

impl Standing {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Idle => "not connected",
            Self::Busy => "connecting",
            Self::Connected => "connected",
            Self::Failed => "failed",
        }
    }

    /// The tone of its mark.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Busy => "busy",
            Self::Connected => "good",
            Self::Failed => "bad",
        }
    }
}

impl Summary {
    #[must_use]
    pub fn of(state: &State) -> Self {
        let standing = match &state.phase {
            Phase::Disconnected { .. } => Standing::Idle,
            Phase::Connecting(_) | Phase::Reconnecting(_) => Standing::Busy,
            Phase::Connected(_) => Standing::Connected,
            Phase::Failed(_) => Standing::Failed,
        };
        let server = || state.phase.endpoint().map(|endpoint| endpoint.host.to_string());
        let name = state.saved.opened.clone().or_else(server).unwrap_or_else(|| "New device".to_owned());
        Self { name, standing }
    }
}

/// The devices, in the order of their tabs. There is always one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDevices {
    list: Vec<(DeviceId, Summary)>,
    shown: DeviceId,
    last: DeviceId,
    /// Its connection would end by closing it: to be pressed again.
    doubted: Option<DeviceId>,
}

impl Default for OpenDevices {
    fn default() -> Self {
        Self { list: vec![(1, Summary::default())], shown: 1, last: 1, doubted: None }
    }
}

/// The person worked on the tabs, or a device changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenDevicesAction {
    Add,
    Show(DeviceId),
    /// Closes the one that is shown.
    Close,
    Summarised(DeviceId, Summary),
}

impl OpenDevices {
    #[must_use]
    pub fn list(&self) -> &[(DeviceId, Summary)] {
        &self.list
    }

    #[must_use]
    pub fn shown(&self) -> DeviceId {
        self.shown
    }

    /// Whether one more may be opened.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.list.len() < MAX_OPEN
    }

    /// Whether closing the shown one waits for a second press.
    #[must_use]
    pub fn is_doubted(&self) -> bool {
        self.doubted == Some(self.shown)
    }

    pub fn update(&mut self, action: OpenDevicesAction) {
        match action {
            OpenDevicesAction::Add if self.has_room() => {
                self.last += 1;
                self.list.push((self.last, Summary::default()));
                self.shown = self.last;
                self.doubted = None;
            }
            OpenDevicesAction::Add => {}
            OpenDevicesAction::Show(id) => {
                if self.list.iter().any(|(known, _)| *known == id) {
                    self.shown = id;
                    self.doubted = None;
                }
            }
            OpenDevicesAction::Close => self.close(),
            OpenDevicesAction::Summarised(id, summary) => {
                if let Some((_, known)) = self.list.iter_mut().find(|(known, _)| *known == id) {
                    *known = summary;
                }
            }
        }
    }

    fn close(&mut self) {
        let Some(place) = self.list.iter().position(|(id, _)| *id == self.shown) else { return };
        if self.list.len() == 1 {
            return;
        }
        let is_open = matches!(self.list[place].1.standing, Standing::Busy | Standing::Connected);
        if is_open && !self.is_doubted() {
            self.doubted = Some(self.shown);
            return;
        }
        self.list.remove(place);
        self.doubted = None;
        self.shown = self.list[place.min(self.list.len() - 1)].0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(open: &OpenDevices) -> Vec<DeviceId> {
        open.list().iter().map(|(id, _)| *id).collect()
    }

    #[test]
    fn there_is_always_one_and_an_end_to_how_many() {
        let mut open = OpenDevices::default();
        open.update(OpenDevicesAction::Close);
        assert_eq!(ids(&open), [1]);
        for _ in 0..2 * MAX_OPEN {
            open.update(OpenDevicesAction::Add);
        }
        assert_eq!(ids(&open).len(), MAX_OPEN);
        assert!(!open.has_room());
    }

    #[test]
    fn a_closed_device_gives_way_to_its_neighbour() {
        let mut open = OpenDevices::default();
        open.update(OpenDevicesAction::Add);
        open.update(OpenDevicesAction::Add);
        open.update(OpenDevicesAction::Show(2));
        open.update(OpenDevicesAction::Close);
        assert_eq!((ids(&open), open.shown()), (vec![1, 3], 3));
        open.update(OpenDevicesAction::Close);
        assert_eq!((ids(&open), open.shown()), (vec![1], 1));
        open.update(OpenDevicesAction::Add);
        assert_eq!(ids(&open), [1, 4], "a number is never used again");
        open.update(OpenDevicesAction::Show(3));
        assert_eq!(open.shown(), 4);
    }

    #[test]
    fn a_connected_device_is_closed_by_two_presses() {
        let mut open = OpenDevices::default();
        open.update(OpenDevicesAction::Add);
        let summary = Summary { name: "Pump".to_owned(), standing: Standing::Connected };
        open.update(OpenDevicesAction::Summarised(2, summary));
        open.update(OpenDevicesAction::Close);
        assert!(open.is_doubted());
        open.update(OpenDevicesAction::Show(1));
        open.update(OpenDevicesAction::Show(2));
        assert!(!open.is_doubted(), "looking elsewhere is a second thought");
        open.update(OpenDevicesAction::Close);
        open.update(OpenDevicesAction::Close);
        assert_eq!(ids(&open), [1]);
    }
}
