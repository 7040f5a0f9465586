//! What a file's name and media type promise to whoever opens it.
//!
//! A file of one kind may well be one of another too: programs go by the name, and find a PDF file, a packed one or a web page
//! in bytes that were judged as a signature around something else. So what a file was judged as is held against its name.

/// Kinds of files, as programs open them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A PDF file.
    Pdf,
    /// A CMS structure.
    Cms,
    /// XML that is shown as such.
    Xml,
    /// A ZIP file: a container, an Office document.
    Zip,
    /// Text, shown as it is written: XML and armour are, too.
    Text,
    /// One that bears none of the signatures that are read: a page, a picture, a film.
    Other,
}

/// What endings of names promise; of others nothing is known.
const ENDINGS: &[(Shape, &[&str])] = &[
    (Shape::Pdf, &["pdf"]),
    (Shape::Cms, &["p7m", "p7s", "p7b", "p7c"]),
    (Shape::Xml, &["xml", "edxml", "xhtml", "svg"]),
    (
        Shape::Zip,
        &[
            "zip", "asice", "asics", "sce", "scs", "docx", "docm", "dotx", "xlsx", "xlsm", "xltx", "pptx", "pptm",
            "ppsx", "odt", "ods", "odp", "odg", "ott", "epub", "jar",
        ],
    ),
    (Shape::Text, &["txt", "text", "csv", "md", "pem", "asc"]),
    (
        Shape::Other,
        &[
            "html", "htm", "mht", "mhtml", "hta", "js", "rtf", "doc", "xls", "ppt", "pps", "png", "jpg", "jpeg", "gif",
            "bmp", "webp", "tif", "tiff", "mp3", "wav", "mp4", "avi", "mov", "mkv", "wmv", "webm", "rar", "7z", "gz",
            "exe",
        ],
    ),
];

/// What media types promise, by their beginnings; the first counts.
const MEDIA_TYPES: &[(Shape, &[&str])] = &[
    (Shape::Pdf, &["application/pdf"]),
    (Shape::Cms, &["application/pkcs7-", "application/x-pkcs7-", "application/cms"]),
    (Shape::Xml, &["application/xml", "text/xml", "application/xhtml+xml", "image/svg+xml"]),
    (
        Shape::Zip,
        &[
            "application/zip",
            "application/vnd.etsi.asic-",
            "application/vnd.openxmlformats-officedocument.",
            "application/vnd.oasis.opendocument.",
        ],
    ),
    (Shape::Text, &["text/plain", "text/csv", "text/markdown"]),
    (Shape::Other, &["text/html", "image/", "audio/", "video/", "application/msword", "application/rtf"]),
];

impl Shape {
    /// What a name promises.
    pub fn of_name(name: &str) -> Option<Self> {
        let ending = name.trim_end_matches(['.', ' ']).rsplit_once('.')?.1.to_ascii_lowercase();
        ENDINGS.iter().find(|(_, endings)| endings.contains(&ending.as_str())).map(|(shape, _)| *shape)
    }

    /// What a media type promises.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        let lower = media_type.trim().to_ascii_lowercase();
        MEDIA_TYPES
            .iter()
            .find(|(_, starts)| starts.iter().any(|start| lower.starts_with(start)))
            .map(|(shape, _)| *shape)
    }

    /// Whether a file that was judged as this shape is shown as what it was judged as by who promises `promised`.
    pub fn keeps(self, promised: Self, bytes: &[u8]) -> bool {
        self == promised || promised == Self::Text && std::str::from_utf8(bytes).is_ok()
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Pdf => "a PDF file",
            Self::Cms => "a CMS structure",
            Self::Xml => "XML",
            Self::Zip => "a ZIP file",
            Self::Text => "text",
            Self::Other => "a file without signatures of its own",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Shape;

    #[test]
    fn names_and_media_types_promise() {
        let named = ["a.PDF", "a.pdf.p7s", "a.docx", "a.htm", "a.edxml", "a", "a.bin", "a.pdf. "].map(Shape::of_name);
        let [pdf, cms, zip, other, xml] = [Shape::Pdf, Shape::Cms, Shape::Zip, Shape::Other, Shape::Xml].map(Some);
        assert_eq!(["a.txt", "a.PEM"].map(Shape::of_name), [Some(Shape::Text); 2]);
        assert!(Shape::Cms.keeps(Shape::Text, b"-----BEGIN CMS-----") && Shape::Cms.keeps(Shape::Cms, b"\xff"));
        assert!(!Shape::Cms.keeps(Shape::Text, b"0\x82\xff") && !Shape::Cms.keeps(Shape::Pdf, b"-----BEGIN CMS-----"));
        assert_eq!(named, [pdf, cms, zip, other, xml, None, None, pdf]);
        let typed =
            ["application/pdf", "application/pkcs7-mime; name=a", "image/svg+xml", "image/png", "text/plain", ""];
        assert_eq!(typed.map(Shape::of_media_type), [pdf, cms, xml, other, Some(Shape::Text), None]);
    }
}
