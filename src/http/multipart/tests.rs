use super::{Event, Head, Splitter};
use proptest::prelude::*;

const KIND: &str = "multipart/form-data; boundary=----x";

fn events(kind: &str, pieces: &[&[u8]]) -> Result<Vec<Event>, super::NotAForm> {
    let mut splitter = Splitter::new(kind)?;
    let mut events: Vec<Event> = Vec::new();
    for piece in pieces {
        splitter.feed(piece);
        while let Some(event) = splitter.next()? {
            match (events.last_mut(), event) {
                (Some(Event::Piece(held)), Event::Piece(more)) => held.extend(more),
                (_, event) => events.push(event),
            }
        }
    }
    Ok(events)
}

fn form(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut form = Vec::new();
    for (name, file, content) in parts {
        let file =
            file.map_or_else(String::new, |file| format!("; filename=\"{file}\"\r\nContent-Type: application/pdf"));
        form.extend(format!("------x\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
        form.extend_from_slice(content);
        form.extend(b"\r\n");
    }
    form.extend(b"------x--\r\n");
    form
}

fn expected(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<Event> {
    let mut events = Vec::new();
    for (name, file, content) in parts {
        events.push(Event::Part(Head { name: (*name).to_owned(), file: file.map(str::to_owned) }));
        if !content.is_empty() {
            events.push(Event::Piece(content.to_vec()));
        }
    }
    events.push(Event::End);
    events
}

#[test]
fn a_form_is_taken_apart() {
    let parts: [(&str, Option<&str>, &[u8]); 4] = [
        ("form", None, b"abc"),
        ("empty", None, b""),
        ("file", Some("hồ sơ/1.pdf"), b"%PDF\r\n------\r\n--x"),
        ("file", Some("2.pdf"), b"\r\n"),
    ];
    let bytes = form(&parts);
    assert_eq!(events(KIND, &[&bytes]).unwrap(), expected(&parts));
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(events(KIND, &single).unwrap(), expected(&parts));
    assert_eq!(events("multipart/form-data; boundary=\"----x\"", &[&bytes]).unwrap(), expected(&parts));
}

#[test]
fn what_is_no_form_is_refused() {
    for kind in ["", "multipart/form-data", "multipart/mixed; boundary=x", "multipart/form-data; boundary="] {
        assert!(Splitter::new(kind).is_err(), "{kind}");
    }
    assert!(events(KIND, &[b"------xyz\r\n"]).is_err());
    assert!(events(KIND, &[b"------x\r\nno head\r\n\r\n"]).is_err());
    assert!(events(KIND, &[&vec![b'a'; 20_000]]).is_err());
    // One that breaks off has no end.
    let bytes = form(&[("a", None, b"b")]);
    assert!(!events(KIND, &[&bytes[..bytes.len() - 6]]).unwrap().contains(&Event::End));
}

proptest! {
    #[test]
    fn any_content_arrives_however_it_is_cut(content: Vec<u8>, cuts in proptest::collection::vec(1usize..40, 1..20)) {
        let parts: [(&str, Option<&str>, &[u8]); 2] = [("form", None, b"t"), ("file", Some("a.zip"), &content)];
        let bytes = form(&parts);
        let (mut pieces, mut rest, mut at) = (Vec::new(), bytes.as_slice(), 0);
        while !rest.is_empty() {
            let cut = cuts[at % cuts.len()].min(rest.len());
            pieces.push(&rest[..cut]);
            rest = &rest[cut..];
            at += 1;
        }
        prop_assert_eq!(events(KIND, &pieces).unwrap(), expected(&parts));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _ = events(KIND, &[b"------x\r\n", &bytes]);
    }
}
