//! Which option of which program means what (mosquitto_pub(1), curl(1), coap-client(5) of libcoap): tables, and one
//! walk over the arguments. Must not judge values.

use super::Tool;

/// What an option is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Host,
    Port,
    User,
    Password,
    ClientId,
    Topic,
    Payload,
    EmptyPayload,
    Qos,
    KeepAlive,
    Version,
    CaFile,
    SystemRoots,
    Url,
    Method,
    Output,
    /// Of no consequence here.
    Idle,
    /// The same, with a value.
    IdleValue,
    /// Cannot be carried over.
    Lost(Why),
    /// The same, with so many values.
    LostValues(Why, u8),
}

/// Why an option cannot be carried over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    ClientCertificate,
    Unverified,
    PayloadElsewhere,
    NoPlace,
    Unknown,
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) host: Option<String>,
    pub(super) port: Option<String>,
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) topic: Option<String>,
    pub(super) payload: Option<String>,
    pub(super) qos: Option<String>,
    pub(super) keep_alive: Option<String>,
    pub(super) version: Option<String>,
    pub(super) ca_file: Option<String>,
    pub(super) system_roots: bool,
    pub(super) urls: Vec<String>,
    pub(super) method: Option<String>,
    pub(super) output: Option<String>,
    /// Some option only makes sense with TLS.
    pub(super) tls: bool,
    /// Names of options, none of them with a value.
    pub(super) lost: Vec<(Why, String)>,
    /// A word that belongs to no option.
    pub(super) stray: bool,
}

use Slot::{
    CaFile, ClientId, EmptyPayload, Host, Idle, IdleValue, KeepAlive, Lost, LostValues, Method, Output,
    Password, Payload, Port, Qos, SystemRoots, Topic, Url, User, Version,
};
use Why::{ClientCertificate, NoPlace, PayloadElsewhere, Unverified};

/// Names apart by spaces, as they are written.
type Table = &'static [(&'static str, Slot)];

const MOSQUITTO: Table = &[
    ("-h --host", Host),
    ("-p --port", Port),
    ("-u --username", User),
    ("-P --pw", Password),
    ("-i --id", ClientId),
    ("-t --topic", Topic),
    ("-m --message", Payload),
    ("-n --null-message", EmptyPayload),
    ("-q --qos", Qos),
    ("-k --keepalive", KeepAlive),
    ("-V --protocol-version", Version),
    ("-L --url", Url),
    ("--cafile", CaFile),
    ("--capath", IdleValue),
    ("--tls-use-os-certs", SystemRoots),
    ("-d --debug --quiet --nodelay -v --verbose -c --disable-clean-session -N -R", Idle),
    ("--tls-version --tls-alpn --ciphers -A -M --repeat --repeat-delay -C -W -F -T", IdleValue),
    ("--cert --key --keyform --tls-engine --tls-engine-kpass-sha1", LostValues(ClientCertificate, 1)),
    ("--psk --psk-identity", LostValues(ClientCertificate, 1)),
    ("--insecure", Lost(Unverified)),
    ("-f --file", LostValues(PayloadElsewhere, 1)),
    ("-s --stdin-file -l --stdin-line", Lost(PayloadElsewhere)),
    ("-r --retain --will-retain", Lost(NoPlace)),
    ("-I --id-prefix --will-topic --will-payload --will-qos -x --proxy -o -U", LostValues(NoPlace, 1)),
    ("-D --property", LostValues(NoPlace, 3)),
];

const CURL: Table = &[
    ("-X --request", Method),
    ("-d --data --data-raw --data-binary --data-ascii --json", Payload),
    ("--url", Url),
    ("-o --output", Output),
    (
        "-v --verbose -s --silent -S --show-error -f --fail -i --include -L --location -g --globoff -4 -6 -N -O --http1.1 --http2 -#",
        Idle,
    ),
    (
        "-H --header -m --max-time --connect-timeout -A --user-agent --retry -w --write-out --cacert --capath",
        IdleValue,
    ),
    ("-k --insecure", Lost(Unverified)),
    ("-E --cert --key --cert-type --key-type --pass", LostValues(ClientCertificate, 1)),
    ("-T --upload-file -F --form", LostValues(PayloadElsewhere, 1)),
    ("-u --user -x --proxy -b --cookie --resolve --data-urlencode", LostValues(NoPlace, 1)),
    ("-G --get", Lost(NoPlace)),
];

const COAP: Table = &[
    ("-m", Method),
    ("-e", Payload),
    ("-N -n -r -w -X", Idle),
    ("-v -t -A -B -b -a -p -l -O -o -K -G -U -V", IdleValue),
    ("-c -C -j -J -M -R -u -k -h", LostValues(ClientCertificate, 1)),
    ("-f", LostValues(PayloadElsewhere, 1)),
    ("-s -T -P -L -H", LostValues(NoPlace, 1)),
];

