//! Certificates by hand: any form that can be written down, good or bad.

use super::Certificates;
use anyhow::Result;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType, SignatureAlgorithm, date_time_ymd,
};

/// Names of this machine's loopback.
pub(crate) const LOCAL: &[&str] = &["localhost", "127.0.0.1"];

/// A certificate and its key.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) pem: String,
    pub(crate) key: String,
}

/// A certificate that can issue others.
#[derive(Debug)]
pub(crate) struct Authority {
    pub(crate) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A server's certificate in the making: valid now, `CA` not mentioned.
pub(crate) fn server(common_name: &str, names: &[&str]) -> Result<CertificateParams> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2090, 1, 1));
    Ok(params)
}

/// An authority's certificate in the making.
pub(crate) fn ca(common_name: &str) -> Result<CertificateParams> {
    let mut params = server(common_name, &[])?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

/// Changes to a certificate in the making, in one expression.
pub(crate) trait Change: Sized {
    fn changed(self, change: impl FnOnce(&mut Self)) -> Self;
}

impl Change for CertificateParams {
    fn changed(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

/// From 1 January of the first year to that of the last.
pub(crate) fn years(params: &mut CertificateParams, first: i32, last: i32) {
    (params.not_before, params.not_after) = (date_time_ymd(first, 1, 1), date_time_ymd(last, 1, 1));
}

/// An extension that nobody knows and that must not be ignored.
pub(crate) fn unknown_critical(params: &mut CertificateParams) {
    let mut extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 32_473, 1], vec![5, 0]);
    extension.set_criticality(true);
    params.custom_extensions.push(extension);
}

/// May issue for names under `name` only.
pub(crate) fn only_under(params: &mut CertificateParams, name: &str) {
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![GeneralSubtree::DnsName(name.to_owned())],
        excluded_subtrees: Vec::new(),
    });
}

/// A DNS name of any text.
pub(crate) fn dns_name(text: &str) -> Result<SanType> {
    Ok(SanType::DnsName(text.try_into()?))
}

pub(crate) fn self_signed(params: &CertificateParams) -> Result<Made> {
    let key = KeyPair::generate()?;
    Ok(Made { pem: params.self_signed(&key)?.pem(), key: key.serialize_pem() })
}

/// The default authority.
pub(crate) fn authority() -> Result<Authority> {
    Authority::new(ca("Own CA")?)
}

impl Authority {
    pub(crate) fn new(params: CertificateParams) -> Result<Self> {
        let key = KeyPair::generate()?;
        Ok(Self { pem: params.self_signed(&key)?.pem(), issuer: Issuer::new(params, key) })
    }

    pub(crate) fn below(&self, params: CertificateParams) -> Result<Self> {
        let key = KeyPair::generate()?;
        Ok(Self { pem: params.signed_by(&key, &self.issuer)?.pem(), issuer: Issuer::new(params, key) })
    }

    pub(crate) fn issue(&self, params: &CertificateParams) -> Result<Made> {
        self.issue_with(params, &rcgen::PKCS_ECDSA_P256_SHA256)
    }

    pub(crate) fn issue_with(
        &self,
        params: &CertificateParams,
        algorithm: &'static SignatureAlgorithm,
    ) -> Result<Made> {
        let key = KeyPair::generate_for(algorithm)?;
        Ok(Made { pem: params.signed_by(&key, &self.issuer)?.pem(), key: key.serialize_pem() })
    }
}

impl Made {
    /// Served alone, itself uploaded.
    pub(crate) fn pinned(&self) -> Certificates {
        self.uploading(&self.pem)
    }

    /// Served alone, this file uploaded.
    pub(crate) fn uploading(&self, upload: &str) -> Certificates {
        Certificates::new(self.pem.clone(), self.key.clone(), upload)
    }

    /// Served with more certificates after it, this file uploaded.
    pub(crate) fn chained(&self, rest: &[&str], upload: &str) -> Certificates {
        Certificates::new(format!("{}{}", self.pem, rest.concat()), self.key.clone(), upload)
    }
}

/// A server's certificate by the default authority, which is uploaded.
pub(crate) fn issued(params: &CertificateParams) -> Result<Certificates> {
    let authority = authority()?;
    Ok(authority.issue(params)?.uploading(&authority.pem))
}

/// A certificate that signed itself, uploaded.
pub(crate) fn pinned(params: &CertificateParams) -> Result<Certificates> {
    Ok(self_signed(params)?.pinned())
}

/// What a self-signed certificate of `openssl req -x509` looks like.
pub(crate) fn like_the_guides(common_name: &str, names: &[&str]) -> Result<CertificateParams> {
    let mut params = server(common_name, names)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Ok(params)
}
