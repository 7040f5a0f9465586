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
    /// Certificate extension keyUsage.
    KEY_USAGE = [0x55, 0x1d, 15];
    /// Certificate extension subjectAltName.
    SUBJECT_ALTERNATIVE_NAME = [0x55, 0x1d, 17];
    /// Certificate and list extension issuerAltName.
    ISSUER_ALTERNATIVE_NAME = [0x55, 0x1d, 18];
    /// Certificate extension basicConstraints.
    BASIC_CONSTRAINTS = [0x55, 0x1d, 19];
    /// List extension cRLNumber.
    CRL_NUMBER = [0x55, 0x1d, 20];
    /// List entry extension reasonCode.
    REASON_CODE = [0x55, 0x1d, 21];
    /// List entry extension holdInstructionCode.
    HOLD_INSTRUCTION = [0x55, 0x1d, 23];
    /// List entry extension invalidityDate.
    INVALIDITY_DATE = [0x55, 0x1d, 24];
    /// List extension deltaCRLIndicator.
    DELTA_CRL_INDICATOR = [0x55, 0x1d, 27];
    /// List extension issuingDistributionPoint.
    ISSUING_DISTRIBUTION_POINT = [0x55, 0x1d, 28];
    /// List entry extension certificateIssuer.
    CERTIFICATE_ISSUER = [0x55, 0x1d, 29];
    /// Certificate extension nameConstraints.
    NAME_CONSTRAINTS = [0x55, 0x1d, 30];
    /// Certificate extension cRLDistributionPoints.
    CRL_DISTRIBUTION_POINTS = [0x55, 0x1d, 31];
    /// Certificate extension certificatePolicies.
    CERTIFICATE_POLICIES = [0x55, 0x1d, 32];
    /// Special policy anyPolicy.
    ANY_POLICY = [0x55, 0x1d, 32, 0];
    /// Certificate extension policyMappings.
    POLICY_MAPPINGS = [0x55, 0x1d, 33];
    /// Certificate and list extension authorityKeyIdentifier.
    AUTHORITY_KEY_IDENTIFIER = [0x55, 0x1d, 35];
    /// Certificate extension policyConstraints.
    POLICY_CONSTRAINTS = [0x55, 0x1d, 36];
    /// Certificate extension extKeyUsage.
    EXTENDED_KEY_USAGE = [0x55, 0x1d, 37];
    /// Extended key usage anyExtendedKeyUsage.
    ANY_PURPOSE = [0x55, 0x1d, 37, 0];
    /// Certificate and list extension freshestCRL.
    FRESHEST_CRL = [0x55, 0x1d, 46];
    /// Certificate extension inhibitAnyPolicy.
    INHIBIT_ANY_POLICY = [0x55, 0x1d, 54];
    /// List extension expiredCertsOnCRL (X.509).
    EXPIRED_CERTS_ON_CRL = [0x55, 0x1d, 60];
    /// Certificate extension authorityInfoAccess.
    AUTHORITY_INFO_ACCESS = [0x2b, 6, 1, 5, 5, 7, 1, 1];
    /// Certificate extension qcStatements (RFC 3739).
    QC_STATEMENTS = [0x2b, 6, 1, 5, 5, 7, 1, 3];
    /// Access method OCSP; also the arc of OCSP response types and extensions.
    ACCESS_OCSP = [0x2b, 6, 1, 5, 5, 7, 48, 1];
    /// Access method caIssuers.
    ACCESS_CA_ISSUERS = [0x2b, 6, 1, 5, 5, 7, 48, 2];
    /// Response type id-pkix-ocsp-basic.
    OCSP_BASIC = [0x2b, 6, 1, 5, 5, 7, 48, 1, 1];
    /// Answer extension id-pkix-ocsp-nonce.
    OCSP_NONCE = [0x2b, 6, 1, 5, 5, 7, 48, 1, 2];
    /// Certificate extension id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1).
    OCSP_NO_CHECK = [0x2b, 6, 1, 5, 5, 7, 48, 1, 5];
    /// Answer extension id-pkix-ocsp-archive-cutoff.
    OCSP_ARCHIVE_CUTOFF = [0x2b, 6, 1, 5, 5, 7, 48, 1, 6];
    /// Answer extension certHash, 1.3.36.8.3.13 (Common PKI; asked for by ETSI profiles).
    OCSP_CERT_HASH = [0x2b, 0x24, 8, 3, 13];
    /// Certificate extension validity-assured-short-term (ETSI EN 319 412-1 §5.2.2), 0.4.0.194121.2.1.
    SHORT_TERM = [0x04, 0, 0x8b, 0xec, 0x49, 2, 1];
    /// Extended key usage codeSigning.
    PURPOSE_CODE = [0x2b, 6, 1, 5, 5, 7, 3, 3];
    /// Extended key usage emailProtection.
    PURPOSE_EMAIL = [0x2b, 6, 1, 5, 5, 7, 3, 4];
    /// Extended key usage documentSigning (RFC 9336).
    PURPOSE_DOCUMENTS = [0x2b, 6, 1, 5, 5, 7, 3, 36];
    /// Extended key usage anyExtendedKeyUsage.
    PURPOSE_ANY = [0x55, 0x1d, 0x25, 0];
    /// Extended key usage serverAuth.
    PURPOSE_SERVER = [0x2b, 6, 1, 5, 5, 7, 3, 1];
    /// Extended key usage timeStamping.
    PURPOSE_TIME_STAMPING = [0x2b, 6, 1, 5, 5, 7, 3, 8];
    /// Extended key usage OCSPSigning.
    PURPOSE_OCSP_SIGNING = [0x2b, 6, 1, 5, 5, 7, 3, 9];

    /// Name attribute commonName.
    COMMON_NAME = [0x55, 4, 3];
    /// Name attribute emailAddress.
    EMAIL_ADDRESS = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1];
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
    /// md5WithRSAEncryption.
    RSA_MD5 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4];
    /// sha224WithRSAEncryption.
    RSA_SHA224 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 14];
    /// rsaSignatureWithripemd160 (TeleTrusT).
    RSA_RIPEMD160 = [0x2b, 0x24, 3, 3, 1, 2];
    /// sha1WithRSASignature (OIW), written by old software.
    RSA_SHA1_OIW = [0x2b, 14, 3, 2, 29];
    /// Signature algorithms of NIST, 2.16.840.1.101.3.4.3; ML-DSA and SLH-DSA have 17 to 31 under it.
    NIST_SIGNATURES = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3];
    /// id-rsassa-pkcs1-v1-5-with-sha3-224.
    RSA_SHA3_224 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 13];
    /// id-rsassa-pkcs1-v1-5-with-sha3-256.
    RSA_SHA3_256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 14];
    /// id-rsassa-pkcs1-v1-5-with-sha3-384.
    RSA_SHA3_384 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 15];
    /// id-rsassa-pkcs1-v1-5-with-sha3-512.
    RSA_SHA3_512 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 16];
    /// DSA keys.
    DSA = [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1];
    /// dsa-with-sha1.
    DSA_SHA1 = [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 3];
    /// dsa-with-sha224.
    DSA_SHA224 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 1];
    /// dsa-with-sha256.
    DSA_SHA256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 2];
    /// dsa-with-sha384.
    DSA_SHA384 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 3];
    /// dsa-with-sha512.
    DSA_SHA512 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 4];
    /// Elliptic-curve keys.
    EC = [0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
    /// ecdsa-with-SHA1.
    ECDSA_SHA1 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1];
    /// ecdsa-with-SHA224.
    ECDSA_SHA224 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 1];
    /// ecdsa-with-Specified: the digest is a parameter.
    ECDSA_SPECIFIED = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3];
    /// id-ecdsa-with-shake128 (RFC 8692 §3), 1.3.6.1.5.5.7.6.32.
    ECDSA_SHAKE128 = [0x2b, 6, 1, 5, 5, 7, 6, 32];
    /// id-ecdsa-with-shake256 (RFC 8692 §3).
    ECDSA_SHAKE256 = [0x2b, 6, 1, 5, 5, 7, 6, 33];
    /// id-ecdsa-with-sha3-224.
    ECDSA_SHA3_224 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 9];
    /// id-ecdsa-with-sha3-256.
    ECDSA_SHA3_256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 10];
    /// id-ecdsa-with-sha3-384.
    ECDSA_SHA3_384 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 11];
    /// id-ecdsa-with-sha3-512.
    ECDSA_SHA3_512 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 12];
    /// ecdsa-plain-SHA1 (BSI TR-03111): the value is r ‖ s.
    ECDSA_PLAIN_SHA1 = [4, 0, 0x7f, 0, 7, 1, 1, 4, 1, 1];
    /// ecdsa-plain-SHA224.
    ECDSA_PLAIN_SHA224 = [4, 0, 0x7f, 0, 7, 1, 1, 4, 1, 2];
    /// ecdsa-plain-SHA256.
    ECDSA_PLAIN_SHA256 = [4, 0, 0x7f, 0, 7, 1, 1, 4, 1, 3];
    /// ecdsa-plain-SHA384.
    ECDSA_PLAIN_SHA384 = [4, 0, 0x7f, 0, 7, 1, 1, 4, 1, 4];
    /// ecdsa-plain-SHA512.
    ECDSA_PLAIN_SHA512 = [4, 0, 0x7f, 0, 7, 1, 1, 4, 1, 5];
    /// ecdsa-plain-RIPEMD160.
    ECDSA_PLAIN_RIPEMD160 = [4, 0, 0x7f, 0, 7, 1, 1, 4, 1, 6];
    /// ecdsa-with-SHA256.
    ECDSA_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
    /// ecdsa-with-SHA384.
    ECDSA_SHA384 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
    /// ecdsa-with-SHA512.
    ECDSA_SHA512 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4];
    /// Ed25519, keys and signatures.
    ED25519 = [0x2b, 0x65, 0x70];
    /// Ed448, keys and signatures (RFC 8410 §3).
    ED448 = [0x2b, 0x65, 0x71];
    /// Digest GOST R 34.11-94 (RFC 4357).
    GOST_94 = [0x2a, 0x85, 3, 2, 2, 9];
    /// Digest GOST R 34.11-2012 of 256 bits (RFC 9215).
    STREEBOG_256 = [0x2a, 0x85, 3, 7, 1, 1, 2, 2];
    /// Digest GOST R 34.11-2012 of 512 bits (RFC 9215).
    STREEBOG_512 = [0x2a, 0x85, 3, 7, 1, 1, 2, 3];
    /// GOST R 34.10-2001, keys (RFC 4491).
    GOST_KEY_2001 = [0x2a, 0x85, 3, 2, 2, 19];
    /// GOST R 34.10-2012 of 256 bits, keys (RFC 9215).
    GOST_KEY_2012_256 = [0x2a, 0x85, 3, 7, 1, 1, 1, 1];
    /// GOST R 34.10-2012 of 512 bits, keys (RFC 9215).
    GOST_KEY_2012_512 = [0x2a, 0x85, 3, 7, 1, 1, 1, 2];
    /// GOST R 34.10-2001 with GOST R 34.11-94 (RFC 4491).
    GOST_94_WITH_2001 = [0x2a, 0x85, 3, 2, 2, 3];
    /// GOST R 34.10-2012 of 256 bits with the digest of that length (RFC 9215).
    STREEBOG_WITH_2012_256 = [0x2a, 0x85, 3, 7, 1, 1, 3, 2];
    /// GOST R 34.10-2012 of 512 bits with the digest of that length (RFC 9215).
    STREEBOG_WITH_2012_512 = [0x2a, 0x85, 3, 7, 1, 1, 3, 3];
    /// Curve id-GostR3410-2001-CryptoPro-A-ParamSet (RFC 4357).
    CRYPTOPRO_A = [0x2a, 0x85, 3, 2, 2, 35, 1];
    /// The same curve as id-tc26-gost-3410-2012-256-paramSetB (RFC 7836).
    TC26_256_B = [0x2a, 0x85, 3, 7, 1, 2, 1, 1, 2];
    /// Curve id-tc26-gost-3410-12-512-paramSetA (RFC 7836).
    TC26_512_A = [0x2a, 0x85, 3, 7, 1, 2, 1, 2, 1];
    /// Curve P-192.
    P192 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 1];
    /// Curve P-224.
    P224 = [0x2b, 0x81, 4, 0, 33];
    /// Curve P-256.
    P256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    /// Curve P-384.
    P384 = [0x2b, 0x81, 0x04, 0, 34];
    /// Curve P-521.
    P521 = [0x2b, 0x81, 0x04, 0, 35];
    /// Curve brainpoolP256r1.
    BRAINPOOL_P256R1 = [0x2b, 0x24, 3, 3, 2, 8, 1, 1, 7];
    /// Curve brainpoolP320r1.
    BRAINPOOL_P320R1 = [0x2b, 0x24, 3, 3, 2, 8, 1, 1, 9];
    /// Curve brainpoolP512r1.
    BRAINPOOL_P512R1 = [0x2b, 0x24, 3, 3, 2, 8, 1, 1, 13];
    /// Curve brainpoolP384r1.
    BRAINPOOL_P384R1 = [0x2b, 0x24, 3, 3, 2, 8, 1, 1, 11];

    /// Digest MD5.
    MD5 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5];
    /// Digest RIPEMD-160.
    RIPEMD160 = [0x2b, 0x24, 3, 2, 1];
    /// Digest SHA-224.
    SHA224 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 4];
    /// Digest SHA3-224.
    SHA3_224 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 7];
    /// Digest SHAKE128, of 32 bytes (RFC 8702 §2).
    SHAKE128 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 11];
    /// Digest SHAKE256, of 64 bytes (RFC 8702 §2).
    SHAKE256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 12];
    /// Digest SHA3-256.
    SHA3_256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 8];
    /// Digest SHA3-384.
    SHA3_384 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 9];
    /// Digest SHA3-512.
    SHA3_512 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 10];
    /// Digest SHA-1.
    SHA1 = [0x2b, 14, 3, 2, 26];
    /// Digest SHA-256.
    SHA256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
    /// Digest SHA-384.
    SHA384 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2];
    /// Digest SHA-512.
    SHA512 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3];
}

