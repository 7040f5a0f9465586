//! The words of EN 319 102-1 for how a validation came out.

/// How a building block, a process or the whole came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Indication {
    /// It holds. Of a whole signature: TOTAL-PASSED.
    Passed,
    /// It cannot be decided with what is at hand.
    Indeterminate,
    /// It does not hold. Of a whole signature: TOTAL-FAILED.
    Failed,
}

impl Indication {
    /// The name for building blocks and time-stamps.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "PASSED",
            Self::Indeterminate => "INDETERMINATE",
            Self::Failed => "FAILED",
        }
    }

    /// The name for a whole signature.
    pub const fn total(self) -> &'static str {
        match self {
            Self::Passed => "TOTAL_PASSED",
            Self::Indeterminate => "INDETERMINATE",
            Self::Failed => "TOTAL_FAILED",
        }
    }

    /// The identifier of TS 119 102-2, for a whole signature.
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Passed => "urn:etsi:019102:mainindication:total-passed",
            Self::Indeterminate => "urn:etsi:019102:mainindication:indeterminate",
            Self::Failed => "urn:etsi:019102:mainindication:total-failed",
        }
    }

    /// The Vietnamese label, for a whole signature.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Passed => "hợp lệ",
            Self::Indeterminate => "chưa đủ căn cứ kết luận",
            Self::Failed => "không hợp lệ",
        }
    }
}

macro_rules! sub_indications {
    ($($variant:ident $name:literal $indication:ident $vi:literal $en:literal;)*) => {
        /// Why it did not pass (EN 319 102-1 tables 5 and 6).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum SubIndication { $(#[doc = $en] $variant,)* }

        impl SubIndication {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Its identifier.
            pub const fn uri(self) -> &'static str {
                match self { $(Self::$variant => concat!("urn:etsi:019102:subindication:", $name),)* }
            }

            /// The indication that it goes with.
            pub const fn indication(self) -> Indication {
                match self { $(Self::$variant => Indication::$indication,)* }
            }

            /// In words, Vietnamese.
            pub const fn words_vi(self) -> &'static str {
                match self { $(Self::$variant => $vi,)* }
            }

            /// In words, English.
            pub const fn words_en(self) -> &'static str {
                match self { $(Self::$variant => $en,)* }
            }
        }
    };
}

