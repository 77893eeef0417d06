//! Values with their place in the text, for whoever wants to change a part of it and nothing else.

use super::Json;
use std::ops::Range;

/// A value and the bytes of the text that spell it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Located {
    pub(crate) span: Range<usize>,
    pub(crate) value: LocatedValue,
}

/// As [`Json`], with the members in their order, repeated ones too.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LocatedValue {
    Null,
    Bool(bool),
    Number(String),
    String(String),
    Array(Vec<Located>),
    Object(Vec<(String, Located)>),
}

impl Located {
    pub(crate) fn into_json(self) -> Json {
        match self.value {
            LocatedValue::Null => Json::Null,
            LocatedValue::Bool(flag) => Json::Bool(flag),
            LocatedValue::Number(spelling) => Json::Number(spelling),
            LocatedValue::String(text) => Json::String(text),
            LocatedValue::Array(items) => Json::Array(items.into_iter().map(Self::into_json).collect()),
            LocatedValue::Object(members) => {
                Json::Object(members.into_iter().map(|(key, value)| (key, value.into_json())).collect())
            }
        }
    }
}
