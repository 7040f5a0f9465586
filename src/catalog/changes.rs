//! Changes on their way to the catalog, side by side in one buffer.
//!
//! Rows are made by the hundred thousand in a rebuild and in a verification, so none has an allocation of its own.
//! Later changes to a key win. Knows nothing of what rows mean.

/// Rows put and deleted, in order.
#[derive(Default)]
pub struct Changes {
    bytes: Vec<u8>,
    rows: Vec<Row>,
}

/// Where a key and its value lie in the buffer: `at..value..end`.
#[derive(Clone, Copy)]
struct Row {
    at: usize,
    value: usize,
    end: usize,
    what: What,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Put,
    Delete,
}

impl Changes {
    /// Puts a row.
    pub fn put(&mut self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.push(key.as_ref(), value.as_ref(), What::Put);
    }

    /// Deletes a row, which need not be there.
    pub fn delete(&mut self, key: impl AsRef<[u8]>) {
        self.push(key.as_ref(), &[], What::Delete);
    }

    fn push(&mut self, key: &[u8], value: &[u8], what: What) {
        let at = self.bytes.len();
        self.bytes.extend_from_slice(key);
        let value_at = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.rows.push(Row { at, value: value_at, end: self.bytes.len(), what });
    }

    /// Forgets them; the buffer stays.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.rows.clear();
    }

    /// Bytes of all keys and values.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Key and value of each change, in the order they were made; `None` deletes.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.rows.iter().map(|row| self.row(row))
    }

    /// The last change to each key, in the order of the keys.
    pub fn sorted(&self) -> Vec<(&[u8], Option<&[u8]>)> {
        let mut rows: Vec<(u128, &Row)> = self.rows.iter().map(|row| (self.beginning(row), row)).collect();
        // Stable, so that of equal keys the last change stays last.
        rows.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| self.key(one).cmp(self.key(other))));
        let mut sorted: Vec<(&[u8], Option<&[u8]>)> = Vec::with_capacity(rows.len());
        for (key, value) in rows.into_iter().map(|(_, row)| self.row(row)) {
            match sorted.last_mut().filter(|last| last.0 == key) {
                Some(last) => last.1 = value,
                None => sorted.push((key, value)),
            }
        }
        sorted
    }

    fn row(&self, row: &Row) -> (&[u8], Option<&[u8]>) {
        (self.key(row), (row.what == What::Put).then(|| &self.bytes[row.value..row.end]))
    }

    fn key(&self, row: &Row) -> &[u8] {
        &self.bytes[row.at..row.value]
    }

    /// The first sixteen bytes of a key, zeros after a shorter one: what tells most keys apart, without a memory access.
    fn beginning(&self, row: &Row) -> u128 {
        let key = self.key(row);
        let mut bytes = [0; 16];
        let length = key.len().min(bytes.len());
        bytes[..length].copy_from_slice(&key[..length]);
        u128::from_be_bytes(bytes)
    }
}

#[cfg(test)]
mod tests;
