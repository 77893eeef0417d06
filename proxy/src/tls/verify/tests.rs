//! Each row of the rule as a small story with fresh certificates; real listeners and OpenSSL's own verdict
//! are compared in the tests crate.

use super::*;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, KeyPair, NameConstraints, SanType, date_time_ymd,
};
use shared::trust_file::TrustFile;

const HOST: &str = "tb.example";

/// A certificate to be made.
struct Wanted(CertificateParams);

impl Wanted {
    fn common_name(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        if !name.is_empty() {
            params.distinguished_name.push(DnType::CommonName, name);
        }
        params.is_ca = IsCa::ExplicitNoCa;
        Self(params)
    }

    fn dns(mut self, name: &str) -> Self {
        self.0.subject_alt_names.push(SanType::DnsName(name.try_into().unwrap()));
        self
    }

    fn ip(mut self, address: &str) -> Self {
        self.0.subject_alt_names.push(SanType::IpAddress(address.parse().unwrap()));
        self
    }

    fn authority(mut self) -> Self {
        self.0.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        self
    }

    fn years(mut self, from: i32, to: i32) -> Self {
        self.0.not_before = date_time_ymd(from, 1, 1);
        self.0.not_after = date_time_ymd(to, 1, 1);
        self
    }

    fn purpose(mut self, purpose: ExtendedKeyUsagePurpose) -> Self {
        self.0.extended_key_usages = vec![purpose];
        self
    }

    fn only_under(mut self, domain: &str) -> Self {
        let permitted_subtrees = vec![GeneralSubtree::DnsName(domain.to_owned())];
        self.0.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: vec![] });
        self
    }

    fn self_signed(self) -> Vec<u8> {
        self.0.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    fn issuer(self) -> CertifiedIssuer<'static, KeyPair> {
        CertifiedIssuer::self_signed(self.0, KeyPair::generate().unwrap()).unwrap()
    }

    fn signed_by(self, issuer: &CertifiedIssuer<'_, KeyPair>) -> Vec<u8> {
        self.0.signed_by(&KeyPair::generate().unwrap(), issuer).unwrap().der().to_vec()
    }
}

fn authority() -> Wanted {
    Wanted::common_name("Test CA").authority()
}

fn der(issuer: &CertifiedIssuer<'_, KeyPair>) -> Vec<u8> {
    issuer.as_ref().der().to_vec()
}

fn verify(presented: &[u8], uploaded: &[Vec<u8>], host: &str) -> Result<Verification, CertificateError> {
    let pem: String = uploaded.iter().map(|der| shared::trust_file::pem(der)).collect();
    let trusted = Trusted::Uploaded(TrustFile::read(pem.as_bytes()).unwrap());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let now = UnixTime::now();
    let verifier = StagedVerifier::new(&trusted, &Arc::new(RootCertStore::empty()), &provider, now);
    let name = ServerName::try_from(host.to_owned()).unwrap();
    match verifier.verify_server_cert(&CertificateDer::from(presented), &[], &name, &[], now) {
        Ok(_) => Ok(verifier.outcome().unwrap().verification),
        Err(Error::InvalidCertificate(problem)) => {
            assert_eq!(verifier.outcome(), None);
            Err(problem)
        }
        Err(error) => panic!("{error}"),
    }
}

#[track_caller]
fn check(presented: &[u8], uploaded: &[Vec<u8>], host: &str, expected: Verification) {
    assert_eq!(verify(presented, uploaded, host), Ok(expected));
}

#[track_caller]
fn check_refused(presented: &[u8], uploaded: &[Vec<u8>], host: &str) -> CertificateError {
    verify(presented, uploaded, host).unwrap_err()
}

#[test]
fn an_ordinary_chain_is_strict() {
    let ca = authority().issuer();
    let leaf = Wanted::common_name("x").dns(HOST).ip("10.0.0.1").signed_by(&ca);
    check(&leaf, &[der(&ca)], HOST, Verification::Strict);
    check(&leaf, &[der(&ca)], "10.0.0.1", Verification::Strict);
    let alone = Wanted::common_name("x").dns(HOST).self_signed();
    check(&alone, std::slice::from_ref(&alone), HOST, Verification::Strict);
}

