//! Object identifiers, as the content bytes they have in BER, and the names people know them by.
//!
//! One table each for the attributes of names and for algorithms. An identifier that is not listed is shown dotted.

macro_rules! oids {
    ($($(#[$doc:meta])* $name:ident = [$($byte:expr),+ $(,)?];)*) => {
        $($(#[$doc])* pub const $name: &[u8] = &[$($byte),+];)*
    };
}

oids! {
    /// PKCS#7 / CMS signed data, 1.2.840.113549.1.7.2.
    SIGNED_DATA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
    /// Time-stamp token information (RFC 3161), 1.2.840.113549.1.9.16.1.4.
    TST_INFO = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1, 4];
    /// Signed attribute contentType.
    CONTENT_TYPE = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3];
    /// Signed attribute messageDigest.
    MESSAGE_DIGEST = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4];
    /// Signed attribute signingTime.
    SIGNING_TIME = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 5];
    /// Signed attribute signingCertificate (RFC 2634, SHA-1).
    SIGNING_CERTIFICATE = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 12];
    /// Signed attribute signingCertificateV2 (RFC 5035).
    SIGNING_CERTIFICATE_V2 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 47];
    /// Unsigned attribute: time-stamp token over the signature value (RFC 3161).
    SIGNATURE_TIME_STAMP = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 14];
    /// Certificate extension subjectKeyIdentifier.
    SUBJECT_KEY_IDENTIFIER = [0x55, 0x1d, 14];

    /// Name attribute commonName.
    COMMON_NAME = [0x55, 4, 3];
    /// Name attribute organizationName.
    ORGANISATION = [0x55, 4, 10];

    /// RSA keys; also a signature algorithm without a digest (PKCS#1 v1.5).
    RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
    /// Mask generation function 1.
    MGF1 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8];
    /// RSASSA-PSS, keys and signatures.
    RSA_PSS = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
    /// sha1WithRSAEncryption.
    RSA_SHA1 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5];
    /// sha256WithRSAEncryption.
    RSA_SHA256 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
    /// sha384WithRSAEncryption.
    RSA_SHA384 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12];
    /// sha512WithRSAEncryption.
    RSA_SHA512 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13];
    /// Elliptic-curve keys.
    EC = [0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
    /// ecdsa-with-SHA1.
    ECDSA_SHA1 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1];
    /// ecdsa-with-SHA256.
    ECDSA_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
    /// ecdsa-with-SHA384.
    ECDSA_SHA384 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
    /// ecdsa-with-SHA512.
    ECDSA_SHA512 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4];
    /// Ed25519, keys and signatures.
    ED25519 = [0x2b, 0x65, 0x70];
    /// Curve P-256.
    P256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    /// Curve P-384.
    P384 = [0x2b, 0x81, 0x04, 0, 34];
    /// Curve P-521.
    P521 = [0x2b, 0x81, 0x04, 0, 35];

    /// Digest SHA-1.
    SHA1 = [0x2b, 14, 3, 2, 26];
    /// Digest SHA-256.
    SHA256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
    /// Digest SHA-384.
    SHA384 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2];
    /// Digest SHA-512.
    SHA512 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3];
}

/// Short name of a name attribute, as in RFC 4514 and common usage; `None` when it is best shown dotted.
pub fn name_attribute(oid: &[u8]) -> Option<&'static str> {
    Some(match oid {
        COMMON_NAME => "CN",
        ORGANISATION => "O",
        [0x55, 4, 4] => "SN",
        [0x55, 4, 5] => "serialNumber",
        [0x55, 4, 6] => "C",
        [0x55, 4, 7] => "L",
        [0x55, 4, 8] => "ST",
        [0x55, 4, 9] => "STREET",
        [0x55, 4, 11] => "OU",
        [0x55, 4, 12] => "T",
        [0x55, 4, 42] => "GN",
        [0x55, 4, 97] => "organizationIdentifier",
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1] => "E",
        // 0.9.2342.19200300.100.1.1 and .25; Vietnamese issuers put the tax code or identity number in UID.
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1] => "UID",
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25] => "DC",
        _ => return None,
    })
}
