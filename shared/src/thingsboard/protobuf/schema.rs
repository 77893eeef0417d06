//! The messages of a device profile's default schemas, which ThingsBoard fills in when somebody chooses
//! Protobuf for a profile. Every value is `optional` in the sense of proto3: ThingsBoard tells one that is
//! absent from one that is zero. The oldest default schemas were without the word, and a profile that was kept
//! from then stores zero, false or an empty text for what is absent; its bytes are the same.

use prost::Message;

/// `telemetry.SensorDataReading`
#[derive(Clone, PartialEq, Message)]
pub struct SensorDataReading {
    #[prost(double, optional, tag = "1")]
    pub temperature: Option<f64>,
    #[prost(double, optional, tag = "2")]
    pub humidity: Option<f64>,
    #[prost(message, optional, tag = "3")]
    pub inner_object: Option<InnerObject>,
}

/// `telemetry.SensorDataReading.InnerObject`
#[derive(Clone, PartialEq, Message)]
pub struct InnerObject {
    #[prost(string, optional, tag = "1")]
    pub key1: Option<String>,
    #[prost(bool, optional, tag = "2")]
    pub key2: Option<bool>,
    #[prost(double, optional, tag = "3")]
    pub key3: Option<f64>,
    #[prost(int32, optional, tag = "4")]
    pub key4: Option<i32>,
    #[prost(string, optional, tag = "5")]
    pub key5: Option<String>,
}

/// `attributes.SensorConfiguration`
#[derive(Clone, PartialEq, Message)]
pub struct SensorConfiguration {
    #[prost(string, optional, tag = "1")]
    pub firmware_version: Option<String>,
    #[prost(string, optional, tag = "2")]
    pub serial_number: Option<String>,
}

/// `rpc.RpcRequestMsg`: a call from the server (ThingsBoard ProtoTransportPayloadConfiguration).
#[derive(Clone, PartialEq, Message)]
pub struct RpcRequestMsg {
    #[prost(string, optional, tag = "1")]
    pub method: Option<String>,
    #[prost(int32, optional, tag = "2")]
    pub request_id: Option<i32>,
    #[prost(string, optional, tag = "3")]
    pub params: Option<String>,
}

/// `rpc.RpcResponseMsg`: the device's answer to a call (ThingsBoard ProtoTransportPayloadConfiguration).
#[derive(Clone, PartialEq, Message)]
pub struct RpcResponseMsg {
    #[prost(string, optional, tag = "1")]
    pub payload: Option<String>,
}