/// Certificate extensions whose value is read (`x509::Extensions`); two more have no value to read.
pub const PROCESSED_EXTENSIONS: &[&[u8]] = &[
    SUBJECT_KEY_IDENTIFIER,
    KEY_USAGE,
    SUBJECT_ALTERNATIVE_NAME,
    ISSUER_ALTERNATIVE_NAME,
    BASIC_CONSTRAINTS,
    NAME_CONSTRAINTS,
    CRL_DISTRIBUTION_POINTS,
    CERTIFICATE_POLICIES,
    POLICY_MAPPINGS,
    AUTHORITY_KEY_IDENTIFIER,
    POLICY_CONSTRAINTS,
    EXTENDED_KEY_USAGE,
    FRESHEST_CRL,
    INHIBIT_ANY_POLICY,
    AUTHORITY_INFO_ACCESS,
    QC_STATEMENTS,
];

/// Certificate extensions that path validation reads: unreadable, they break a path even if not critical.
pub const CONSTRAINING_EXTENSIONS: &[&[u8]] = &[
    KEY_USAGE,
    SUBJECT_ALTERNATIVE_NAME,
    BASIC_CONSTRAINTS,
    NAME_CONSTRAINTS,
    CERTIFICATE_POLICIES,
    POLICY_MAPPINGS,
    POLICY_CONSTRAINTS,
    EXTENDED_KEY_USAGE,
    INHIBIT_ANY_POLICY,
];

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
        EMAIL_ADDRESS => "E",
        // 0.9.2342.19200300.100.1.1 and .25; Vietnamese issuers put the tax code or identity number in UID.
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1] => "UID",
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25] => "DC",
        _ => return None,
    })
}

