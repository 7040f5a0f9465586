//! The table of finding codes: stable code, severity, sentence and remedy in Vietnamese and English.
//!
//! A code is never renamed and never changes its meaning; a new meaning gets a new code. What is an error here is
//! what the transfer rules refuse; anything an archivist can put right after acceptance is a warning.

use super::{Severity, Words};
use std::str::FromStr;

/// A text that is no finding code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no finding code")]
pub struct NoSuchCode(pub String);

macro_rules! finding_codes {
    ($($variant:ident $code:literal $severity:ident
        $vi:literal $en:literal $remedy_vi:literal $remedy_en:literal;)*) => {
        /// What kind of thing was found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingCode { $(#[doc = $en] $variant,)* }

        impl FindingCode {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable code text.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What it does to the record.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// Sentence and remedy in both languages.
            pub const fn words(self) -> &'static Words {
                match self {
                    $(Self::$variant => &Words {
                        what_vi: $vi, what_en: $en, remedy_vi: $remedy_vi, remedy_en: $remedy_en,
                    },)*
                }
            }
        }

        impl FromStr for FindingCode {
            type Err = NoSuchCode;
            fn from_str(text: &str) -> Result<Self, NoSuchCode> {
                match text { $($code => Ok(Self::$variant),)* _ => Err(NoSuchCode(text.to_owned())) }
            }
        }
    };
}

