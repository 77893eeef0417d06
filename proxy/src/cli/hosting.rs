//! The flags for a proxy that others use, and what they make of its configuration.

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use proxy::{
    Origin,
    config::{AllowedTarget, Config, Hosted, Policy, limits},
    is_not_public,
};
use shared::endpoint::{Endpoint, Host, parse_port};
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    str::FromStr,
};

#[derive(Debug, Args)]
pub(crate) struct Hosting {
    /// Whom it serves: one person on their own machine, who may connect anywhere, or strangers, who reach only
    /// what is listed.
    #[arg(long, env = "DEVICE_CONSOLE_MODE", default_value = "local")]
    mode: Mode,

    /// A host and port that strangers may connect to (repeatable; commas in the variable). Its addresses must be
    /// public. Visitors are shown the list.
    #[arg(
        long = "allow-target",
        env = "DEVICE_CONSOLE_ALLOW_TARGET",
        value_name = "HOST:PORT",
        value_delimiter = ','
    )]
    allow_target: Vec<Target>,

    /// The same for a server of the operator's own network: its addresses may be private or this machine's. Visitors
    /// are shown its name, not its addresses.
    #[arg(
        long = "allow-internal-target",
        env = "DEVICE_CONSOLE_ALLOW_INTERNAL_TARGET",
        value_name = "HOST:PORT",
        value_delimiter = ','
    )]
    allow_internal_target: Vec<Target>,

    /// Let strangers connect to any host with public addresses, at the port 8883 and those of --public-port.
    #[arg(long, env = "DEVICE_CONSOLE_ALLOW_ANY_PUBLIC_HOST")]
    allow_any_public_host: bool,

    /// A port besides 8883 for --allow-any-public-host (repeatable; commas in the variable).
    #[arg(
        long,
        env = "DEVICE_CONSOLE_PUBLIC_PORT",
        value_name = "PORT",
        value_delimiter = ',',
        value_parser = parse_port,
        requires = "allow_any_public_host"
    )]
    public_port: Vec<u16>,

    /// An address by which this machine is reached from outside and which no interface has (repeatable; commas in
    /// the variable): strangers may not connect to it.
    #[arg(long, env = "DEVICE_CONSOLE_OWN_ADDRESS", value_name = "ADDRESS", value_delimiter = ',')]
    own_address: Vec<IpAddr>,

    /// A reverse proxy, or a network of them, whose X-Forwarded-For is believed (repeatable; commas in the variable),
    /// for example 10.0.0.5 or 10.0.0.0/8.
    #[arg(
        long,
        env = "DEVICE_CONSOLE_TRUSTED_PROXY",
        value_name = "NETWORK",
        value_delimiter = ',',
        value_parser = network
    )]
    trusted_proxy: Vec<IpNet>,

    /// The page's certificate chain (PEM): the page is then served over TLS. Read again when it changes, and on
    /// SIGHUP.
    #[arg(long, env = "DEVICE_CONSOLE_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,

    /// The key to it (PEM, not encrypted).
    #[arg(long, env = "DEVICE_CONSOLE_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,

    /// Address of /healthz, /readyz and /metrics. Not for strangers: it asks for no name and no password.
    #[arg(long, env = "DEVICE_CONSOLE_METRICS_LISTEN", value_name = "ADDRESS")]
    pub(crate) metrics_listen: Option<SocketAddr>,

    /// A name by which /metrics is asked for, besides addresses and localhost (repeatable; commas in the variable).
    #[arg(
        long,
        env = "DEVICE_CONSOLE_METRICS_HOST",
        value_name = "NAME",
        value_delimiter = ',',
        value_parser = Host::parse,
        requires = "metrics_listen"
    )]
    metrics_host: Vec<Host>,

    /// The server that other MQTT clients reach by a WebSocket at /mqtt (subprotocol mqtt), over verified TLS.
    #[arg(long, env = "DEVICE_CONSOLE_TUNNEL_TARGET", value_name = "HOST:PORT")]
    pub(crate) tunnel_target: Option<Target>,

    /// The CA certificate of that server (PEM or DER). Without it the public certificate authorities are asked.
    #[arg(long, env = "DEVICE_CONSOLE_TUNNEL_CA", value_name = "FILE", requires = "tunnel_target")]
    pub(crate) tunnel_ca: Option<PathBuf>,

    /// A bound other than the default, for example sessions=500 (repeatable; commas in the variable);
    /// docs/limits.md has the names.
    #[arg(
        long = "limit",
        env = "DEVICE_CONSOLE_LIMIT",
        value_name = "NAME=VALUE",
        value_delimiter = ',',
        value_parser = check_limit
    )]
    limits: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Mode {
    Local,
    Hosted,
}

