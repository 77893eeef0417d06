//! The load balancers of `deploy/`, run by the real programs: every line as a site gets it, but for what a site fills in.

use crate::{
    balancer::{self, Place, Server},
    certs::{Authority, Leaf},
    child::Child,
    eventually::soon,
    folder::Folder,
    haproxy, http,
};
use anyhow::{Context, Result, ensure};
use rustls::pki_types::ServerName;
use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::Command,
    sync::Arc,
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

/// The public name that the files of `deploy/` give as an example.
pub const HOST: &str = "console.example.com";

/// A load balancer for which there is a file.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    HaProxy,
    Nginx,
}

/// A running one; ended when dropped.
#[derive(Debug)]
pub struct Shipped {
    plain: Place,
    tls: Place,
    authority: Authority,
    child: Child,
    _folder: Folder,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::HaProxy, Self::Nginx];

    fn name(self) -> &'static str {
        match self {
            Self::HaProxy => "haproxy",
            Self::Nginx => "nginx",
        }
    }

    fn file(self) -> &'static str {
        match self {
            Self::HaProxy => "deploy/haproxy/haproxy.cfg",
            Self::Nginx => "deploy/nginx/device-console.conf",
        }
    }

    /// The file as it is shipped.
    ///
    /// # Errors
    /// It is not there.
    pub fn text(self) -> Result<String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name(self.file());
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    /// What a site fills in: where it listens, where its certificates are, and where its replicas are.
    fn replacements(
        self,
        folder: &str,
        [plain, tls]: [SocketAddr; 2],
        [one, two]: [Server; 2],
    ) -> Vec<(&'static str, String)> {
        let replica = |number: u8, Server { page, operations }: Server| {
            format!("replica-{number} {page} port {} ", operations.port())
        };
        match self {
            Self::HaProxy => vec![
                ("bind :80\n", format!("bind {plain}\n")),
                ("bind :443 ssl ", format!("bind {tls} ssl ")),
                ("/etc/haproxy/certs/", format!("{folder}/certs/")),
                // The replicas are on one machine, so each has a port of its own.
                ("check port 9090 ", "check ".to_owned()),
                ("replica-1 192.0.2.11:8080 ", replica(1, one)),
                ("replica-2 192.0.2.12:8080 ", replica(2, two)),
            ],
            Self::Nginx => vec![
                ("listen 80;\n    listen [::]:80;\n", format!("listen {plain};\n")),
                ("listen 443 ssl;\n    listen [::]:443 ssl;\n", format!("listen {tls} ssl;\n")),
                ("/etc/nginx/certs/", format!("{folder}/certs/")),
                ("server 192.0.2.11:8080 ", format!("server {} ", one.page)),
                ("server 192.0.2.12:8080 ", format!("server {} ", two.page)),
            ],
        }
    }
}

impl Shipped {
    /// Starts it before two replicas.
    ///
    /// # Errors
    /// The program is missing or does not start; or the file no longer says what a site fills in.
    pub async fn start(kind: Kind, replicas: [Server; 2]) -> Result<Self> {
        let (plain, tls) = (Place::find()?, Place::find()?);
        let authority = Authority::new("Site authority");
        let folder = Folder::new(kind.name())?;
        let path = folder.path().to_str().context("a folder's name is text")?;
        certificates(kind, &authority, &folder)?;
        let replacements = kind.replacements(path, [plain.address(), tls.address()], replicas);
        let text = filled_in(kind, &replacements)?;
        let child = match kind {
            Kind::HaProxy => {
                let file = folder.write("haproxy.cfg", &text)?;
                Child::start(
                    "haproxy",
                    Command::new(haproxy::program()?).args(haproxy::FOREGROUND).arg(file),
                )?
            }
            Kind::Nginx => {
                folder.write("device-console.conf", &text)?;
                let file = folder.write("nginx.conf", &around(path))?;
                let program = balancer::program("nginx", "DEVICE_CONSOLE_NGINX")?;
                Child::start(
                    "nginx",
                    Command::new(program).args(["-e", "stderr", "-p", path, "-c"]).arg(file),
                )?
            }
        };
        let mut shipped = Self { plain, tls, authority, child, _folder: folder };
        for address in [shipped.plain.address(), shipped.tls.address()] {
            balancer::listens(kind.name(), &mut shipped.child, address).await?;
        }
        Ok(shipped)
    }

    /// Where visitors come without TLS.
    #[must_use]
    pub fn plain(&self) -> SocketAddr {
        self.plain.address()
    }

    /// A visitor's connection from this address of the machine, over verified TLS, as a browser offers it.
    ///
    /// # Panics
    /// Nobody listens, or shows a certificate for another name.
    pub async fn connect(&self, source: Ipv4Addr) -> TlsStream<TcpStream> {
        let mut config = self.authority.client();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let stream = http::connect_from(source, self.tls.address()).await;
        let name = ServerName::try_from(HOST).expect("a name");
        let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream);
        soon("a TLS handshake", connecting).await.expect("the certificate is for the public name")
    }
}

impl Drop for Shipped {
    fn drop(&mut self) {
        // nginx has processes of its own, which do not end with their master when that is killed.
        self.child.terminate_and_wait();
    }
}

/// Replaces what must be there, so that a changed file is not tested as something else.
fn filled_in(kind: Kind, replacements: &[(&str, String)]) -> Result<String> {
    let mut text = kind.text()?;
    for (old, new) in replacements {
        ensure!(text.contains(old), "{} no longer says {old:?}, which a site fills in", kind.file());
        text = text.replace(old, new);
    }
    Ok(text)
}

/// A certificate for the public name: chain and key in one file for HAProxy, apart for nginx.
fn certificates(kind: Kind, authority: &Authority, folder: &Folder) -> Result<()> {
    let leaf = Leaf { common_name: HOST.to_owned(), names: vec![HOST.to_owned()], ..Leaf::default() };
    let identity = authority.issue(&leaf);
    fs::create_dir(folder.path().join("certs"))?;
    match kind {
        Kind::HaProxy => {
            folder.write("certs/console.pem", &format!("{}{}", identity.pem, identity.key_pem))?;
        }
        Kind::Nginx => {
            folder.write("certs/fullchain.pem", &identity.pem)?;
            folder.write("certs/privkey.pem", &identity.key_pem)?;
        }
    }
    Ok(())
}

/// The least around a file of nginx's `conf.d`, with nothing outside of the folder; several processes, as everywhere.
fn around(folder: &str) -> String {
    let bodies: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("    {kind}_temp_path {folder}/{kind};\n"))
        .concat();
    format!(
        "daemon off;\nworker_processes 2;\npid {folder}/nginx.pid;\nevents {{}}\nhttp {{\n    access_log off;\n{bodies}    \
         include {folder}/device-console.conf;\n}}\n"
    )
}