#[test]
fn a_self_signed_authority_is_accepted_as_itself() {
    let with_name = Wanted::common_name("x").dns(HOST).authority().self_signed();
    check(&with_name, std::slice::from_ref(&with_name), HOST, Verification::ExactMatch);
    let old_style = Wanted::common_name(HOST).authority().self_signed();
    check(&old_style, std::slice::from_ref(&old_style), HOST, Verification::ExactMatchByCommonName);
    let plain_old_style = Wanted::common_name(HOST).self_signed();
    check(
        &plain_old_style,
        std::slice::from_ref(&plain_old_style),
        HOST,
        Verification::ExactMatchByCommonName,
    );
    let by_address = Wanted::common_name("10.0.0.1").authority().self_signed();
    check(&by_address, std::slice::from_ref(&by_address), "10.0.0.1", Verification::ExactMatchByCommonName);
    let issued = Wanted::common_name("x").dns(HOST).signed_by(&authority().issuer());
    check(&issued, std::slice::from_ref(&issued), HOST, Verification::ExactMatch);
}

#[test]
fn another_self_signed_certificate_is_not_the_one_given() {
    let presented = Wanted::common_name(HOST).authority().self_signed();
    let given = Wanted::common_name(HOST).authority().self_signed();
    check_refused(&presented, &[given], HOST);
    let presented = Wanted::common_name("other").dns(HOST).authority().self_signed();
    let given = Wanted::common_name(HOST).authority().self_signed();
    check_refused(&presented, &[given], HOST);
}

#[test]
fn a_common_name_serves_only_where_there_is_no_dns_name() {
    let ca = authority().issuer();
    let trusted = [der(&ca)];
    check(&Wanted::common_name(HOST).signed_by(&ca), &trusted, HOST, Verification::ChainByCommonName);
    let with_address = Wanted::common_name(HOST).ip("127.0.0.1").signed_by(&ca);
    check(&with_address, &trusted, HOST, Verification::ChainByCommonName);
    check(&with_address, &trusted, "127.0.0.1", Verification::Strict);
    check_refused(&Wanted::common_name(HOST).dns("other.example").signed_by(&ca), &trusted, HOST);
    check_refused(&Wanted::common_name("other.example").signed_by(&ca), &trusted, HOST);
    check_refused(&Wanted::common_name("10.0.0.1").signed_by(&ca), &trusted, "10.0.0.1");
    let pinned = Wanted::common_name(HOST).dns("other.example").authority().self_signed();
    let problem = check_refused(&pinned, std::slice::from_ref(&pinned), HOST);
    assert_eq!(problem, CertificateError::NotValidForName);
    let nameless = Wanted::common_name("").authority().self_signed();
    check_refused(&nameless, std::slice::from_ref(&nameless), HOST);
}

#[test]
fn no_common_name_under_name_constraints() {
    let ca = authority().only_under("allowed.example").issuer();
    check_refused(&Wanted::common_name(HOST).signed_by(&ca), &[der(&ca)], HOST);
    let free = authority().issuer();
    let bystander = authority().only_under("allowed.example").self_signed();
    check_refused(&Wanted::common_name(HOST).signed_by(&free), &[der(&free), bystander], HOST);
}

#[test]
fn an_authority_as_server_certificate_is_accepted_when_signed_by_the_one_given() {
    let ca = authority().issuer();
    let leaf = Wanted::common_name("x").dns(HOST).authority().signed_by(&ca);
    check(&leaf, &[der(&ca)], HOST, Verification::Direct);
    check_refused(&leaf, &[der(&ca)], "other.example");
    let old_style = Wanted::common_name(HOST).authority().signed_by(&ca);
    check(&old_style, &[der(&ca)], HOST, Verification::DirectByCommonName);
    let namesake = authority().issuer();
    check_refused(&leaf, &[der(&namesake)], HOST);
    let expired = authority().years(2000, 2001).issuer();
    let leaf = Wanted::common_name("x").dns(HOST).authority().signed_by(&expired);
    check_refused(&leaf, &[der(&expired)], HOST);
    let not_an_authority = Wanted::common_name("Test CA").issuer();
    let leaf = Wanted::common_name("x").dns(HOST).authority().signed_by(&not_an_authority);
    check_refused(&leaf, &[der(&not_an_authority)], HOST);
}

