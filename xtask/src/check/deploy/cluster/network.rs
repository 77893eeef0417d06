//! The network policy repeats the program's own rule of where sessions may lead, address range by address range.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Manifests;

/// Where the program's rule stands.
pub(super) const SOURCE: &str = "proxy/src/egress/classify.rs";

/// The constants there that list ranges, each as `(address, prefix)`.
const LISTS: [&str; 2] = ["NOT_PUBLIC_V4", "NOT_PUBLIC_V6"];

const MQTTS: u64 = 8883;

/// The ranges that the program refuses, as `ADDRESS/PREFIX`, from its source.
pub(super) fn not_public(source: &str) -> Result<Vec<String>> {
    let mut ranges = Vec::new();
    for list in LISTS {
        let start =
            source.find(&format!("const {list}:")).with_context(|| format!("{SOURCE} has no {list}"))?;
        let body = source[start..].split_once("= [").and_then(|(_, rest)| rest.split_once("];"));
        let (body, _) = body.with_context(|| format!("{list} of {SOURCE} is no list"))?;
        let before = ranges.len();
        for line in body.lines().filter(|line| line.contains("::new(")) {
            ranges.push(range(line).with_context(|| format!("{list} of {SOURCE}: cannot read {line}"))?);
        }
        if ranges.len() == before {
            bail!("{list} of {SOURCE} is empty");
        }
    }
    ranges.sort();
    Ok(ranges)
}

/// `(Ipv4Addr::new(10, 0, 0, 0), 8),` as `10.0.0.0/8`.
fn range(line: &str) -> Option<String> {
    let (kind, rest) = line.trim().strip_prefix('(')?.split_once("::new(")?;
    let (parts, prefix) = rest.split_once("), ")?;
    let parts: Vec<u16> = parts.split(", ").map(number).collect::<Option<_>>()?;
    let address: IpAddr = match kind {
        "Ipv4Addr" => {
            let bytes: Vec<u8> = parts.into_iter().map(u8::try_from).collect::<Result<_, _>>().ok()?;
            Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?).into()
        }
        "Ipv6Addr" => Ipv6Addr::from(<[u16; 8]>::try_from(parts).ok()?).into(),
        _ => return None,
    };
    let prefix: u8 = prefix.trim_end_matches([')', ',']).parse().ok()?;
    Some(format!("{address}/{prefix}"))
}

fn number(text: &str) -> Option<u16> {
    match text.strip_prefix("0x") {
        Some(digits) => u16::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// Wherever addresses are opened, exactly the refused ranges are left out, and only MQTT over TLS is opened.
pub(super) fn judge(manifests: &Manifests, refused: &[String]) -> Result<Vec<String>> {
    let policy = &manifests.one("NetworkPolicy")?["spec"];
    let mut findings = Vec::new();
    if !policy["policyTypes"].as_array().is_some_and(|types| types.contains(&Value::from("Egress"))) {
        findings.push("the network policy does not bound egress".to_owned());
    }
    for rule in list(&policy["egress"]) {
        let blocks: Vec<&Value> =
            list(&rule["to"]).iter().map(|to| &to["ipBlock"]).filter(|block| !block.is_null()).collect();
        if blocks.is_empty() {
            continue;
        }
        let mut excepted: Vec<String> = blocks
            .iter()
            .flat_map(|block| list(&block["except"]))
            .filter_map(|range| Some(range.as_str()?.to_owned()))
            .collect();
        excepted.sort();
        if excepted != refused {
            findings.push(format!("the network policy leaves out {excepted:?}, the program {refused:?}"));
        }
        let ports = list(&rule["ports"]);
        if ports.is_empty() || ports.iter().any(|port| port["port"] != MQTTS) {
            findings.push(format!(
                "the network policy opens public addresses at {ports:?}, not at {MQTTS} alone"
            ));
        }
    }
    Ok(findings)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SOURCE_TEXT: &str = "const NOT_PUBLIC_V4: [(Ipv4Addr, u32); 1] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),
];
const NOT_PUBLIC_V6: [(Ipv6Addr, u32); 1] = [
    (Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 0), 32),
];";

    fn policy(except: &Value, port: u64) -> Manifests {
        Manifests(vec![json!({ "kind": "NetworkPolicy", "spec": {
            "policyTypes": ["Egress"],
            "egress": [
                { "to": [{ "namespaceSelector": {} }], "ports": [{ "port": 53 }] },
                { "to": [{ "ipBlock": { "cidr": "0.0.0.0/0", "except": except } }], "ports": [{ "port": port }] },
            ],
        } })])
    }

    #[test]
    fn ranges_are_read_from_the_source() {
        assert_eq!(not_public(SOURCE_TEXT).unwrap(), ["10.0.0.0/8", "2001:db8::/32"]);
        assert!(not_public("const NOT_PUBLIC_V4: X = [];").is_err());
    }

    #[test]
    fn another_range_or_port_is_found() {
        let refused = not_public(SOURCE_TEXT).unwrap();
        let both = json!(["2001:db8::/32", "10.0.0.0/8"]);
        assert!(judge(&policy(&both, 8883), &refused).unwrap().is_empty());
        assert_eq!(judge(&policy(&json!(["10.0.0.0/8"]), 8883), &refused).unwrap().len(), 1);
        assert_eq!(judge(&policy(&both, 1883), &refused).unwrap().len(), 1);
    }
}
