//! BER and DER by themselves: any bytes at all, every element read as every type, and written again.
#![no_main]

use chauban::signature::der::{self, Element, tag};
use libfuzzer_sys::fuzz_target;

/// Elements looked at: a walk over all of a large input would be the walk's time.
const ELEMENTS_MAX: usize = 4_096;

fuzz_target!(|bytes: &[u8]| {
    let Ok((whole, rest)) = der::read(bytes) else { return };
    assert_eq!(whole.raw.len() + rest.len(), bytes.len());
    let mut open = vec![whole];
    for _ in 0..ELEMENTS_MAX {
        let Some(element) = open.pop() else { break };
        values(&element);
        let mut children = element.children();
        let mut inside = 0;
        while let Ok(Some(child)) = children.next_element() {
            inside += child.raw.len();
            open.push(child);
        }
        assert!(inside <= element.content.len(), "elements are not larger than what they stand in");
    }
});

fn values(element: &Element<'_>) {
    let _ = (element.octets(), element.octet_string(), element.bits(), element.bits_or_more(), element.magnitude());
    let _ = (element.integer(), element.boolean(), element.number(), element.named_bits(), element.time());
    let _ = (element.oid_text(), element.text());
    let written = der::with_header(tag::SEQUENCE, element.content);
    let (again, rest) = der::read(&written).expect("what is written can be read");
    assert!(again.content == element.content && rest.is_empty());
}