// --- CMS, CAdES, time-stamps, evidence records
oids! {
    /// CMS revocation information: OCSP response (RFC 5940), 1.3.6.1.5.5.7.16.2.
    RI_OCSP_RESPONSE = [0x2b, 6, 1, 5, 5, 7, 16, 2];
    /// CMS content type data, 1.2.840.113549.1.7.1.
    CMS_DATA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 1];
    /// Unsigned attribute countersignature (RFC 5652 §11.4).
    COUNTER_SIGNATURE = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 6];
    /// Signed attribute CMSAlgorithmProtection (RFC 6211).
    CMS_ALGORITHM_PROTECTION = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 0x34];
    /// Signed attribute signature-policy-identifier.
    SIGNATURE_POLICY = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 15];
    /// Signature policy qualifier: URI.
    SIGNATURE_POLICY_URI = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 5, 1];
    /// Signed attribute commitment-type-indication.
    COMMITMENT_TYPE = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 16];
    /// Signed attribute signer-location.
    SIGNER_LOCATION = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 17];
    /// Signed attribute signer-attributes.
    SIGNER_ATTRIBUTES = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 18];
    /// Signed attribute signer-attributes-v2, 0.4.0.19122.1.1.
    SIGNER_ATTRIBUTES_V2 = [4, 0, 0x81, 0x95, 0x32, 1, 1];
    /// Signed attribute content-time-stamp.
    CONTENT_TIME_STAMP = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 20];
    /// Signed attribute content-hints.
    CONTENT_HINTS = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 4];
    /// Signed attribute mime-type, 0.4.0.1733.2.1.
    MIME_TYPE = [4, 0, 0x8d, 0x45, 2, 1];
    /// Adobe's attribute adbe-revocationInfoArchival.
    ADOBE_REVOCATION = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x2f, 1, 1, 8];
    /// Unsigned attribute complete-certificate-references.
    CERTIFICATE_REFERENCES = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 21];
    /// Unsigned attribute complete-revocation-references.
    REVOCATION_REFERENCES = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 22];
    /// Unsigned attribute attribute-certificate-references.
    ATTRIBUTE_CERTIFICATE_REFERENCES = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 0x2c];
    /// Unsigned attribute attribute-revocation-references.
    ATTRIBUTE_REVOCATION_REFERENCES = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 0x2d];
    /// Unsigned attribute certificate-values.
    CERTIFICATE_VALUES = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 23];
    /// Unsigned attribute revocation-values.
    REVOCATION_VALUES = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 24];
    /// Unsigned attribute CAdES-C-time-stamp.
    ESC_TIME_STAMP = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 25];
    /// Unsigned attribute time-stamped-certs-crls-references.
    REFERENCES_TIME_STAMP = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 26];
    /// Unsigned attribute archive-time-stamp of TS 101 733 before V1.4.
    ARCHIVE_TIME_STAMP = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 27];
    /// Unsigned attribute archive-time-stamp-v2.
    ARCHIVE_TIME_STAMP_V2 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 0x30];
    /// Unsigned attribute archive-time-stamp-v3, 0.4.0.1733.2.4.
    ARCHIVE_TIME_STAMP_V3 = [4, 0, 0x8d, 0x45, 2, 4];
    /// Unsigned attribute ats-hash-index, 0.4.0.1733.2.5.
    ATS_HASH_INDEX = [4, 0, 0x8d, 0x45, 2, 5];
    /// Unsigned attribute ats-hash-index-v2, 0.4.0.19122.1.4.
    ATS_HASH_INDEX_V2 = [4, 0, 0x81, 0x95, 0x32, 1, 4];
    /// Unsigned attribute ats-hash-index-v3, 0.4.0.19122.1.5.
    ATS_HASH_INDEX_V3 = [4, 0, 0x81, 0x95, 0x32, 1, 5];
    /// Unsigned attribute long-term-validation, 0.4.0.1733.2.2.
    LONG_TERM_VALIDATION = [4, 0, 0x8d, 0x45, 2, 2];
    /// Unsigned attribute internal evidence record (RFC 4998 annex A).
    EVIDENCE_RECORD_INTERNAL = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 0x31];
    /// Unsigned attribute external evidence record (RFC 4998 annex A).
    EVIDENCE_RECORD_EXTERNAL = [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 0x32];
    /// Unsigned attribute of Microsoft's software: RFC 3161 token over the value, 1.3.6.1.4.1.311.3.3.1.
    SIGNATURE_TIME_STAMP_MICROSOFT = [0x2b, 6, 1, 4, 1, 0x82, 0x37, 3, 3, 1];
}
