//! Regular expressions, run by the browser, which has them already.

use js_sys::{Function, Reflect, RegExp};
use wasm_bindgen::{JsCast, JsValue};

/// A regular expression as JavaScript writes it, without flags.
#[derive(Clone, Debug)]
pub struct Expression(RegExp);

/// What cannot be read, in one sentence.
const PROBLEM: &str = "This is no regular expression: close every bracket, and write \\ before a sign that is meant \
                       as it stands, as in \\( or \\*.";

impl Expression {
    /// # Errors
    /// One sentence.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        // The binding of the constructor does not expect that it throws.
        let make = || -> Result<RegExp, JsValue> {
            let constructor: Function = Reflect::get(&js_sys::global(), &"RegExp".into())?.unchecked_into();
            Ok(constructor.call1(&JsValue::UNDEFINED, &text.into())?.unchecked_into())
        };
        make().map(Self).map_err(|_| PROBLEM)
    }

    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.0.test(text)
    }
}