/// A host and a port as one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target(pub(crate) Endpoint);

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, port) = text
            .trim()
            .rsplit_once(':')
            .ok_or("a target is written HOST:PORT, for example mqtt.thingsboard.cloud:8883")?;
        let host = Host::parse(host).map_err(|problem| problem.to_string())?;
        let port = parse_port(port).map_err(|problem| problem.to_string())?;
        Ok(Self(Endpoint { host, port }))
    }
}

/// A network, or an address, which is a network of one.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let one = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse().ok().or_else(one).ok_or_else(|| {
        "a network is written with the length of its prefix, for example 10.0.0.0/8 or fd00::/8; one address may stand \
         alone"
            .to_owned()
    })
}

fn check_limit(text: &str) -> Result<String, String> {
    let text = text.trim();
    limits::set(&mut Config::default(), text).map_err(|problem| problem.to_string())?;
    Ok(text.to_owned())
}

impl Hosting {
    pub(crate) fn is_hosted(&self) -> bool {
        self.mode == Mode::Hosted
    }

    /// What is allowed, and probably not meant.
    pub(crate) fn doubts(&self, origins: &[Origin]) -> Vec<&'static str> {
        let mut doubts = Vec::new();
        if self.is_hosted() && origins.is_empty() {
            doubts.push(
                "the page can be opened on this machine only: name its public address with --allow-origin",
            );
        }
        let https = origins.iter().any(Origin::is_https);
        if self.is_hosted() && https && self.tls_cert.is_none() && self.trusted_proxy.is_empty() {
            doubts.push(
                "something in front of this program ends TLS, and all visitors will count as that one client: name its \
                 address with --trusted-proxy",
            );
        }
        if self.trusted_proxy.iter().any(|network| network.prefix_len() == 0) {
            doubts.push("--trusted-proxy believes everybody, so any visitor can name any address as their own: name the load balancer's \
                 addresses only");
        }
        if self.tls_cert.is_some() && !origins.is_empty() && !https {
            doubts.push("the page is served over TLS, so no --allow-origin that begins with http:// can be its address");
        }
        doubts
    }

    /// The mode as it is written.
    pub(crate) fn mode_name(&self) -> &'static str {
        match self.mode {
            Mode::Local => "local",
            Mode::Hosted => "hosted",
        }
    }

    /// The configuration, but for what needs files and addresses. `demo`: an emulator's address will be allowed
    /// once it is known.
    ///
    /// # Errors
    /// Flags that do not go together, in a sentence.
    pub(crate) fn config(&self, demo: bool) -> Result<Config, String> {
        let mut config = if self.is_hosted() { Config::hosted(self.targets()) } else { Config::default() };
        if let Policy::Local = config.targets {
            let listed = [&self.allow_target, &self.allow_internal_target].iter().any(|all| !all.is_empty());
            if listed || self.allow_any_public_host {
                return Err("targets are listed with --allow-target and its like only in --mode hosted; in local mode \
                            any host may be reached"
                    .to_owned());
            }
        }
        if let Policy::Hosted(hosted) = &config.targets
            && !demo
            && hosted.targets.is_empty()
            && !hosted.any_public_host
        {
            return Err(
                "--mode hosted lets nobody connect anywhere until a server is listed: add --allow-target \
                        HOST:PORT"
                    .to_owned(),
            );
        }
        let private =
            self.allow_target.iter().find(|Target(target)| target.host.ip().is_some_and(is_not_public));
        if let Some(Target(target)) = private {
            return Err(format!(
                "--allow-target {target} is no public address, so nobody would get there: use --allow-internal-target for \
                 a server of your own network"
            ));
        }
        config.metrics_hosts.clone_from(&self.metrics_host);
        config.clients.trusted_proxies.clone_from(&self.trusted_proxy);
        for limit in &self.limits {
            limits::set(&mut config, limit).map_err(|problem| problem.to_string())?;
        }
        Ok(config)
    }

    fn targets(&self) -> Hosted {
        let list = |targets: &[Target], internal| -> Vec<AllowedTarget> {
            targets
                .iter()
                .map(|Target(endpoint)| AllowedTarget { endpoint: endpoint.clone(), internal })
                .collect()
        };
        let mut targets = list(&self.allow_internal_target, true);
        targets.extend(list(&self.allow_target, false));
        Hosted {
            targets,
            demo: None,
            any_public_host: self.allow_any_public_host,
            public_ports: if self.public_port.is_empty() {
                Vec::new()
            } else {
                let mut ports = self.public_port.clone();
                ports.push(shared::limits::DEFAULT_MQTTS_PORT);
                ports
            },
            own_addresses: self.own_address.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use clap::Parser;

    fn hosting(flags: &[&str]) -> Hosting {
        let cli = Cli::try_parse_from([&["device-console", "serve"], flags].concat()).unwrap();
        match cli.command {
            Command::Serve(serve) => serve.hosting,
            Command::Check(_) | Command::Emulator(_) => unreachable!(),
        }
    }

    fn refused(flags: &[&str]) -> String {
        hosting(flags).config(false).unwrap_err()
    }

    fn allowed(policy: &Policy) -> Vec<(String, bool)> {
        let Policy::Hosted(hosted) = policy else { return Vec::new() };
        hosted.targets.iter().map(|target| (target.endpoint.to_string(), target.internal)).collect()
    }

    #[test]
    fn a_hosted_proxy_reaches_what_is_listed() {
        let flags = [
            "--mode",
            "hosted",
            "--allow-target",
            "mqtt.thingsboard.cloud:8883",
            "--allow-internal-target",
            "tb.internal:8884,[fd00::1]:8883",
        ];
        let config = hosting(&flags).config(false).unwrap();
        let expected =
            [("tb.internal:8884", true), ("[fd00::1]:8883", true), ("mqtt.thingsboard.cloud:8883", false)];
        assert_eq!(
            allowed(&config.targets),
            expected.map(|(target, internal)| (target.to_owned(), internal))
        );
        assert_eq!(config.clients.sessions, 5);
    }

    #[test]
    fn flags_that_do_not_go_together_are_said() {
        assert!(refused(&["--mode", "hosted"]).contains("--allow-target"));
        assert!(refused(&["--allow-target", "a:1"]).contains("--mode hosted"));
        for private in ["127.0.0.1:22", "10.0.0.5:8883", "[::1]:8883"] {
            let refused = refused(&["--mode", "hosted", "--allow-target", private]);
            assert!(refused.contains("--allow-internal-target"), "{refused}");
        }
        assert!(hosting(&["--mode", "hosted", "--allow-any-public-host"]).config(false).is_ok());
        assert!(hosting(&["--mode", "hosted"]).config(true).is_ok(), "the demo can be reached");
    }

    #[test]
    fn what_is_probably_not_meant_is_said() {
        let doubts = |flags: &[&str], origins: &[&str]| {
            let origins: Vec<Origin> = origins.iter().map(|origin| origin.parse().unwrap()).collect();
            hosting(flags).doubts(&origins).concat()
        };
        let target = ["--mode", "hosted", "--allow-target", "a.example:8883"];
        assert!(doubts(&target, &[]).contains("--allow-origin"));
        assert!(doubts(&target, &["https://a.example"]).contains("--trusted-proxy"));
        let behind = [&target[..], &["--trusted-proxy", "10.0.0.1"]].concat();
        assert_eq!(doubts(&behind, &["https://a.example"]), "");
        let all = [&target[..], &["--trusted-proxy", "0.0.0.0/0"]].concat();
        assert!(doubts(&all, &["https://a.example"]).contains("believes everybody"));
        let tls = [&target[..], &["--tls-cert", "a", "--tls-key", "b"]].concat();
        assert!(doubts(&tls, &["http://a.example"]).contains("http://"));
        assert_eq!(doubts(&[], &[]), "");
    }

    #[test]
    fn limits_are_set_by_name_and_checked_at_once() {
        let config = hosting(&["--limit", "sessions=7,idle=60"]).config(false).unwrap();
        assert_eq!(config.http.sessions, 7);
        assert_eq!(config.session.idle, Some(std::time::Duration::from_secs(60)));
        let error = Cli::try_parse_from(["device-console", "serve", "--limit", "seshions=7"]).unwrap_err();
        assert!(error.to_string().contains("no limit named"), "{error}");
    }

    #[test]
    fn a_list_may_have_spaces_and_one_address_is_a_network() {
        let flags = ["--trusted-proxy", "10.0.0.5, ::1,fd00::/8", "--limit", "life=90, idle=60"];
        let config = hosting(&flags).config(false).unwrap();
        let networks: Vec<String> = config.clients.trusted_proxies.iter().map(ToString::to_string).collect();
        assert_eq!(networks, ["10.0.0.5/32", "::1/128", "fd00::/8"]);
        let error =
            Cli::try_parse_from(["device-console", "serve", "--trusted-proxy", "10.0.0.0/33"]).unwrap_err();
        assert!(error.to_string().contains("length of its prefix"), "{error}");
    }

    #[test]
    fn a_target_is_a_host_and_a_port() {
        for bad in ["host", "host:", "host:0", ":8883", "ho st:8883", "http://a:1"] {
            assert!(bad.parse::<Target>().is_err(), "{bad}");
        }
        assert_eq!("[::1]:8883".parse::<Target>().unwrap().0.to_string(), "[::1]:8883");
    }
}
