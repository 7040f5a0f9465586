//! What a bundle says about itself: `README` in two languages, and `check.sh`, which repeats all of it.
//!
//! The script is the steps of `docs/verify-by-hand.md` as they stand there, once for the accession and once for the
//! verdict, so that what a newcomer reads and what runs are one text.

use crate::archive::body::RecordBody;
use crate::error::{Error, Result};
use crate::time::Micros;

const BY_HAND: &str = include_str!("../../../docs/verify-by-hand.md");
const README_VI: &str = include_str!("../../../messages/bundle.vi.txt");
const README_EN: &str = include_str!("../../../messages/bundle.en.txt");
/// Steps of the page, 0 to 8.
const STEPS: usize = 9;

/// What the instructions are about.
pub struct Told<'a> {
    /// The record.
    pub body: &'a RecordBody,
    /// Names of its files in the bundle, and their lengths in bytes.
    pub files: &'a [(String, u64)],
    /// Ledger index of its accession.
    pub index: u64,
    /// The ledger.
    pub origin: &'a str,
    /// When the bundle was made.
    pub made: Micros,
    /// Whether a verdict is in it.
    pub is_judged: bool,
    /// Whether a time-stamp is in it.
    pub is_stamped: bool,
}

impl Told<'_> {
    /// The files that say how to check the others.
    pub fn parts(&self) -> Result<Vec<(String, Vec<u8>)>> {
        Ok(vec![
            ("README.vi.txt".to_owned(), self.filled(README_VI, ["có", "không có"]).into_bytes()),
            ("README.en.txt".to_owned(), self.filled(README_EN, ["there is one", "there is none"]).into_bytes()),
            ("check.sh".to_owned(), self.script()?.into_bytes()),
            ("verify-by-hand.md".to_owned(), BY_HAND.as_bytes().to_vec()),
        ])
    }

    fn filled(&self, text: &str, [yes, no]: [&str; 2]) -> String {
        let is_there = |is: bool| if is { yes } else { no }.to_owned();
        let components = self.files.iter().zip(&self.body.components);
        let files: String =
            components.map(|((name, size), one)| format!("  {name}  {size} B  {}\n", plain(&one.name))).collect();
        let fields = [
            ("{record}", plain(&self.body.arc_doc_code)),
            ("{symbol}", plain(&self.body.symbol)),
            ("{subject}", plain(&self.body.subject)),
            ("{origin}", plain(self.origin)),
            ("{index}", self.index.to_string()),
            ("{made}", self.made.to_string()),
            ("{verdict}", is_there(self.is_judged)),
            ("{stamp}", is_there(self.is_stamped)),
            ("{files}", files.trim_end().to_owned()),
        ];
        fill(text, &fields)
    }

    /// A POSIX shell script; every step as on the page.
    fn script(&self) -> Result<String> {
        let steps = steps();
        let [names, apart, texts, file, rest @ ..] = steps.as_slice() else {
            return Err(Error::corrupt("the page of steps is another"));
        };
        if steps.len() != STEPS {
            return Err(Error::corrupt("the page of steps is another"));
        }
        let step = |step: &String| format!("{step}must\n");
        let rest: String = rest.iter().map(step).collect();
        let files: Vec<String> = self.files.iter().map(|(name, _)| format!("\"$here\"/{name}")).collect();
        let verdict = match self.is_judged {
            true => "prove verdict.tlog-proof verdict.json\n",
            false => "",
        };
        Ok(format!(
            "#!/bin/sh\n\
             # Checks this bundle with sha256sum, openssl and xxd: `sh check.sh KEY`, KEY being a file with the archive's\n\
             # public key from its own publication. The steps are those of verify-by-hand.md. Exit status 0 if all holds.\n\
             here=$(cd \"$(dirname \"$0\")\" && pwd) || exit 1\n\
             key=$(cat \"${{1:-$here/archive.vkey}}\") || exit 1\n\
             [ -n \"$1\" ] || echo 'NOTE   the key is the bundle'\"'\"'s own: name a file with the published one'\n\
             must() {{ [ $? -eq 0 ] || exit 1; }}\n\
             cd \"$here\" && sha256sum --check --quiet SHA256SUMS && echo 'ok     every file is as listed'\nmust\n\
             work=$(mktemp -d) && trap 'rm -rf \"$work\"' EXIT && cd \"$work\"\nmust\n\
             printf '%s\\n' \"$key\" > archive.vkey\n\
             {names}must\n\
             prove() {{\nreceipt=$here/$1 description=$here/$2\nshift 2\n\
             {}{}for file in \"$@\"; do\n{}done\n\
             described=$(sed -n 's/.*\"body\":{{\"sha256\":\"\\([0-9a-f]*\\)\",\"size\":[0-9]*}}}}$/\\1/p' opening.json)\n\
             ok \"$(sha256sum < \"$description\" | cut -d ' ' -f 1)\" \"$described\" \"step 3: $(basename \"$description\") is what was committed\"\nmust\n\
             {rest}\
             cmp -s \"$here/checkpoint\" checkpoint.note && echo 'ok     step 8: it is the checkpoint of this bundle'\nmust\n}}\n\
             prove receipt.tlog-proof description.json {}\n{verdict}",
            step(apart),
            step(texts),
            step(file),
            files.join(" "),
        ))
    }
}

/// The shell blocks of the page.
fn steps() -> Vec<String> {
    let (mut steps, mut inside) = (Vec::new(), None);
    for line in BY_HAND.lines() {
        match (line, inside.take()) {
            ("```sh", None) => inside = Some(String::new()),
            ("```", Some(block)) => steps.push(block),
            (line, Some(block)) => inside = Some(block + line + "\n"),
            (_, None) => {}
        }
    }
    steps
}

/// Fields put in, from left to right: what a field brings is not looked at again.
fn fill(mut text: &str, fields: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(text.len() * 2);
    while let Some(at) = text.find('{') {
        let (before, rest) = text.split_at(at);
        filled.push_str(before);
        match fields.iter().find(|(name, _)| rest.starts_with(name)) {
            Some((name, value)) => {
                filled.push_str(value);
                text = &rest[name.len()..];
            }
            None => {
                filled.push('{');
                text = &rest[1..];
            }
        }
    }
    filled + text
}

/// A text of an agency on one line.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
