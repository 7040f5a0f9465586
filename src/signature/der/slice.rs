//! Parts of bytes that are kept together with the whole: cheap to clone, without a lifetime.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use crate::digest::hex;

/// A range of bytes that keeps the whole it was cut from alive. Compares, hashes and reads as the bytes of the range.
#[derive(Clone)]
pub struct Slice {
    whole: Arc<[u8]>,
    start: usize,
    end: usize,
}

impl Slice {
    /// All of `whole`.
    pub fn all(whole: Arc<[u8]>) -> Self {
        let end = whole.len();
        Self { whole, start: 0, end }
    }

    /// `part` of the same whole; bytes that lie elsewhere (joined pieces) are copied.
    pub fn part(&self, part: &[u8]) -> Self {
        let offset = (part.as_ptr() as usize).wrapping_sub(self.whole.as_ptr() as usize);
        match offset.checked_add(part.len()) {
            Some(end) if end <= self.whole.len() => Self { whole: Arc::clone(&self.whole), start: offset, end },
            _ => Self::from(part),
        }
    }
}

impl From<&[u8]> for Slice {
    /// A copy of `bytes`.
    fn from(bytes: &[u8]) -> Self {
        Self::all(Arc::from(bytes))
    }
}

impl Deref for Slice {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.whole[self.start..self.end]
    }
}

impl PartialEq for Slice {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Slice {}

impl Hash for Slice {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl PartialOrd for Slice {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Slice {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (**self).cmp(&**other)
    }
}

impl fmt::Debug for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(self))
    }
}
