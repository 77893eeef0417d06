//! What the page asks of the emulator's platform side, and what came back.

use serde_json::{Map, Value};
use shared::platform::{
    AttributeKeys, Fault, GeneratedPackage, MqttProfile, PackageUpload, PlatformView, RateLimits, RpcCall,
    RpcOutcome, Unassign,
};
use std::rc::Rc;

/// A call. `child`: a device behind the gateway, in place of the gateway itself.
#[derive(Clone, Debug, PartialEq)]
pub enum PlatformCall {
    View,
    Rpc { child: Option<String>, call: RpcCall },
    SetShared { child: Option<String>, values: Map<String, Value> },
    DeleteShared { child: Option<String>, keys: AttributeKeys },
    Upload { upload: PackageUpload, bytes: Rc<Vec<u8>> },
    Generate(GeneratedPackage),
    Unassign(Unassign),
    SetFault(Fault),
    ClearFault,
    SetRates { of_gateway: bool, rates: RateLimits },
    SetProfile(Box<MqttProfile>),
}

/// What a call gave.
#[derive(Clone, Debug, PartialEq)]
pub enum PlatformReply {
    View(Box<PlatformView>),
    Rpc(RpcOutcome),
    Done,
}
