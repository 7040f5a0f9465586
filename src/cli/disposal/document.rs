//! `chauban disposal document`: making a document of a case, to be signed.

use super::step::CouncilSeats;
use crate::archive::Writing;
use crate::archive::disposal::{Desk, Details, Head, Meeting, WHOEVER_IS_CONCERNED, WHOEVER_IS_TOLD, WHOLE, Wish};
use crate::cli::output::Output;
use crate::cli::{Common, Result};
use crate::error::Error;
use crate::time::{Clock, SystemClock};
use chrono::{NaiveDate, NaiveDateTime};
use clap::{Args, Subcommand};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Make a document of a case as PDF/A, ready to be signed.
///
/// That it was made is recorded, so that its signed copy is known when it is handed in, and no other file passes for it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban disposal document list 2026/1 --agency 'Sở Nội vụ' --place 'Hà Giang' --fonds 'Phông Sở Nội vụ' \\
      --position 'Trưởng phòng' --signer 'Đỗ Quốc Khánh' -o list.pdf --actor 'Lê A'
  chauban disposal document council-minutes 2026/1 --agency 'Sở Nội vụ' --place 'Hà Giang' --fonds 'Phông Sở Nội vụ' \\
      --began 2026-03-09T08:30 --ended 2026-03-09T11:00 --venue 'Phòng họp tầng 3' --title 'Trần B=Phó Giám đốc' -o m.pdf
  chauban disposal document certificate 2026/1 --agency 'Sở Nội vụ' --place 'Hà Giang' --fonds 'Phông Sở Nội vụ' \\
      --position 'Giám đốc' -o certificate.pdf

Sign the file with a tool that adds its signature behind what is there (PAdES), and hand the signed copy in with the step
that it belongs to: list: submit; appointment: council appoint; council-minutes: council close; decision: decide; minutes:
minutes; certificate: certify. Justification, submission and hand-over are filed with `disposal attach`. A document whose
official form nobody here has read says so on its first page.")]
pub struct DocumentCommand {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Subcommand)]
enum Kind {
    /// The disposal list, with the columns that are known of the official form.
    List(About),
    /// The justification: how the records came to be, what they are, why they may go.
    Justification {
        #[command(flatten)]
        about: About,
        /// How the records came to be and were kept, a paragraph; may be repeated.
        #[arg(long, value_name = "TEXT")]
        history: Vec<String>,
        /// What the records are, a paragraph; may be repeated.
        #[arg(long, value_name = "TEXT")]
        contents: Vec<String>,
    },
    /// The decision that sets up the council.
    Appointment {
        #[command(flatten)]
        about: About,
        #[command(flatten)]
        seats: CouncilSeats,
        /// Who else is bound by it, after “Các ông (bà)”.
        #[arg(long, value_name = "TEXT", default_value = "")]
        bound: String,
    },
    /// The minutes of the council, with the votes as they are now.
    CouncilMinutes {
        #[command(flatten)]
        about: About,
        #[command(flatten)]
        met: Met,
        /// A member who was absent, and why; may be repeated.
        #[arg(long, value_name = "NAME=REASON", value_parser = pair)]
        absent: Vec<(String, String)>,
        /// What was said, a paragraph; may be repeated.
        #[arg(long, value_name = "TEXT")]
        discussion: Vec<String>,
    },
    /// The submission that asks for the decision.
    Submission {
        #[command(flatten)]
        about: About,
        /// To whom; may be repeated.
        #[arg(long, value_name = "TEXT", required = true)]
        to: Vec<String>,
        /// What goes with it; may be repeated [default: the documents of the case].
        #[arg(long, value_name = "TEXT")]
        enclosure: Vec<String>,
    },
    /// The decision to destroy.
    Decision {
        #[command(flatten)]
        about: About,
        /// Who destroys.
        #[arg(long, value_name = "TEXT", default_value = WHOEVER_IS_TOLD)]
        executor: String,
        /// Who is bound by it, after “Các ông (bà)”.
        #[arg(long, value_name = "TEXT", default_value = WHOEVER_IS_CONCERNED)]
        bound: String,
    },
    /// The minutes of the hand-over to who destroys.
    Handover {
        #[command(flatten)]
        about: About,
        /// Who gives; may be repeated.
        #[arg(long, value_name = "NAME", required = true)]
        giver: Vec<String>,
        /// The unit that receives, and destroys.
        #[arg(long, value_name = "NAME")]
        unit: String,
        /// Who receives; may be repeated.
        #[arg(long, value_name = "NAME", required = true)]
        receiver: Vec<String>,
        /// In what state the records are.
        #[arg(long, value_name = "TEXT", default_value = WHOLE)]
        condition: String,
    },
    /// The destruction minutes.
    Minutes {
        #[command(flatten)]
        about: About,
        #[command(flatten)]
        met: Met,
        /// Who signs for the other side.
        #[arg(long, value_name = "NAME")]
        witness: String,
        /// How it was done, a paragraph; may be repeated [default: as this archive destroys].
        #[arg(long, value_name = "TEXT")]
        method: Vec<String>,
    },
    /// The certificate: says pending, and names the copies, until none is left that was not reached.
    Certificate {
        #[command(flatten)]
        about: About,
        /// A copy that could not be reached, besides those that the execution found; may be repeated.
        #[arg(long, value_name = "COPY")]
        unreached: Vec<String>,
    },
}

