"""Scratch PKI and PAdES signatures of the sample transfer (used by make.py).

Root CA -> sub CA -> one certificate per leader and per agency; RSA-2048, SHA-256, SubFilter ETSI.CAdES.detached. Every
subject says that it is a test. Keys live in memory only and are new at every run; no revocation data and no timestamps.
"""
import datetime as dt
import io

from asn1crypto import keys as asn1_keys, x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

WARNING = "TEST - không có giá trị pháp lý"
VIETNAM = dt.timezone(dt.timedelta(hours=7))


class Pki:
    """Scratch root and sub CA; a certificate for each name on first use. RSA-2048, SHA-256, keys only in memory."""

    def __init__(self):
        self.root = self.issue("Gốc thử nghiệm", None)
        self.sub = self.issue("CA thử nghiệm", self.root)
        self.issued = {}

    def issue(self, name, issuer, ca=True):
        key = rsa.generate_private_key(65537, 2048)
        subject = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, WARNING),
                             x509.NameAttribute(NameOID.COMMON_NAME, f"{name} (TEST)")])
        issuer_key, issuer_name = (issuer[0], issuer[1].subject) if issuer else (key, subject)
        cert = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer_name).public_key(key.public_key())
                .serial_number(x509.random_serial_number())
                .not_valid_before(dt.datetime(2014, 1, 1)).not_valid_after(dt.datetime(2044, 1, 1))
                .add_extension(x509.BasicConstraints(ca, None), True)
                .add_extension(x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False), True)
                .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
                .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
                .sign(issuer_key, hashes.SHA256()))
        return key, cert

    def signer(self, name):
        if name not in self.issued:
            self.issued[name] = self.issue(name, self.sub, ca=False)
        key, cert = self.issued[name]
        der = lambda c: asn1_x509.Certificate.load(c.public_bytes(serialization.Encoding.DER))
        pkcs8 = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        store = SimpleCertificateStore.from_certs([der(self.sub[1])])
        return signers.SimpleSigner(der(cert), asn1_keys.PrivateKeyInfo.load(pkcs8), store)

    def ca_pems(self):
        return {f"{n}.pem": c.public_bytes(serialization.Encoding.PEM) for n, (_, c) in (("root", self.root), ("sub-ca", self.sub))}

    def sign(self, pdf, field, name, when):
        """One PAdES signature as an incremental update, its claimed time `when`."""
        md = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, name=name, reason=WARNING)
        return TimedSigner(md, self.signer(name), when).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf))).getvalue()

    def sign_twice(self, pdf, leader, agency, date):
        """The order of Decree 30/2020 Arts 13-14 and 32: the competent person, then the agency."""
        morning = dt.datetime.combine(date, dt.time(9, 12), VIETNAM)
        return self.sign(self.sign(pdf, "KyLanhDao", leader, morning), "KyCoQuan", agency, morning + dt.timedelta(minutes=38))


class TimedSigner(signers.PdfSigner):
    """A PdfSigner that claims a given signing time instead of the clock's."""

    def __init__(self, metadata, signer, when):
        super().__init__(metadata, signer)
        self.when = when

    def init_signing_session(self, *args, **kw):
        session = super().init_signing_session(*args, **kw)
        session.system_time = self.when
        return session
