//! Reading frames by location, from any thread, while the writer appends.

use super::VaultError;
use super::frame::{FrameHeader, HEADER_BYTES};
use super::segment::{self, FrameAt};
use crate::digest::Blake3;
use crate::disk::{self, Disk, DiskFile};
use crate::position::Location;
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

/// Reads frames; cheap to clone, keeps files open.
#[derive(Clone)]
pub struct Reader {
    disk: Arc<dyn Disk>,
    files: Arc<RwLock<HashMap<u64, Arc<dyn DiskFile>>>>,
}

impl Reader {
    /// A reader of the segments on `disk`.
    pub fn new(disk: Arc<dyn Disk>) -> Self {
        Self { disk, files: Arc::default() }
    }

    /// The frame's header and whole body, its digest checked.
    pub fn frame(&self, location: Location) -> Result<(FrameHeader, Vec<u8>), VaultError> {
        let (header, body) = self.read_frame(location)?;
        if Blake3::of(&body) != header.body {
            return Err(VaultError::corrupt(location.segment, location.offset, "the frame's body is damaged".into()));
        }
        Ok((header, body))
    }

    /// The frame's header and whole body; for callers whose bytes carry their own authentication.
    pub fn read_frame(&self, location: Location) -> Result<(FrameHeader, Vec<u8>), VaultError> {
        let mut body = Vec::new();
        let header = self.read_frame_into(location, &mut body)?;
        Ok((header, body))
    }

    /// As [`Reader::read_frame`], into a buffer whose content is replaced.
    pub fn read_frame_into(&self, location: Location, body: &mut Vec<u8>) -> Result<FrameHeader, VaultError> {
        let header = self.header(location)?;
        body.resize(usize::try_from(header.length).expect("limited by kind"), 0);
        self.body_range(location, 0, body)?;
        Ok(header)
    }

    /// The frame's header. Recovery writes the open segment anew, and a destruction any: what a file that was opened before
    /// does not have is looked for once more in the one that has its name now.
    pub fn header(&self, location: Location) -> Result<FrameHeader, VaultError> {
        match self.header_in_open_file(location) {
            Ok(header) => Ok(header),
            Err(error @ VaultError::Io(_)) => Err(error),
            Err(_) => {
                self.forget(location.segment);
                self.header_in_open_file(location)
            }
        }
    }

    fn header_in_open_file(&self, location: Location) -> Result<FrameHeader, VaultError> {
        let file = self.file(location.segment)?;
        segment::read_frame_header(file.as_ref(), location.offset).map_err(|at| match at {
            FrameAt::Io(error) => VaultError::Io(error),
            FrameAt::End => VaultError::corrupt(location.segment, location.offset, "the segment ends here".into()),
            FrameAt::Bad(what) => VaultError::corrupt(location.segment, location.offset, what),
        })
    }

    /// Fills `into` from the frame's body at `from` bytes; unchecked.
    pub fn body_range(&self, location: Location, from: u64, into: &mut [u8]) -> Result<(), VaultError> {
        let file = self.file(location.segment)?;
        disk::read_exact_at(file.as_ref(), location.offset + HEADER_BYTES as u64 + from, into).map_err(|error| {
            if error.kind() == std::io::ErrorKind::UnexpectedEof {
                VaultError::corrupt(location.segment, location.offset, "the segment ends within the frame".into())
            } else {
                VaultError::Io(error)
            }
        })
    }

    /// Forgets an open file: the segment was written anew.
    pub fn forget(&self, seq: u64) {
        self.files.write().expect("no holder of this lock panics").remove(&seq);
    }

    /// Forgets every open file: segments may have been written anew, and what was destroyed stays on the disk as long as
    /// anybody has the old file open.
    pub fn forget_all(&self) {
        self.files.write().expect("no holder of this lock panics").clear();
    }

    fn file(&self, seq: u64) -> Result<Arc<dyn DiskFile>, VaultError> {
        let open = self.files.read().expect("no holder of this lock panics").get(&seq).cloned();
        if let Some(file) = open {
            return Ok(file);
        }
        let opened = self.disk.open(&segment::sealed_path(seq)).or_else(|_| self.disk.open(&segment::open_path(seq)));
        // Between the two it may have been sealed.
        let opened = opened.or_else(|_| self.disk.open(&segment::sealed_path(seq)));
        let opened = opened.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => VaultError::corrupt(seq, 0, "segment is missing".into()),
            _ => VaultError::Io(error),
        })?;
        let file: Arc<dyn DiskFile> = Arc::from(opened);
        self.files.write().expect("no holder of this lock panics").insert(seq, file.clone());
        Ok(file)
    }
}