/// What the case does not know of any document.
#[derive(Args)]
struct About {
    /// The case.
    case: String,
    #[command(flatten)]
    letterhead: Letterhead,
    /// The decision that it rests on, as it is to be printed [default: by its day and who decided].
    #[arg(long, value_name = "TEXT")]
    basis: Option<String>,
    /// Position of a person; may be repeated.
    #[arg(long, value_name = "NAME=POSITION", value_parser = pair)]
    title: Vec<(String, String)>,
    /// The file to write; it must not exist.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// Who issues a document, where, when, and who signs it.
#[derive(Args)]
pub struct Letterhead {
    /// The agency that issues it.
    #[arg(long, value_name = "NAME")]
    agency: String,
    /// The agency above it.
    #[arg(long, value_name = "NAME")]
    superior: Option<String>,
    /// Number and notation, 15/QĐ-SNV; the notation alone if the number is given on issue.
    #[arg(long, value_name = "TEXT")]
    number: Option<String>,
    /// Name of the place.
    #[arg(long, value_name = "NAME")]
    place: String,
    /// Day of issue; left open without it.
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<NaiveDate>,
    /// Position of who signs, lines divided by |; minutes know who signs.
    #[arg(long, value_name = "TEXT", default_value = "")]
    position: String,
    /// Name of who signs; left open without it.
    #[arg(long, value_name = "NAME", default_value = "")]
    signer: String,
    /// Name of the fonds.
    #[arg(long, value_name = "NAME")]
    fonds: String,
    /// A ground, as it is to be printed; may be repeated.
    #[arg(long, value_name = "TEXT")]
    ground: Vec<String>,
    /// Who receives it; may be repeated.
    #[arg(long, value_name = "NAME")]
    recipient: Vec<String>,
}

/// When and where people met.
#[derive(Args)]
struct Met {
    /// When it began, Vietnam's time.
    #[arg(long, value_name = "YYYY-MM-DDTHH:MM", value_parser = moment)]
    began: NaiveDateTime,
    /// When it ended.
    #[arg(long, value_name = "YYYY-MM-DDTHH:MM", value_parser = moment)]
    ended: NaiveDateTime,
    /// Where.
    #[arg(long, value_name = "TEXT")]
    venue: String,
}

impl DocumentCommand {
    /// Makes it.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let (about, details) = self.kind.divided();
        let file = about.output.clone();
        if file.exists() {
            return Err(
                Error::conflict(format!("{} exists", file.display())).remedy("name a file that is not there yet")
            );
        }
        let archive = Writing::open(&common.places()?, Arc::new(SystemClock::new()))?;
        let mut desk = Desk::at(&archive, &about.case, &common.actor())?;
        let wish = Wish { head: about.head(), details };
        let made = desk.make(&wish).and_then(|bytes| {
            crate::cli::output::write_new(&file, &bytes)?;
            Ok(bytes.len())
        });
        let after = desk.leave();
        archive.close()?;
        let size = made?;
        let paper = after.papers.last().ok_or_else(|| Error::corrupt("the paper was not recorded"))?;
        let said = json!({
            "file": file, "kind": paper.kind.name(), "size": size, "sha256": paper.sha256.to_string(),
            "list": paper.list.to_string(), "entry": paper.index,
        });
        let (vi, en) = paper.kind.words();
        output.document(&said, || format!("{}  {}  {}\n", file.display(), output.say(vi, en), paper.sha256));
        Ok(0)
    }
}

impl Kind {
    fn divided(self) -> (About, Details) {
        match self {
            Self::List(about) => (about, Details::List),
            Self::Justification { about, history, contents } => (about, Details::Justification { history, contents }),
            Self::Appointment { about, seats, bound } => {
                let (seats, quorum) = seats.read();
                (about, Details::Appointment { seats, quorum, bound })
            }
            Self::CouncilMinutes { about, met, absent, discussion } => {
                (about, Details::CouncilMinutes { meeting: met.read(), absent, discussion })
            }
            Self::Submission { about, to, enclosure } => {
                (about, Details::Submission { addressees: to, enclosures: enclosure })
            }
            Self::Decision { about, executor, bound } => (about, Details::Decision { executor, bound }),
            Self::Handover { about, giver, unit, receiver, condition } => {
                (about, Details::Handover { givers: giver, receiver: unit, receivers: receiver, condition })
            }
            Self::Minutes { about, met, witness, method } => {
                (about, Details::Minutes { meeting: met.read(), witness, method })
            }
            Self::Certificate { about, unreached } => {
                let unreached = unreached.iter().map(|copy| copy.trim().to_owned()).collect();
                (about, Details::Certificate { unreached })
            }
        }
    }
}

impl About {
    fn head(self) -> Head {
        let positions: BTreeMap<String, String> = self.title.into_iter().collect();
        Head { basis: self.basis, positions, ..self.letterhead.head() }
    }
}

impl Letterhead {
    /// The head of a document that is made now.
    pub fn head(self) -> Head {
        Head {
            superior: self.superior,
            agency: self.agency,
            number: self.number,
            place: self.place,
            on: self.on,
            position: self.position,
            signer: self.signer,
            fonds: self.fonds,
            grounds: self.ground,
            recipients: self.recipient,
            made: SystemClock::new().wall().instant(),
            ..Head::default()
        }
    }
}

impl Met {
    fn read(self) -> Meeting {
        Meeting { began: self.began, ended: self.ended, venue: self.venue }
    }
}

fn pair(text: &str) -> std::result::Result<(String, String), String> {
    let (name, rest) = text.split_once('=').ok_or("write NAME=TEXT")?;
    Ok((name.trim().to_owned(), rest.trim().to_owned()))
}

fn moment(text: &str) -> std::result::Result<NaiveDateTime, String> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").map_err(|_| "write it like 2026-03-09T08:30".to_owned())
}
