//! The table of finding codes. A code is never renamed and never changes its meaning.

use super::{Axis, Severity, Words};

macro_rules! finding_codes {
    ($($variant:ident $code:literal $axis:ident $severity:ident $vi:literal $en:literal;)*) => {
        /// What was found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingCode { $(#[doc = $en] $variant,)* }

        impl FindingCode {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable code text.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Which question it is about.
            pub const fn axis(self) -> Axis {
                match self { $(Self::$variant => Axis::$axis,)* }
            }

            /// How much a reader should care.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// The words.
            pub const fn words(self) -> &'static Words {
                match self { $(Self::$variant => &Words { vi: $vi, en: $en },)* }
            }
        }
    };
}

finding_codes! {
    // --- is the signature good?
    NotPassed "not-passed" Signature Error
        "Chữ ký không được kết luận là hợp lệ." "The signature is not found good.";
    NoProvenTime "no-proven-time" Signature Note
        "Thời điểm ký chưa được chứng minh: không có dấu thời gian tin cậy." "When it was signed is not proven: there is no time-stamp that counts.";
    ProvenByArchive "proven-by-archive" Signature Note
        "Thời điểm tồn tại được chứng minh bởi chính kho lưu trữ." "That it existed is proven by the archive's own word.";
    TimeStampDropped "time-stamp-dropped" Signature Warning
        "Một dấu thời gian không đủ tin cậy nên không được tính." "A time-stamp does not count.";
    ClaimedTimeLater "claimed-time-later" Signature Warning
        "Thời điểm ký khai báo muộn hơn thời điểm đã được chứng minh." "The claimed time is after the proven one.";
    RevokedLater "revoked-later" Signature Note
        "Chứng thư bị thu hồi sau khi ký." "The certificate was revoked after signing.";
    ExpiredSince "expired-since" Signature Note
        "Chứng thư đã hết hạn sau khi ký." "The certificate has expired since signing.";
    CertificateNotNamed "certificate-not-named" Signature Warning
        "Chữ ký không ràng buộc với chứng thư của người ký." "Nothing signed names the signer's certificate.";
    NoNonRepudiation "no-non-repudiation" Signature Warning
        "Chứng thư không nêu mục đích chống chối bỏ." "The certificate is not for committing to content (nonRepudiation).";
    PolicyNamed "policy-named" Signature Note
        "Chữ ký nêu một chính sách chữ ký riêng; quy tắc của nó không được xét." "It names a signature policy, whose own rules were not processed.";
    BelowProfile "below-profile" Signature Note
        "Thuật toán không theo yêu cầu áp dụng tại thời điểm ký." "The algorithms are not those asked for at the time.";
    UnusualEncoding "unusual-encoding" Signature Note
        "Cách mã hóa khác thường, không ảnh hưởng kết luận." "The encoding is unusual, which is no reason to doubt it.";
    NotChecked "not-checked" Signature Warning
        "Có nội dung không kiểm tra được." "Something could not be checked.";
    // --- is what is shown what was signed?
    DataChanged "data-changed" Shown Error
        "Nội dung đã bị thay đổi sau khi ký." "What was signed was changed.";
    ChangedLater "changed-later" Shown Error
        "Sau khi ký, tài liệu bị thay đổi; chỉ xem bản đã ký." "The document was changed after signing; only the signed state is to be shown.";
    ChangeForbidden "change-forbidden" Shown Error
        "Thay đổi sau khi ký vi phạm giới hạn do người ký đặt ra." "A later change breaks what the signer laid down.";
    UnexplainedBytes "unexplained-bytes" Shown Error
        "Sau phần đã ký có dữ liệu không giải thích được." "Bytes follow that nothing explains.";
    ChangesNotCompared "changes-not-compared" Shown Warning
        "Không so sánh được những thay đổi sau khi ký." "What came after signing could not be compared.";
    AnnotationsAdded "annotations-added" Shown Warning
        "Sau khi ký có thêm chú thích." "Annotations were added after signing.";
    FilledAfter "filled-after" Shown Note
        "Sau khi ký chỉ điền trường biểu mẫu hoặc thêm chữ ký." "After signing, fields were filled in or signatures added, and nothing else.";
    FilledUnsigned "filled-unsigned" Shown Warning
        "Sau chữ ký cuối cùng có điền trường biểu mẫu hoặc thêm chú thích mà không ai ký." "After the last signature, fields were filled in or annotations added that nobody signed.";
    FilledOver "filled-over" Shown Warning
        "Sau khi ký, một trường được điền đè lên nội dung đã ký." "After signing, a field was filled in that lies over what was signed.";
    FilledUnlike "filled-unlike" Shown Note
        "Sau khi ký, một trường được điền hiển thị khác với giá trị của nó, hoặc không hiển thị gì."
        "After signing, a field was filled in that shows something else than it holds, or nothing.";
    DescribedAfter "described-after" Shown Note
        "Sau khi ký, thông tin mô tả của tệp (tiêu đề, tác giả) bị thay đổi." "After signing, what the file says of itself (title, author) was changed.";
    EvidenceAfter "evidence-after" Shown Note
        "Sau khi ký chỉ bổ sung bằng chứng và dấu thời gian." "After signing, only evidence and time-stamps were added.";
    EvidenceAfterCertified "evidence-after-certified" Shown Note
        "Tài liệu được chứng nhận không cho thay đổi; bằng chứng bổ sung không vi phạm, dù một số phần mềm có thể cảnh báo."
        "The document is certified against changes; evidence added is none, though some software may complain.";
    PartlySigned "partly-signed" Shown Warning
        "Chữ ký chỉ bao phủ một phần tài liệu." "Only a part of the document is signed.";
    NothingSigned "nothing-signed" Shown Error
        "Chữ ký không bao phủ nội dung nào của tài liệu." "Nothing of the document is signed.";
    Invisible "invisible" Shown Note
        "Chữ ký không hiển thị trên trang." "No page shows the signature.";
    FurtherSigner "further-signer" Shown Note
        "Chữ ký này hiển thị trên trang đã có người ký trước; xem bản đã ký của từng người."
        "What this signature shows lies on pages that others signed before: look at the state that each of them signed.";
    ShownByNobody "shown-by-nobody" Shown Warning
        "Sau khi có người ký, một ô hiển thị thêm nội dung trên trang mà không ai ký vào ô đó."
        "Since somebody signed, a field shows something more on a page, and nobody signs in it.";
    PictureOnly "picture-only" Shown Warning
        "Có hình ảnh chữ ký hoặc con dấu nhưng không có chữ ký số." "There is a picture of a signature or seal, and nothing is signed.";
    MovingContent "moving-content" Shown Note
        "Tệp có hành động, mã lệnh hoặc lớp ẩn: nội dung hiển thị có thể khác đi dù tệp không đổi."
        "The file has actions, scripts or hidden layers: what it shows may differ though it is not changed.";
    InPlaceOfPages "in-place-of-pages" Shown Warning
        "Một số phần mềm hiển thị nội dung khác thay cho các trang (biểu mẫu XFA, tập hợp tệp)."
        "Some programs show something else in place of the pages (an XFA form, a portfolio).";
    UncoveredFiles "uncovered-files" Shown Warning
        "Có tệp không được chữ ký nào bao phủ." "There are files that no signature covers.";
    SignatureNotRead "signature-not-read" Shown Warning
        "Có chữ ký thuộc dạng không đọc được, nên chưa kiểm tra." "There is a signature of a form that is not read, so it was not checked.";
    OtherKind "other-kind" Shown Warning
        "Theo tên hoặc kiểu nội dung, tệp thuộc loại khác với loại đã được kiểm tra: phần mềm có thể hiển thị nội dung khác."
        "By its name or media type the file is of another kind than the one it was judged as: programs may show something else.";
    Encrypted "encrypted" Shown Warning
        "Tệp được mã hóa; nội dung và những thay đổi sau khi ký không đọc được." "The file is encrypted: its content, and what changed after signing, are not read.";
    EmptyFields "empty-fields" Shown Note
        "Có ô chữ ký chưa được ký." "There are fields for signatures that nobody signed.";
    Damaged "damaged" Shown Error
        "Cấu trúc tệp bị hỏng." "The structure of the file is damaged.";
    Unsigned "unsigned" Shown Note
        "Tài liệu không có chữ ký số." "The document has no signature.";
    // --- will it stay provable?
    WeakNow "weak-now" Provable Note
        "Thuật toán nay không còn đủ mạnh; tại thời điểm đã chứng minh thì còn." "An algorithm is no longer strong enough; it was at the proven time.";
    EvidenceNotInside "evidence-not-inside" Provable Note
        "Bằng chứng (chuỗi chứng thư, thông tin thu hồi) không nằm trong tài liệu; kho lưu trữ phải tự lưu."
        "The evidence is not in the document; the archive must capture it.";
    RenewSoon "renew-soon" Provable Warning
        "Cần gắn thêm dấu thời gian lưu trữ trước hạn." "A further time-stamp is needed soon.";
    CheckAgain "check-again" Provable Warning
        "Cần kiểm tra lại khi có thông tin thu hồi mới." "It is to be checked again once newer revocation data is there.";
}
