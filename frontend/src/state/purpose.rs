//! Who a publish is for, so that its outcome finds its way back.

/// The part of the page that a publish belongs to. Each part keeps what it needs to know under its own number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The publish bar: the console shows the outcome.
    Bar,
    /// The long form of `Raw MQTT`.
    Raw(u32),
    Example,
    Telemetry(u32),
    Attributes(u32),
    Rpc(u32),
    Firmware(u32),
    Claim(u32),
    Gateway(u32),
    Limits,
}
