//! Notices when elements change their size, which includes being shown after being hidden.

use std::fmt;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, ResizeObserver};

/// Watches elements until it is dropped.
pub struct ResizeWatch {
    observer: ResizeObserver,
    _on_resize: Closure<dyn Fn()>,
}

impl fmt::Debug for ResizeWatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ResizeWatch").finish_non_exhaustive()
    }
}

impl ResizeWatch {
    /// Calls `on_resize` soon, and again at each change. `None` in a browser without such notices.
    #[must_use]
    pub fn new(elements: &[&Element], on_resize: impl Fn() + 'static) -> Option<Self> {
        let on_resize = Closure::<dyn Fn()>::new(on_resize);
        let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok()?;
        for element in elements {
            observer.observe(element);
        }
        Some(Self { observer, _on_resize: on_resize })
    }
}

impl Drop for ResizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
