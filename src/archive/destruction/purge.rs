//! Catalog and index without what is gone: their files are written anew, so that none holds a deleted row or term.

use crate::archive::project;
use crate::archive::writing::Writing;
use crate::error::Result;

/// Rewrites both.
pub fn purge(archive: &Writing) -> Result<()> {
    archive.purge_index()?;
    archive.catalog.purge().map_err(project::catalog)
}