/// Reads a program's arguments.
pub(super) fn walk(tool: Tool, arguments: &[String]) -> Found {
    let (table, joins) = match tool {
        Tool::MosquittoPub | Tool::MosquittoSub => (MOSQUITTO, false),
        Tool::Curl => (CURL, true),
        Tool::CoapClient => (COAP, true),
    };
    let mut found = Found::default();
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        let Some(name) = word.strip_prefix('-').filter(|name| !name.is_empty()) else {
            found.positional(tool, word);
            continue;
        };
        let (long, value) = word.split_once('=').filter(|_| name.starts_with('-')).unzip();
        let long: &str = long.unwrap_or(word);
        if let Some(slot) = slot_of(table, long) {
            found.take(slot, long, value.map(str::to_owned), &mut rest);
        } else if joins && !name.starts_with('-') {
            found.take_joined(table, name, &mut rest);
        } else {
            // Only so much of it that no value comes along.
            let shown: String = long.chars().take(if name.starts_with('-') { 32 } else { 2 }).collect();
            found.lost.push((Why::Unknown, shown));
        }
    }
    found
}

fn slot_of(table: Table, name: &str) -> Option<Slot> {
    table.iter().find(|(names, _)| names.split(' ').any(|known| known == name)).map(|(_, slot)| *slot)
}

impl Found {
    fn positional(&mut self, tool: Tool, word: &str) {
        let is_url = matches!(tool, Tool::Curl | Tool::CoapClient) && word.contains("://");
        // curl takes an address without its scheme as well.
        let is_bare = tool == Tool::Curl && word.contains("/api/v1/");
        if is_url || is_bare {
            self.urls.push(word.to_owned());
        } else {
            self.stray = true;
        }
    }

    /// One word with several one-letter options, the last of which may have its value right behind it.
    fn take_joined<'w>(&mut self, table: Table, name: &str, rest: &mut impl Iterator<Item = &'w String>) {
        for (at, letter) in name.char_indices() {
            let option = ['-', letter].iter().collect::<String>();
            let after = &name[at + letter.len_utf8()..];
            match slot_of(table, &option) {
                None => {
                    self.lost.push((Why::Unknown, option));
                    return;
                }
                Some(slot) if slot.values() == 0 => self.take(slot, &option, None, rest),
                Some(slot) => {
                    let value = (!after.is_empty()).then(|| after.to_owned());
                    self.take(slot, &option, value, rest);
                    return;
                }
            }
        }
    }

    fn take<'w>(
        &mut self,
        slot: Slot,
        name: &str,
        given: Option<String>,
        rest: &mut impl Iterator<Item = &'w String>,
    ) {
        let missing = u8::from(given.is_none()) * slot.values()
            + u8::from(given.is_some()) * slot.values().saturating_sub(1);
        let mut values = rest.by_ref().take(missing.into()).cloned();
        let value = given.or_else(|| values.next());
        values.for_each(drop);
        self.tls |=
            matches!(slot, CaFile | SystemRoots | Lost(Unverified) | LostValues(ClientCertificate, _))
                || name.starts_with("--tls")
                || matches!(name, "--ciphers" | "--capath");
        self.system_roots |= slot == SystemRoots || name == "--capath";
        let place = match slot {
            Host => &mut self.host,
            Port => &mut self.port,
            User => &mut self.user,
            Password => &mut self.password,
            ClientId => &mut self.client_id,
            Topic => &mut self.topic,
            Qos => &mut self.qos,
            KeepAlive => &mut self.keep_alive,
            Version => &mut self.version,
            CaFile => &mut self.ca_file,
            Method => &mut self.method,
            Output => &mut self.output,
            Payload => return self.take_payload(name, value),
            EmptyPayload => {
                self.payload = Some(String::new());
                return;
            }
            Url => return self.urls.extend(value),
            Lost(why) | LostValues(why, _) => {
                self.lost.push((why, name.to_owned()));
                return;
            }
            SystemRoots | Idle | IdleValue => return,
        };
        *place = value.or_else(|| place.take());
    }

    /// curl joins what is given in parts, and reads a file behind an `@`.
    fn take_payload(&mut self, name: &str, value: Option<String>) {
        let Some(value) = value else { return };
        let is_data = matches!(name, "-d" | "--data" | "--data-binary" | "--data-ascii" | "--json");
        if is_data && value.starts_with('@') {
            self.lost.push((PayloadElsewhere, name.to_owned()));
            return;
        }
        match &mut self.payload {
            Some(before) if name.contains('d') || name == "--json" => {
                before.push('&');
                before.push_str(&value);
            }
            payload => *payload = Some(value),
        }
    }
}

impl Slot {
    fn values(self) -> u8 {
        match self {
            EmptyPayload | SystemRoots | Idle | Lost(_) => 0,
            LostValues(_, count) => count,
            Host | Port | User | Password | ClientId | Topic | Payload | Qos | KeepAlive | Version
            | CaFile | Url | Method | Output | IdleValue => 1,
        }
    }
}
