//! The transport's own messages: those that no device profile can change (ThingsBoard transport.proto,
//! package `transportapi`, and queue.proto, package `transport`).

use prost::{Enumeration, Message};
use std::fmt;
use zeroize::Zeroize;

/// `transportapi.AttributesRequest`: keys joined by commas. Both empty asks for everything.
#[derive(Clone, PartialEq, Message)]
pub struct AttributesRequest {
    #[prost(string, tag = "1")]
    pub client_keys: String,
    #[prost(string, tag = "2")]
    pub shared_keys: String,
}

/// `transportapi.RpcRequest`: a call to the server. The parameters are JSON as text.
#[derive(Clone, PartialEq, Message)]
pub struct RpcRequest {
    #[prost(string, tag = "1")]
    pub method: String,
    #[prost(string, tag = "2")]
    pub params: String,
}

/// `transportapi.ClaimDevice`. Does not print its secret, and overwrites it when dropped.
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub struct ClaimDevice {
    #[prost(string, tag = "1")]
    pub secret_key: String,
    /// Milliseconds; 0 is the server's own time.
    #[prost(int64, tag = "2")]
    pub duration_ms: i64,
}

impl fmt::Debug for ClaimDevice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ClaimDevice(***, {} ms)", self.duration_ms)
    }
}

impl Drop for ClaimDevice {
    fn drop(&mut self) {
        self.secret_key.zeroize();
    }
}

/// `transport.GetAttributeResponseMsg`
#[derive(Clone, PartialEq, Message)]
pub struct GetAttributeResponseMsg {
    #[prost(int32, tag = "1")]
    pub request_id: i32,
    #[prost(message, repeated, tag = "2")]
    pub client_attribute_list: Vec<TsKvProto>,
    #[prost(message, repeated, tag = "3")]
    pub shared_attribute_list: Vec<TsKvProto>,
    #[prost(bool, tag = "4")]
    pub is_multiple_attributes_request: bool,
    /// Empty when there is none; with one, ThingsBoard sends no response at all.
    #[prost(string, tag = "5")]
    pub error: String,
    #[prost(bool, tag = "6")]
    pub shared_state_msg: bool,
}

/// `transport.AttributeUpdateNotificationMsg`
#[derive(Clone, PartialEq, Message)]
pub struct AttributeUpdateNotificationMsg {
    #[prost(message, repeated, tag = "1")]
    pub shared_updated: Vec<TsKvProto>,
    #[prost(string, repeated, tag = "2")]
    pub shared_deleted: Vec<String>,
}

/// `transport.TsKvProto`. Its third field, the version, means nothing to a device.
#[derive(Clone, PartialEq, Message)]
pub struct TsKvProto {
    /// Milliseconds since 1970 (UTC).
    #[prost(int64, tag = "1")]
    pub ts: i64,
    #[prost(message, optional, tag = "2")]
    pub kv: Option<KeyValueProto>,
}

/// `transport.KeyValueProto`: the field that belongs to the type counts.
#[derive(Clone, PartialEq, Message)]
pub struct KeyValueProto {
    #[prost(string, tag = "1")]
    pub key: String,
    #[prost(enumeration = "KeyValueType", tag = "2")]
    pub r#type: i32,
    #[prost(bool, tag = "3")]
    pub bool_v: bool,
    #[prost(int64, tag = "4")]
    pub long_v: i64,
    #[prost(double, tag = "5")]
    pub double_v: f64,
    #[prost(string, tag = "6")]
    pub string_v: String,
    #[prost(string, tag = "7")]
    pub json_v: String,
}

/// `transport.KeyValueType`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Enumeration)]
#[repr(i32)]
pub enum KeyValueType {
    Boolean = 0,
    Long = 1,
    Double = 2,
    String = 3,
    Json = 4,
}

/// `transport.ToServerRpcResponseMsg`: the answer to a call to the server.
#[derive(Clone, PartialEq, Message)]
pub struct ToServerRpcResponseMsg {
    #[prost(int32, tag = "1")]
    pub request_id: i32,
    #[prost(string, tag = "2")]
    pub payload: String,
    /// Empty when there is none.
    #[prost(string, tag = "3")]
    pub error: String,
}