#[test]
fn dates_hold_in_every_stage() {
    let expired = |wanted: Wanted| wanted.years(2000, 2001);
    let ca = authority().issuer();
    let trusted = [der(&ca)];
    check_refused(&expired(Wanted::common_name("x").dns(HOST)).signed_by(&ca), &trusted, HOST);
    check_refused(&expired(Wanted::common_name(HOST)).signed_by(&ca), &trusted, HOST);
    check_refused(&expired(Wanted::common_name(HOST).authority()).signed_by(&ca), &trusted, HOST);
    let pinned = expired(Wanted::common_name(HOST).authority()).self_signed();
    assert_eq!(check_refused(&pinned, std::slice::from_ref(&pinned), HOST), CertificateError::Expired);
    let future = Wanted::common_name(HOST).authority().years(2090, 2091).self_signed();
    assert_eq!(check_refused(&future, std::slice::from_ref(&future), HOST), CertificateError::NotValidYet);
    let old_ca = authority().years(2000, 2001).issuer();
    check_refused(&Wanted::common_name("x").dns(HOST).signed_by(&old_ca), &[der(&old_ca)], HOST);
}

#[test]
fn purpose_holds_in_every_stage() {
    let client = |wanted: Wanted| wanted.purpose(ExtendedKeyUsagePurpose::ClientAuth);
    let ca = authority().issuer();
    check_refused(&client(Wanted::common_name("x").dns(HOST)).signed_by(&ca), &[der(&ca)], HOST);
    check_refused(&client(Wanted::common_name(HOST).authority()).signed_by(&ca), &[der(&ca)], HOST);
    let pinned = client(Wanted::common_name(HOST).authority()).self_signed();
    check_refused(&pinned, std::slice::from_ref(&pinned), HOST);
    let server =
        Wanted::common_name(HOST).authority().purpose(ExtendedKeyUsagePurpose::ServerAuth).self_signed();
    check(&server, std::slice::from_ref(&server), HOST, Verification::ExactMatchByCommonName);
}

#[test]
fn an_authority_kept_for_other_purposes_is_none() {
    let with = |purpose| authority().purpose(purpose).issuer();
    for purpose in [ExtendedKeyUsagePurpose::Any, ExtendedKeyUsagePurpose::ClientAuth] {
        let ca = with(purpose);
        check_refused(&Wanted::common_name("x").dns(HOST).signed_by(&ca), &[der(&ca)], HOST);
    }
    let ca = with(ExtendedKeyUsagePurpose::ServerAuth);
    check(&Wanted::common_name("x").dns(HOST).signed_by(&ca), &[der(&ca)], HOST, Verification::Strict);
}

#[test]
fn the_public_authorities_know_no_other_stage_than_strict() {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let ca = authority().issuer();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(der(&ca))).unwrap();
    let verifier =
        StagedVerifier::new(&Trusted::PublicAuthorities, &Arc::new(roots), &provider, UnixTime::now());
    let name = ServerName::try_from(HOST).unwrap();
    let verify = |leaf: Vec<u8>| verifier.verify_server_cert(&leaf.into(), &[], &name, &[], UnixTime::now());
    assert!(verify(Wanted::common_name(HOST).signed_by(&ca)).is_err());
    assert!(verify(der(&ca)).is_err());
    assert!(verify(Wanted::common_name("x").dns(HOST).signed_by(&ca)).is_ok());
    let outcome = Outcome { verification: Verification::Strict, anchor: Some("CN=Test CA".to_owned()) };
    assert_eq!(verifier.outcome(), Some(&outcome));
}
