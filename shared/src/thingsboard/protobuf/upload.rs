//! Telemetry and attributes in the default schemas: what a person typed as JSON to bytes, and bytes to the
//! JSON that ThingsBoard makes of them before it stores the values (ThingsBoard
//! DynamicProtoUtils.dynamicMsgToJson).
//!
//! The default schema has no time: the server's own counts. Its numbers are doubles, so that 25 is stored
//! as 25.0, and a whole number of ten million or more as a long again.

mod members;
#[cfg(test)]
mod tests;

use super::{
    DecodeProblem, decode,
    print::Printed,
    schema::{InnerObject, SensorConfiguration, SensorDataReading},
};
use crate::thingsboard::json::JsonProblem;
use members::Members;
use prost::Message;
use thiserror::Error;

/// Why JSON does not fit into a default schema.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    #[error("{0}")]
    NoJson(JsonProblem),
    #[error(
        "Protobuf carries one object at a time here, such as {example}: send several one after the other."
    )]
    NoObject { example: &'static str },
    #[error(
        "The default schema has no field `{field}`: it has {known}. Leave the field out, or send JSON; a schema of the device profile's own is not known here."
    )]
    UnknownField { field: String, known: &'static str },
    #[error("The field `{field}` of the default schema is {wanted}, not {found}.")]
    WrongType { field: &'static str, wanted: &'static str, found: &'static str },
    #[error("The field `{field}` of the default schema is {wanted}; {text} does not fit.")]
    OutOfRange { field: &'static str, wanted: &'static str, text: String },
}

/// What the default telemetry schema has.
const TELEMETRY_FIELDS: &str = "temperature, humidity and innerObject";
const INNER_FIELDS: &str = "key1 to key5 in innerObject";
const ATTRIBUTE_FIELDS: &str = "firmwareVersion and serialNumber";

/// Telemetry to bytes: `{"temperature":25.5,"innerObject":{"key4":5}}`, in JSON as ThingsBoard takes it.
/// `null` leaves a field out.
///
/// # Errors
/// The first thing that the default schema cannot carry.
pub fn encode_telemetry(text: &str) -> Result<Vec<u8>, Problem> {
    let mut members = Members::read(text, r#"{"temperature":25}"#)?;
    let message = SensorDataReading {
        temperature: members.double("temperature")?,
        humidity: members.double("humidity")?,
        inner_object: members.object("innerObject")?.map(inner).transpose()?,
    };
    members.none_left(TELEMETRY_FIELDS)?;
    Ok(message.encode_to_vec())
}

fn inner(mut members: Members) -> Result<InnerObject, Problem> {
    let object = InnerObject {
        key1: members.text("key1")?,
        key2: members.flag("key2")?,
        key3: members.double("key3")?,
        key4: members.int32("key4")?,
        key5: members.text("key5")?,
    };
    members.none_left(INNER_FIELDS)?;
    Ok(object)
}

/// Attributes to bytes: `{"firmwareVersion":"1.2","serialNumber":"A1"}`.
///
/// # Errors
/// As [`encode_telemetry`].
pub fn encode_attributes(text: &str) -> Result<Vec<u8>, Problem> {
    let mut members = Members::read(text, r#"{"serialNumber":"A1"}"#)?;
    let message = SensorConfiguration {
        firmware_version: members.text("firmwareVersion")?,
        serial_number: members.text("serialNumber")?,
    };
    members.none_left(ATTRIBUTE_FIELDS)?;
    Ok(message.encode_to_vec())
}

/// Telemetry as the JSON that ThingsBoard types and stores.
///
/// # Errors
/// When the bytes are no message of the default schema.
pub fn telemetry_json(bytes: &[u8]) -> Result<String, DecodeProblem> {
    let message: SensorDataReading = decode(bytes, "SensorDataReading")?;
    let mut printed = Printed::default();
    printed.double("temperature", message.temperature);
    printed.double("humidity", message.humidity);
    printed.object("innerObject", message.inner_object.as_ref().map(print_inner));
    Ok(printed.finish())
}

fn print_inner(object: &InnerObject) -> Printed {
    let mut printed = Printed::default();
    printed.text("key1", object.key1.as_deref());
    printed.plain("key2", object.key2);
    printed.double("key3", object.key3);
    printed.plain("key4", object.key4);
    printed.text("key5", object.key5.as_deref());
    printed
}

/// Attributes as the JSON that ThingsBoard types and stores.
///
/// # Errors
/// When the bytes are no message of the default schema.
pub fn attributes_json(bytes: &[u8]) -> Result<String, DecodeProblem> {
    let message: SensorConfiguration = decode(bytes, "SensorConfiguration")?;
    let mut printed = Printed::default();
    printed.text("firmwareVersion", message.firmware_version.as_deref());
    printed.text("serialNumber", message.serial_number.as_deref());
    Ok(printed.finish())
}