sub_indications! {
    FormatFailure "FORMAT_FAILURE" Failed
        "Chữ ký không đúng định dạng." "The signature is not one of its format.";
    HashFailure "HASH_FAILURE" Failed
        "Nội dung đã bị thay đổi sau khi ký." "What was signed was changed.";
    SigCryptoFailure "SIG_CRYPTO_FAILURE" Failed
        "Giá trị chữ ký không khớp với khóa của chứng thư." "The value was not made with the key of the certificate.";
    Revoked "REVOKED" Failed
        "Chữ ký được tạo sau khi chứng thư bị thu hồi." "It was made after the certificate was revoked.";
    Expired "EXPIRED" Failed
        "Chữ ký được tạo sau khi chứng thư hết hạn." "It was made after the certificate had expired.";
    NotYetValid "NOT_YET_VALID" Failed
        "Chữ ký được tạo trước khi chứng thư có hiệu lực." "It was made before the certificate was valid.";
    SigConstraintsFailure "SIG_CONSTRAINTS_FAILURE" Indeterminate
        "Chữ ký không đáp ứng điều kiện của chính sách." "It does not meet a constraint of the policy.";
    ChainConstraintsFailure "CHAIN_CONSTRAINTS_FAILURE" Indeterminate
        "Chuỗi chứng thư không đáp ứng điều kiện." "The chain of certificates does not meet a constraint.";
    CertificateChainGeneralFailure "CERTIFICATE_CHAIN_GENERAL_FAILURE" Indeterminate
        "Không kiểm tra được chuỗi chứng thư." "The chain of certificates could not be checked.";
    CryptoConstraintsFailure "CRYPTO_CONSTRAINTS_FAILURE" Indeterminate
        "Thuật toán hoặc độ dài khóa không đủ mạnh tại thời điểm ký."
        "An algorithm or key was not strong enough when it was used.";
    CryptoConstraintsFailureNoPoe "CRYPTO_CONSTRAINTS_FAILURE_NO_POE" Indeterminate
        "Thuật toán hoặc khóa nay không còn đủ mạnh và không có bằng chứng chữ ký đã có từ khi còn đủ mạnh."
        "An algorithm or key is no longer strong enough, and nothing proves that it was used while it was.";
    PolicyProcessingError "POLICY_PROCESSING_ERROR" Indeterminate
        "Không áp dụng được chính sách." "The policy could not be processed.";
    SignaturePolicyNotAvailable "SIGNATURE_POLICY_NOT_AVAILABLE" Indeterminate
        "Không có văn bản chính sách chữ ký mà chữ ký nêu." "The signature policy that it names is not at hand.";
    TimestampOrderFailure "TIMESTAMP_ORDER_FAILURE" Indeterminate
        "Thứ tự các dấu thời gian mâu thuẫn." "Time-stamps contradict each other in their order.";
    NoSigningCertificateFound "NO_SIGNING_CERTIFICATE_FOUND" Indeterminate
        "Không xác định được chứng thư của người ký." "The certificate of the signer cannot be identified.";
    NoCertificateChainFound "NO_CERTIFICATE_CHAIN_FOUND" Indeterminate
        "Không có chuỗi chứng thư tới gốc tin cậy." "No chain of certificates leads to a trust anchor.";
    NoCertificateChainFoundNoPoe "NO_CERTIFICATE_CHAIN_FOUND_NO_POE" Indeterminate
        "Gốc tin cậy không có hiệu lực tại thời điểm kiểm tra và không có bằng chứng chữ ký đã có từ trước."
        "The trust anchor is not trusted at this time, and nothing proves that the signature existed while it was.";
    RevokedNoPoe "REVOKED_NO_POE" Indeterminate
        "Chứng thư đã bị thu hồi và không có bằng chứng chữ ký đã có từ trước."
        "The certificate is revoked, and nothing proves that the signature existed before.";
    RevokedCaNoPoe "REVOKED_CA_NO_POE" Indeterminate
        "Chứng thư của tổ chức chứng thực đã bị thu hồi và không có bằng chứng chữ ký đã có từ trước."
        "The certificate of an authority is revoked, and nothing proves that the signature existed before.";
    OutOfBoundsNoPoe "OUT_OF_BOUNDS_NO_POE" Indeterminate
        "Chứng thư không còn hạn và không có bằng chứng chữ ký được tạo khi còn hạn."
        "The certificate is outside its dates, and nothing proves that the signature was made within them.";
    OutOfBoundsNotRevoked "OUT_OF_BOUNDS_NOT_REVOKED" Indeterminate
        "Chứng thư đã hết hạn, chưa từng bị thu hồi, và không có bằng chứng chữ ký được tạo khi còn hạn."
        "The certificate has expired and was never revoked, and nothing proves that the signature was made before.";
    RevocationOutOfBoundsNoPoe "REVOCATION_OUT_OF_BOUNDS_NO_POE" Indeterminate
        "Chứng thư của bên trả lời trạng thái thu hồi đã hết hạn và không có bằng chứng câu trả lời có từ trước."
        "Whoever signed the revocation data has an expired certificate, and nothing proves that the data is older.";
    NoPoe "NO_POE" Indeterminate
        "Thiếu bằng chứng về thời điểm tồn tại." "A proof of existence is missing.";
    TryLater "TRY_LATER" Indeterminate
        "Chưa có thông tin thu hồi đủ mới; cần kiểm tra lại sau." "There is no revocation data new enough yet.";
    SignedDataNotFound "SIGNED_DATA_NOT_FOUND" Indeterminate
        "Không tìm thấy nội dung đã ký." "What was signed cannot be found.";
}

/// How something came out, and why if it did not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Conclusion {
    /// How.
    pub indication: Indication,
    /// Why not.
    pub sub_indication: Option<SubIndication>,
}

impl Conclusion {
    /// It passed.
    pub const PASSED: Self = Self { indication: Indication::Passed, sub_indication: None };

    /// It did not, for this reason.
    pub const fn of(sub: SubIndication) -> Self {
        Self { indication: sub.indication(), sub_indication: Some(sub) }
    }

    /// Whether it passed.
    pub fn passed(self) -> bool {
        self.indication == Indication::Passed
    }

    /// Whether it came out for this reason.
    pub fn is(self, sub: SubIndication) -> bool {
        self.sub_indication == Some(sub)
    }
}

impl std::fmt::Display for Conclusion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.indication.name())?;
        self.sub_indication.map_or(Ok(()), |sub| write!(f, "/{}", sub.name()))
    }
}
