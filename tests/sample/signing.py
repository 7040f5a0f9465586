"""Scratch PKI and PAdES signatures of the sample transfer (used by make.py).

Root CA -> sub CA -> one certificate per leader and per agency; RSA-2048, SHA-256, SubFilter ETSI.CAdES.detached. Every
subject says that it is a test. Keys live in memory only and are new at every run; no timestamps. Nobody is revoked, which
two revocation lists say until 2044: no authority promises so much, but a sample must not go stale.
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

    def issue(self, name, issuer, ca=True, whose=()):
        """`whose` tells an agency's certificate (organizationIdentifier) from a person's (title)."""
        key = rsa.generate_private_key(65537, 2048)
        named = x509.NameAttribute(NameOID.COMMON_NAME, f"{name} (TEST)" if ca else name)
        organisation = () if any(one.oid == NameOID.ORGANIZATION_NAME for one in whose) else (
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, WARNING),)
        warned = () if organisation else (x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, WARNING),)
        subject = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), *organisation, *warned, *whose, named])
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

    def signer(self, name, whose):
        if name not in self.issued:
            attributes = [x509.NameAttribute(oid, value) for oid, value in whose]
            self.issued[name] = self.issue(name, self.sub, ca=False, whose=attributes)
        key, cert = self.issued[name]
        der = lambda c: asn1_x509.Certificate.load(c.public_bytes(serialization.Encoding.DER))
        pkcs8 = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        store = SimpleCertificateStore.from_certs([der(self.sub[1])])
        return signers.SimpleSigner(der(cert), asn1_keys.PrivateKeyInfo.load(pkcs8), store)

    def ca_pems(self):
        return {f"{n}.pem": c.public_bytes(serialization.Encoding.PEM) for n, (_, c) in (("root", self.root), ("sub-ca", self.sub))}

    def crls(self):
        """A list of each authority, of the day the sample is made."""
        def of(issuer):
            key, cert = issuer
            now = dt.datetime.now(dt.timezone.utc).replace(microsecond=0, tzinfo=None)
            return (x509.CertificateRevocationListBuilder().issuer_name(cert.subject).last_update(now)
                    .next_update(dt.datetime(2044, 1, 1)).add_extension(x509.CRLNumber(1), False)
                    .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False)
                    .sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))
        return {"root.crl": of(self.root), "sub-ca.crl": of(self.sub)}

    def sign(self, pdf, field, name, when, whose):
        """One PAdES signature as an incremental update, its claimed time `when`."""
        md = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, name=name, reason=WARNING)
        return TimedSigner(md, self.signer(name, whose), when).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf))).getvalue()

    def seal(self, pdf, agency, when):
        """The agency's signature."""
        whose = ((NameOID.ORGANIZATION_NAME, agency["name"]), (NameOID.ORGANIZATION_IDENTIFIER, agency["code"]))
        return self.sign(pdf, "KyCoQuan", agency["name"], when, whose)

    def sign_twice(self, pdf, leader, agency, date):
        """The order of Decree 30/2020 Arts 13-14 and 32: the competent person, then the agency."""
        morning = dt.datetime.combine(date, dt.time(9, 12), VIETNAM)
        name, position = leader
        whose = ((NameOID.ORGANIZATION_NAME, agency["name"]), (NameOID.TITLE, position.capitalize()))
        return self.seal(self.sign(pdf, "KyLanhDao", name, morning, whose), agency, morning + dt.timedelta(minutes=38))


class TimedSigner(signers.PdfSigner):
    """A PdfSigner that claims a given signing time instead of the clock's."""

    def __init__(self, metadata, signer, when):
        super().__init__(metadata, signer)
        self.when = when

    def init_signing_session(self, *args, **kw):
        session = super().init_signing_session(*args, **kw)
        session.system_time = self.when
        return session
