//! Whether a signed file is a signed copy of one that was made here.

/// Whether `signed` begins with the whole of `original` and continues with something: what signing tools write is an
/// incremental update (ISO 32000-1 §7.5.6), behind the bytes that were there.
///
/// Says nothing of the signatures, nor of what the update shows: that is for `signature::judge`, which must find the
/// update harmless. A tool that writes the file anew gives `false`, though the text may be the same.
pub fn is_signed_copy(original: &[u8], signed: &[u8]) -> bool {
    signed.len() > original.len() && signed.starts_with(original)
}
