//! TLS: certificates as files that may change while the service runs.
//!
//! rustls over AWS-LC, TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1 by ALPN. The files are read at the start, at SIGHUP and when
//! their bytes have changed; what is read serves new connections, and those that are open go on as they began. What can't
//! be read, or does not belong together, is told to the log, and what served before goes on serving. Where authorities for
//! clients are named, a client may show a certificate; what it opens is decided like what a token opens.

use crate::digest::Sha256;
use crate::error::{Error, Result};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{ALL_VERSIONS, RootCertStore, ServerConfig};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// Longest file, bytes: a chain of a few certificates.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The files of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain, the service's own certificate first (PEM).
    pub certificates: PathBuf,
    /// Its private key (PEM).
    pub key: PathBuf,
    /// Authorities whose certificates clients may show (PEM); without it none is asked for.
    pub client_authorities: Option<PathBuf>,
}

impl TlsFiles {
    /// Whether they can be read and belong together.
    pub fn check(&self) -> Result<()> {
        Certificates::load(self.clone())?.config().map(|_| ())
    }
}

/// A certificate that is served, and may be read again.
#[derive(Debug)]
pub struct Certificates {
    files: TlsFiles,
    now: RwLock<Loaded>,
}

#[derive(Debug, Clone)]
struct Loaded {
    chain: Vec<u8>,
    key: Vec<u8>,
    served: Arc<CertifiedKey>,
}

/// What became of reading again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// The bytes are those from before.
    Same,
    /// Others serve from now on.
    Others,
}

impl Certificates {
    /// Reads them.
    pub fn load(files: TlsFiles) -> Result<Arc<Self>> {
        let loaded = load(&files)?;
        Ok(Arc::new(Self { files, now: RwLock::new(loaded) }))
    }

    /// Reads them again; what served before serves on where that fails.
    pub fn again(&self) -> Result<Again> {
        let loaded = load(&self.files)?;
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        if now.chain == loaded.chain && now.key == loaded.key {
            return Ok(Again::Same);
        }
        *now = loaded;
        Ok(Again::Others)
    }

    /// How connections are begun with them.
    pub fn config(self: &Arc<Self>) -> Result<Arc<ServerConfig>> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(ALL_VERSIONS);
        let builder = builder.map_err(|error| Error::invalid("TLS can't be set up").because(error))?;
        let builder = match clients(&self.files)? {
            None => builder.with_no_client_auth(),
            Some(verifier) => builder.with_client_cert_verifier(verifier),
        };
        let mut config = builder.with_cert_resolver(self.clone());
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.now.read().unwrap_or_else(PoisonError::into_inner).served.clone())
    }
}

/// Who checks certificates that clients show; a client that shows none is let in, and is nobody by that.
fn clients(files: &TlsFiles) -> Result<Option<Arc<dyn ClientCertVerifier>>> {
    let Some(path) = &files.client_authorities else { return Ok(None) };
    let wrong = |what: &str| Error::invalid(format!("{}: {what}", path.display()));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&read(path)?) {
        let certificate = certificate.map_err(|error| wrong("no PEM").because(error))?;
        roots.add(certificate).map_err(|error| wrong("holds what is no authority").because(error))?;
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).allow_unauthenticated();
    let verifier = builder.build().map_err(|error| wrong("holds no authority").because(error))?;
    Ok(Some(verifier))
}

/// SHA-256 of the first certificate of a file: by which a client's is known.
pub fn fingerprint(path: &Path) -> Result<Sha256> {
    let first = CertificateDer::pem_slice_iter(&read(path)?).next().and_then(Result::ok);
    let first = first.ok_or_else(|| Error::invalid(format!("{}: holds no certificate in PEM", path.display())))?;
    Ok(Sha256::of(&first))
}

fn load(files: &TlsFiles) -> Result<Loaded> {
    let (chain, key) = (read(&files.certificates)?, read(&files.key)?);
    let wrong = |path: &Path, what: &str| Error::invalid(format!("{}: {what}", path.display()));
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&chain).collect();
    let certificates = certificates.map_err(|error| wrong(&files.certificates, "no PEM").because(error))?;
    if certificates.is_empty() {
        return Err(wrong(&files.certificates, "holds no certificate").remedy("name the chain, the own one first"));
    }
    let private = PrivateKeyDer::from_pem_slice(&key)
        .map_err(|error| wrong(&files.key, "holds no private key in PEM").because(error))?;
    let served = CertifiedKey::from_der(certificates, private, &aws_lc_rs::default_provider());
    let served = served.map_err(|error| {
        wrong(&files.key, "is not the key of the first certificate, or of no kind that is known").because(error)
    })?;
    Ok(Loaded { chain, key, served: Arc::new(served) })
}

fn read(path: &Path) -> Result<Vec<u8>> {
    use std::io::Read;
    let failed = |error| Error::file("can't read", path, error);
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(Error::invalid(format!("{}: longer than a chain of certificates can be", path.display())));
    }
    Ok(bytes)
}
