//! The members of a JSON object, taken one by one in the type that a field has.

use super::Problem;
use crate::thingsboard::json::{self, Json};
use std::collections::BTreeMap;

/// Members of an object that were not yet taken.
pub(super) struct Members(BTreeMap<String, Json>);

impl Members {
    pub(super) fn read(text: &str, example: &'static str) -> Result<Self, Problem> {
        match json::parse(text).map_err(Problem::NoJson)? {
            Json::Object(members) => Ok(Self(members)),
            _ => Err(Problem::NoObject { example }),
        }
    }

    fn take<T>(
        &mut self,
        field: &'static str,
        wanted: &'static str,
        read: impl FnOnce(Json) -> Result<T, Unfit>,
    ) -> Result<Option<T>, Problem> {
        match self.0.remove(field) {
            None | Some(Json::Null) => Ok(None),
            Some(json) => read(json).map(Some).map_err(|unfit| match unfit {
                Unfit::Type(found) => Problem::WrongType { field, wanted, found },
                Unfit::Range(text) => {
                    Problem::OutOfRange { field, wanted, text: text.chars().take(40).collect() }
                }
            }),
        }
    }

    pub(super) fn double(&mut self, field: &'static str) -> Result<Option<f64>, Problem> {
        self.take(field, "a number (double)", |json| match json {
            Json::Number(spelling) => match spelling.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(number),
                _ => Err(Unfit::Range(spelling)),
            },
            other => Err(Unfit::of(&other)),
        })
    }

    pub(super) fn int32(&mut self, field: &'static str) -> Result<Option<i32>, Problem> {
        let wanted = "a whole number from -2147483648 to 2147483647 (int32)";
        self.take(field, wanted, |json| match json {
            Json::Number(spelling) => whole(&spelling).ok_or(Unfit::Range(spelling)),
            other => Err(Unfit::of(&other)),
        })
    }

    pub(super) fn flag(&mut self, field: &'static str) -> Result<Option<bool>, Problem> {
        self.take(field, "true or false (bool)", |json| match json {
            Json::Bool(flag) => Ok(flag),
            other => Err(Unfit::of(&other)),
        })
    }

    pub(super) fn text(&mut self, field: &'static str) -> Result<Option<String>, Problem> {
        self.take(field, "a text (string)", |json| match json {
            Json::String(text) => Ok(text),
            other => Err(Unfit::of(&other)),
        })
    }

    pub(super) fn object(&mut self, field: &'static str) -> Result<Option<Self>, Problem> {
        self.take(field, "an object", |json| match json {
            Json::Object(members) => Ok(Self(members)),
            other => Err(Unfit::of(&other)),
        })
    }

    pub(super) fn none_left(mut self, known: &'static str) -> Result<(), Problem> {
        match self.0.pop_first() {
            None => Ok(()),
            Some((field, _)) => Err(Problem::UnknownField { field: field.chars().take(60).collect(), known }),
        }
    }
}

enum Unfit {
    Type(&'static str),
    Range(String),
}

impl Unfit {
    fn of(json: &Json) -> Self {
        Self::Type(match json {
            Json::Null => "null",
            Json::Bool(_) => "true or false",
            Json::Number(_) => "a number",
            Json::String(_) => "a text",
            Json::Array(_) => "an array",
            Json::Object(_) => "an object",
        })
    }
}

/// `5`, and `5.0` or `5e0` as well.
fn whole(spelling: &str) -> Option<i32> {
    spelling.parse().ok().or_else(|| {
        let number: f64 = spelling.parse().ok()?;
        let fits = number.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number);
        #[expect(clippy::cast_possible_truncation, reason = "a whole number in the range of the type")]
        fits.then_some(number as i32)
    })
}
