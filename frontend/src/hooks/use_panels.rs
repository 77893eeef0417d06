//! The panels of the tabs, which are fetched when the first is wanted.

use crate::parts::{self, NotFetched, PanelsPart};
use wasm_bindgen_futures::spawn_local;
use yew::{Callback, UseStateHandle, hook, use_callback, use_effect_with, use_state};

/// A part of the program on its way.
#[derive(Clone, Copy, Debug)]
pub enum Panels {
    Awaited,
    There(PanelsPart),
    Failed,
}

/// There is only one part that can be there.
impl PartialEq for Panels {
    fn eq(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// The panels as far as they are there, and a way to ask for them again.
#[hook]
pub fn use_panels(wanted: bool) -> (Panels, Callback<()>) {
    let panels = use_state(|| parts::panels().map_or(Panels::Awaited, Panels::There));
    let again = use_callback((), {
        let panels = panels.clone();
        move |(), ()| fetch(panels.clone())
    });
    let into = panels.clone();
    use_effect_with(wanted, move |wanted| {
        if *wanted && parts::panels().is_none() {
            fetch(into);
        }
    });
    (*panels, again)
}

fn fetch(into: UseStateHandle<Panels>) {
    into.set(Panels::Awaited);
    spawn_local(async move {
        into.set(match parts::fetch_panels().await {
            Ok(part) => Panels::There(part),
            Err(NotFetched) => Panels::Failed,
        });
    });
}