finding_codes! {
    // --- files
    FileMissing "file-missing" Error
        "Không có tệp mà hồ sơ nộp lưu nêu tên." "A file that the transfer names is not there."
        "Bổ sung tệp rồi nộp lại tài liệu này." "Add the file and transfer this record again.";
    FileUnreadable "file-unreadable" Error
        "Không đọc được tệp." "A file can't be read."
        "Kiểm tra quyền truy cập và thiết bị lưu trữ, rồi nộp lại."
        "Check permissions and the medium, then transfer again.";
    FileNameUnsafe "file-name-unsafe" Error
        "Tên tệp không phải là đường dẫn tương đối đơn giản trong thư mục hồ sơ."
        "A file name is not a plain relative path inside the dossier folder."
        "Đổi tên tệp: không dùng “..”, dấu “\\”, ký tự điều khiển hay đường dẫn tuyệt đối."
        "Rename the file: no “..”, backslash, control character or absolute path.";
    FileClaimedTwice "file-claimed-twice" Error
        "Một tệp được khai báo cho hai tài liệu." "One file is named by two components."
        "Mỗi tệp chỉ thuộc một tài liệu; sửa dossier.json." "Let each file belong to one record; correct dossier.json.";
    StrayFile "stray-file" Warning
        "Tệp không thuộc tài liệu nào, không được tiếp nhận." "A file belongs to no record; it was not taken."
        "Khai báo tệp trong siêu dữ liệu hoặc bỏ tệp ra khỏi thư mục."
        "Describe the file or take it out of the folder.";
    TooLarge "too-large" Error
        "Tệp hoặc danh sách vượt quá giới hạn tiếp nhận." "A file or a list is over the limit."
        "Chia nhỏ hồ sơ nộp lưu." "Split the transfer.";
    InternalError "internal-error" Error
        "Chương trình gặp lỗi khi đọc tài liệu này; các tài liệu khác không bị ảnh hưởng."
        "The program failed while it read this document; no other is affected."
        "Gửi tệp và nhật ký cho người phát triển, nộp lại sau khi nâng cấp."
        "Send the file and the log to the developers; transfer it again after an upgrade.";
    // --- digests and signatures
    DigestMismatch "digest-mismatch" Error
        "Nội dung tệp không khớp với mã băm hoặc kích thước đã khai báo."
        "The file is not the one announced: its digest or size differs."
        "Đối chiếu với bản gốc tại cơ quan, nộp lại tệp đúng hoặc khai báo đúng."
        "Compare with the agency's original; transfer the right file or correct the digest.";
    DigestUnreadable "digest-unreadable" Error
        "Mã băm SHA-256 không đọc được." "The SHA-256 can't be read."
        "Ghi mã băm bằng 64 chữ số thập lục phân." "Write the digest as 64 hexadecimal digits.";
    SignatureBroken "signature-broken" Warning
        "Nội dung tệp đã thay đổi sau khi ký số." "The file was changed after it was signed."
        "Đối chiếu với cơ quan ban hành và nộp lại tệp đúng như đã ký."
        "Ask the issuing agency; transfer the file as it was signed.";
    // --- the metadata as a whole
    SidecarUnreadable "sidecar-unreadable" Error
        "Tệp siêu dữ liệu không phải là một đối tượng JSON." "The sidecar is not a JSON object."
        "Xuất lại siêu dữ liệu theo schemas/sidecar.schema.json."
        "Export the metadata again to schemas/sidecar.schema.json.";
    DossierUnreadable "dossier-unreadable" Error
        "Tệp dossier.json không phải là mô tả hồ sơ." "dossier.json is not the description of a dossier."
        "Xuất lại theo schemas/dossier.schema.json." "Export it again to schemas/dossier.schema.json.";
    FieldMissing "field-missing" Error
        "Thiếu trường bắt buộc." "A required field is missing."
        "Bổ sung trường còn thiếu." "Add the field.";
    FieldWrongKind "field-wrong-kind" Error
        "Giá trị của trường không đúng kiểu." "A field's value is of the wrong kind."
        "Sửa giá trị theo lược đồ." "Correct the value to the schema.";
    FieldRepeated "field-repeated" Error
        "Một trường xuất hiện hai lần." "A field appears twice."
        "Giữ lại một giá trị." "Keep one value.";
    FieldUnknown "field-unknown" Warning
        "Trường không có trong lược đồ; được lưu nguyên văn." "A field is not in the schema; it is kept as written."
        "Không cần làm gì, hoặc bỏ trường này." "Nothing, or leave the field out.";
    FieldEmpty "field-empty" Warning
        "Trường mô tả để trống." "A descriptive field is empty."
        "Bổ sung mô tả." "Complete the description.";
    FieldTooLong "field-too-long" Warning
        "Giá trị dài hơn độ dài quy định tại Thông tư 05/2025/TT-BNV; được lưu đầy đủ."
        "A value is longer than Circular 05/2025/TT-BNV provides for; it is kept whole."
        "Không cần làm gì, hoặc rút gọn mô tả." "Nothing, or shorten the description.";
    // --- codes and dates
    AgencyCodeUnreadable "agency-code-unreadable" Error
        "Mã định danh cơ quan không đọc được." "The agency code can't be read."
        "Ghi mã theo Quyết định 20/2020/QĐ-TTg, ví dụ H26.10."
        "Write the code as Decision 20/2020/QD-TTg does, e.g. H26.10.";
    AgencyForeign "agency-foreign" Error
        "Hồ sơ thuộc cơ quan khác, không phải cơ quan nộp." "The dossier is another agency's, not the one that hands over."
        "Kiểm tra mã hồ sơ và mã cơ quan; hồ sơ của cơ quan khác do cơ quan đó nộp."
        "Check dossier code and agency code; another agency's dossiers are transferred by itself.";
    AgencyUnregistered "agency-unregistered" Warning
        "Danh mục cơ quan không có mã định danh này." "The register of agencies does not have this agency code."
        "Kiểm tra mã; nếu mã đúng, đề nghị quản trị viên ghi cơ quan vào danh mục."
        "Check the code; if it is right, ask an administrator to add the agency to the register.";
    AgencyCodeOutOfTime "agency-code-out-of-time" Note
        "Mã định danh cơ quan không có hiệu lực vào ngày của văn bản, chỉ vào thời gian khác."
        "On the document's day the agency code was valid for nobody, only at another time."
        "Đối chiếu mã với ngày văn bản; chi tiết nêu cơ quan có mã và cơ quan thay thế vào ngày đó."
        "Compare the code with the document's day; the detail names whose code it was, and who stood in its place that day.";
    DossierCodeUnreadable "dossier-code-unreadable" Error
        "Mã hồ sơ không đọc được." "The dossier code can't be read."
        "Ghi mã cơ quan, năm kết thúc công việc và số thứ tự, ví dụ H26.10.2023.045."
        "Write agency code, year the work ended and ordinal, e.g. H26.10.2023.045.";
    DateUnreadable "date-unreadable" Error
        "Ngày tháng không đọc được." "A date can't be read."
        "Ghi ngày có thật theo dạng NNNN-TT-NN, ví dụ 2023-05-17."
        "Write a date that exists as YYYY-MM-DD, e.g. 2023-05-17.";
    DateAfterDossierYear "date-after-dossier-year" Warning
        "Tài liệu ban hành sau năm kết thúc công việc ghi trong mã hồ sơ."
        "The document was issued after the year in which, by the dossier's code, the work ended."
        "Kiểm tra năm trong mã hồ sơ: thời hạn lưu trữ tính từ năm đó."
        "Check the year in the dossier's code: the retention period counts from it.";
    DossierCodeOfArchive "dossier-code-of-archive" Error
        "Mã hồ sơ đã có mã lưu trữ của kho này ở đầu; kho tự thêm mã đó."
        "The dossier code begins with this archive's own code, which the archive itself puts before it."
        "Ghi mã hồ sơ không có mã lưu trữ, ví dụ H26.10.2023.045."
        "Write the dossier code without the archive's code, e.g. H26.10.2023.045.";
    DossierCodeOfRecord "dossier-code-of-record" Error
        "Mã hồ sơ trùng cách viết với mã của một tài liệu trong hồ sơ khác."
        "The dossier code is also the code of a record of another dossier."
        "Ghi mã hồ sơ, không phải mã tài liệu: không có số thứ tự bảy chữ số ở cuối."
        "Write the dossier's code, not a record's: without the ordinal of seven digits at its end.";
    DossierCodeTaken "dossier-code-taken" Error
        "Kho đã có hồ sơ hoặc tài liệu khác mang mã đọc được như mã hồ sơ này."
        "Another dossier or record can be named by this dossier's code."
        "Kiểm tra mã hồ sơ, nhất là mã cơ quan ở đầu." "Check the dossier's code, the agency at its beginning above all.";
    YearAhead "year-ahead" Warning
        "Năm kết thúc công việc ghi trong mã hồ sơ còn ở tương lai."
        "The year in which, by the dossier's code, the work ended lies in the future."
        "Kiểm tra năm trong mã hồ sơ: thời hạn lưu trữ tính từ năm đó."
        "Check the year in the dossier's code: the retention period counts from it.";
    DatesReversed "dates-reversed" Warning
        "Ngày kết thúc đứng trước ngày bắt đầu." "The end date is before the start date."
        "Kiểm tra thời gian của hồ sơ." "Check the dossier's dates.";
    CodeUnknown "code-unknown" Warning
        "Mã không có trong danh mục; dùng giá trị mặc định." "A code is not in its list; the default is used."
        "Sửa mã theo danh mục của Thông tư 05/2025/TT-BNV." "Correct the code to the list of Circular 05/2025/TT-BNV.";
    // --- secrecy
    SecretMark "secret-mark" Error
        "Tài liệu mang dấu chỉ độ mật; hệ thống này không được tiếp nhận."
        "The document bears a mark of secrecy; this system may not take it."
        "Chuyển qua kênh dành cho bí mật nhà nước, hoặc giải mật trước khi nộp."
        "Use the channel for state secrets, or declassify it before the transfer.";
    UnknownMark "unknown-mark" Error
        "Độ mật không đọc được; tài liệu được coi là mật." "The mark of secrecy can't be read; it is treated as secret."
        "Ghi “Thường” nếu tài liệu không mang độ mật." "Write “Thường” if the document bears no mark.";
    // --- the record's description
    NoOriginal "no-original" Error
        "Tài liệu không có tệp gốc." "The record has no original."
        "Khai báo ít nhất một tệp có vai trò “original”." "Name at least one component with the role “original”.";
    DuplicateIdentifier "duplicate-identifier" Warning
        "Trùng cơ quan ban hành, năm, số và ký hiệu với một tài liệu khác."
        "Another record has the same issuer, year, number and notation."
        "Đối chiếu hai tài liệu; xác nhận đây là hai văn bản khác nhau."
        "Compare the two; confirm that they are different documents.";
    UnknownDocumentType "unknown-document-type" Warning
        "Tên loại không có trong danh mục; ghi nhận là 32 (Khác)."
        "The document type is not in the list; it becomes 32 (other)."
        "Sửa tên loại nếu viết sai." "Correct the type if it is misspelt.";
    OddNumber "odd-number" Warning
        "Số văn bản không đúng thể thức Nghị định 30/2020/NĐ-CP."
        "The number is not written as Decree 30/2020/ND-CP prescribes."
        "Kiểm tra số: chữ số Ả Rập, số nhỏ hơn 10 có số 0 phía trước."
        "Check it: Arabic digits, a zero before numbers under 10.";
    OddNotation "odd-notation" Warning
        "Ký hiệu văn bản không đúng thể thức Nghị định 30/2020/NĐ-CP."
        "The notation is not written as Decree 30/2020/ND-CP prescribes."
        "Kiểm tra ký hiệu: nhóm chữ viết tắt nối bằng dấu “-”, không có khoảng trắng."
        "Check it: groups of letters joined by hyphens, no spaces.";
    PagesUnreadable "pages-unreadable" Warning
        "Số trang không đọc được; không được ghi nhận." "The number of pages can't be read; it is left out."
        "Ghi số trang bằng một số nguyên." "Write it as a whole number.";
    // --- the dossier
    TitleDiffers "title-differs" Warning
        "Các tài liệu của cùng hồ sơ ghi tiêu đề hồ sơ khác nhau." "Records of one dossier give it different titles."
        "Kiểm tra tiêu đề hồ sơ; hồ sơ mới dùng tiêu đề ở tài liệu có id nhỏ nhất, hồ sơ đã có giữ tiêu đề cũ."
        "Check the title: a new dossier takes that of the lowest id, a held one keeps its own.";
    PeriodDiffers "period-differs" Warning
        "Các tài liệu của cùng hồ sơ ghi thời hạn lưu trữ khác nhau; thời hạn dài nhất được áp dụng."
        "Records of one dossier state different retention periods; the longest rules."
        "Kiểm tra thời hạn lưu trữ của hồ sơ." "Check the dossier's retention period.";
    PeriodUnreadable "period-unreadable" Warning
        "Thời hạn lưu trữ không đọc được hoặc ngoài khoảng 2–70 năm; hồ sơ được giữ cho đến khi có quyết định."
        "The retention period can't be read or is not 2 to 70 years; the dossier is kept until somebody decides."
        "Ghi “Vĩnh viễn” hoặc số năm, ví dụ “20 năm”." "Write “Vĩnh viễn” or years, e.g. “20 năm”.";
    NotPermanent "not-permanent" Error
        "Lưu trữ lịch sử chỉ tiếp nhận hồ sơ, tài liệu có thời hạn lưu trữ vĩnh viễn."
        "A historical archive takes permanent records only."
        "Giữ lại tại lưu trữ hiện hành, hoặc xác định lại thời hạn lưu trữ của hồ sơ rồi nộp lại."
        "Keep it in the current archive, or determine the dossier's period anew and transfer it again.";
    CountDiffers "count-differs" Warning
        "Số tài liệu khai báo khác với số tài liệu trong danh sách."
        "The number of records stated is not the number listed."
        "Kiểm tra xem hồ sơ có thiếu tài liệu không." "Check whether records are missing from the dossier.";
    SignatureNotExamined "signature-not-examined" Note
        "Chữ ký số trong tệp này chưa được kiểm tra." "The signatures in this file were not examined."
        "Kiểm tra chữ ký số bằng công cụ khác nếu cần." "Check the signatures with another tool if need be.";
    AlreadyHeld "already-held" Note
        "Tài liệu đã có trong kho lưu trữ." "The archive holds this record already."
        "Không cần làm gì." "Nothing.";
    HeldDiffers "held-differs" Warning
        "Kho đã có nội dung này trong hồ sơ này, nhưng mô tả khác; mô tả mới không được ghi nhận."
        "The archive holds these bytes in this dossier under another description; the new one is not taken."
        "Đối chiếu các trường nêu trong chi tiết; nếu mô tả mới đúng, đề nghị lưu trữ viên sửa mô tả đã có."
        "Compare the fields named; if the new description is right, ask the archivist to amend the held one.";
    Supplement "supplement" Note
        "Tài liệu bổ sung vào hồ sơ đã tiếp nhận." "The records supplement a dossier that the archive holds."
        "Không cần làm gì." "Nothing.";
}
