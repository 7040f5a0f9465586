//! What somebody does in a disposal case: one step, and the case after it.

use super::show;
use crate::archive::Writing;
use crate::archive::disposal::{Added, Desk, Filter, Handed, Period, Progress, Rests, Running, Seat};
use crate::cli::output::{Output, plain, tell};
use crate::cli::{Common, Result};
use crate::error::Error;
use crate::time::SystemClock;
use chrono::NaiveDate;
use clap::{ArgGroup, Args, Subcommand};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use uuid::Uuid;

/// What somebody does in a case.
#[derive(Subcommand)]
pub enum Step {
    /// Put records onto the list that may be destroyed.
    Add {
        /// The case.
        case: String,
        /// Records or dossiers: identifier or code.
        #[arg(required_unless_present = "found", conflicts_with = "found")]
        ids: Vec<String>,
        /// Everything that is found expired.
        #[arg(long, group = "found")]
        expired: bool,
        /// Everything that is found expired, and what is there twice.
        #[arg(long, group = "found")]
        duplicates: bool,
        /// Of this agency and of those under it only.
        #[arg(long, value_name = "CODE", requires = "found")]
        agency: Option<String>,
        /// Whose work ended in this year or earlier only.
        #[arg(long, value_name = "YEAR", requires = "found")]
        until: Option<i32>,
        /// Remarks that the list prints.
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// Take items off the list, perhaps with another period.
    #[command(group = ArgGroup::new("instead").args(["years", "permanent"]))]
    Exclude {
        /// The case.
        case: String,
        /// Records: identifier or code.
        #[arg(required = true)]
        ids: Vec<String>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Keep them so many years instead.
        #[arg(long, value_name = "YEARS")]
        years: Option<u16>,
        /// Keep them for ever instead.
        #[arg(long)]
        permanent: bool,
    },
    /// Submit the list with the justification, as the proposer.
    Submit(Approval),
    /// The council: set it up, vote, close it.
    #[command(subcommand)]
    Council(Council),
    /// Give the appraisal opinion; what it refuses leaves the list.
    Opinion {
        #[command(flatten)]
        approval: Approval,
        /// Item it does not agree to; may be repeated.
        #[arg(long, value_name = "ID")]
        refuse: Vec<String>,
    },
    /// Decide, as the deciding authority; what is refused leaves the list.
    Decide {
        #[command(flatten)]
        approval: Approval,
        /// Item that is not to be destroyed; may be repeated.
        #[arg(long, value_name = "ID")]
        refuse: Vec<String>,
    },
    /// Begin the execution, after the waiting period; or take over one that began.
    Start {
        /// The case.
        case: String,
    },
    /// Destroy what is decided, as the executor: each item is decided anew, what speaks against it is left with the reason.
    ///
    /// What is destroyed can't be brought back by anybody. A run that was cut off is finished by running it again.
    Execute {
        /// The case.
        case: String,
    },
    /// End an execution although some items could not be destroyed: they stay.
    Finish {
        /// The case.
        case: String,
    },
    /// Look at every item anew: a hold, an event or a rule may have changed what the list says of it.
    Reassess {
        /// The case.
        case: String,
    },
    /// Record the destruction minutes, as the executor, with who signs for the other side.
    Minutes {
        /// The case.
        case: String,
        /// Who signs for the other side.
        #[arg(long, value_name = "NAME")]
        witness: String,
        #[command(flatten)]
        document: Document,
    },
    /// Record the certificate.
    Certify {
        /// The case.
        case: String,
        /// A copy that could not be reached; may be repeated. The case can't be closed before it is attested gone.
        #[arg(long, value_name = "COPY")]
        unreached: Vec<String>,
        #[command(flatten)]
        document: Document,
    },
    /// File a document that no step rests on: justification, submission, minutes of the hand-over, a later certificate.
    Attach {
        /// The case.
        case: String,
        #[command(flatten)]
        document: Undated,
    },
    /// Record that a copy which could not be reached is attested gone.
    Attest {
        /// The case.
        case: String,
        /// Which, as the certificate names it.
        #[arg(long, value_name = "COPY")]
        copy: String,
        #[command(flatten)]
        document: Document,
    },
    /// Close the file of a certified case.
    Keep {
        /// The case.
        case: String,
        #[command(flatten)]
        document: OptionalDocument,
    },
    /// End a case before its execution.
    Abort {
        /// The case.
        case: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        document: OptionalDocument,
    },
}

/// What the council does, and who sets it up.
#[derive(Subcommand)]
pub enum Council {
    /// Set up the council, as the deciding authority.
    Appoint {
        /// The case.
        case: String,
        #[command(flatten)]
        seats: CouncilSeats,
        #[command(flatten)]
        document: Document,
    },
    /// Vote on every item of the list: to destroy it, unless it is named.
    Vote {
        /// The case.
        case: String,
        /// Digest of the list as seen, at least its first 16 digits.
        #[arg(long, value_name = "DIGEST")]
        list: String,
        /// Item to be kept, and why; may be repeated. The reason goes into the minutes.
        #[arg(long, value_name = "ID=REASON")]
        keep: Vec<String>,
        /// Item not voted on; may be repeated.
        #[arg(long, value_name = "ID")]
        abstain: Vec<String>,
    },
    /// Close the council with its minutes, as its chair; what it did not agree to leaves the list.
    Close {
        #[command(flatten)]
        approval: Approval,
        /// Although somebody has not voted: how many items leave the list by that.
        #[arg(long, value_name = "ITEMS")]
        leave: Option<usize>,
    },
}

/// Who sits in the council.
#[derive(Args)]
pub struct CouncilSeats {
    /// Who chairs, and votes.
    #[arg(long, value_name = "NAME")]
    chair: String,
    /// Who takes the minutes, and does not vote.
    #[arg(long, value_name = "NAME")]
    secretary: String,
    /// Who else votes; may be repeated.
    #[arg(long, value_name = "NAME", required = true)]
    member: Vec<String>,
    /// How many must vote on an item [default: more than half].
    #[arg(long, value_name = "NUMBER")]
    quorum: Option<usize>,
}

/// An approval of the list as it was seen.
#[derive(Args)]
pub struct Approval {
    /// The case.
    case: String,
    /// Digest of the list as seen, at least its first 16 digits.
    #[arg(long, value_name = "DIGEST")]
    list: String,
    #[command(flatten)]
    document: Document,
}

/// A document that a step rests on.
#[derive(Args)]
pub struct Document {
    /// The signed document.
    #[arg(long, value_name = "FILE")]
    document: PathBuf,
    #[command(flatten)]
    about: AboutDocument,
}

/// A document where none is asked for.
#[derive(Args)]
pub struct OptionalDocument {
    /// A signed document.
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    #[command(flatten)]
    about: AboutDocument,
}

/// On what a document rests, and its day.
#[derive(Args)]
pub struct AboutDocument {
    #[command(flatten)]
    belief: Belief,
    /// The day that it bears [default: today].
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<NaiveDate>,
}

/// A document that is filed.
#[derive(Args)]
pub struct Undated {
    /// The signed document.
    #[arg(long, value_name = "FILE")]
    document: PathBuf,
    #[command(flatten)]
    belief: Belief,
}

/// On what a document rests.
#[derive(Args)]
pub struct Belief {
    /// Take it although no signature of it is proven, for this reason (signed on paper, for example).
    #[arg(long, value_name = "REASON")]
    unsigned: Option<String>,
    /// Revocation list, OCSP answer or certificate for its signatures, or folder of such.
    #[arg(long, value_name = "PATH")]
    evidence: Vec<PathBuf>,
}

impl Step {
    /// Takes the step, and shows the case after it.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let archive = Writing::open(&common.places()?, Arc::new(SystemClock::new()))?;
        let mut desk = Desk::at(&archive, self.case(), &common.actor())?;
        let taken = self.take(&archive, &mut desk, output);
        let after = desk.leave();
        // A refused step may have found that items changed: that stays recorded, and the next `show` tells it.
        let shown = taken.and_then(|()| show::print(&archive, output, &after, show::Items::Some));
        archive.close()?;
        shown.map(|()| 0)
    }

    fn take(self, archive: &Writing, desk: &mut Desk<'_>, output: &Output) -> Result<()> {
        let named = |desk: &Desk<'_>, ids: &[String]| -> Result<Vec<Uuid>> {
            ids.iter().map(|id| archive.listed_record(desk.docket(), id)).collect()
        };
        match self {
            Self::Add { expired: false, duplicates: false, ids, note, .. } => {
                desk.add(&ids, &note).map(|added| passed_over(output, &added))
            }
            Self::Add { duplicates, agency, until, note, .. } => {
                let agency = agency.map(|code| code.parse().map_err(|error| Error::invalid(format!("{error}"))));
                let running = if duplicates { Running::With } else { Running::Without };
                let filter = Filter { agency: agency.transpose()?, worked_until: until, running };
                desk.add_found(filter, &note).map(|_| ())
            }
            Self::Reassess { .. } => desk.reassess().map(|_| ()),
            Self::Exclude { ids, reason, years, permanent, .. } => {
                let instead = years.map(Period::Years).or(permanent.then_some(Period::Permanent));
                desk.exclude(&named(desk, &ids)?, &reason, instead)
            }
            Self::Submit(Approval { list, document, .. }) => {
                let (on, handed) = document.read()?;
                desk.submit(&list, on, handed)
            }
            Self::Council(Council::Appoint { seats, document, .. }) => {
                let (seats, quorum) = seats.read();
                let (on, handed) = document.read()?;
                desk.appoint(&seats, quorum, on, handed)
            }
            Self::Council(Council::Vote { list, keep, abstain, .. }) => {
                let mut kept = Vec::with_capacity(keep.len());
                for one in &keep {
                    let (id, reason) = one.split_once('=').ok_or_else(|| {
                        Error::invalid(format!("{one:?} gives no reason")).remedy("write --keep ID=REASON")
                    })?;
                    kept.push((archive.listed_record(desk.docket(), id)?, reason.to_owned()));
                }
                desk.vote(&list, &kept, &named(desk, &abstain)?)
            }
            Self::Council(Council::Close { approval: Approval { list, document, .. }, leave }) => {
                let (on, handed) = document.read()?;
                desk.close_council(&list, leave, on, handed)
            }
            Self::Opinion { approval: Approval { list, document, .. }, refuse } => {
                let refuse: BTreeSet<Uuid> = named(desk, &refuse)?.into_iter().collect();
                let (on, handed) = document.read()?;
                desk.opinion(&list, refuse, on, handed)
            }
            Self::Decide { approval: Approval { list, document, .. }, refuse } => {
                let refuse: BTreeSet<Uuid> = named(desk, &refuse)?.into_iter().collect();
                let (on, handed) = document.read()?;
                desk.decide(&list, refuse, on, handed)
            }
            Self::Start { .. } => desk.start(),
            Self::Execute { .. } => execute(desk, output),
            Self::Finish { .. } => desk.finish(),
            Self::Minutes { witness, document, .. } => {
                let (on, handed) = document.read()?;
                desk.minutes(&witness, on, handed)
            }
            Self::Certify { unreached, document, .. } => {
                let (on, handed) = document.read()?;
                desk.certify(unreached.into_iter().collect(), on, handed)
            }
            Self::Attach { document, .. } => desk.attach(document.read()?),
            Self::Attest { copy, document, .. } => {
                let (on, handed) = document.read()?;
                desk.attest(&copy, on, handed)
            }
            Self::Keep { document, .. } => {
                let (on, handed) = document.read()?;
                desk.keep(on, handed)
            }
            Self::Abort { reason, document, .. } => {
                let (on, handed) = document.read()?;
                desk.abort(&reason, on, handed)
            }
        }
    }

    /// The case that it is about.
    fn case(&self) -> &str {
        match self {
            Self::Submit(approval) | Self::Council(Council::Close { approval, .. }) => &approval.case,
            Self::Opinion { approval, .. } | Self::Decide { approval, .. } => &approval.case,
            Self::Council(Council::Appoint { case, .. } | Council::Vote { case, .. }) => case,
            Self::Add { case, .. } | Self::Exclude { case, .. } | Self::Start { case } => case,
            Self::Reassess { case } | Self::Execute { case } | Self::Finish { case } => case,
            Self::Minutes { case, .. } | Self::Certify { case, .. } => case,
            Self::Attach { case, .. }
            | Self::Attest { case, .. }
            | Self::Keep { case, .. }
            | Self::Abort { case, .. } => case,
        }
    }
}

/// Executes, and tells on standard error what came of it.
fn execute(desk: &mut Desk<'_>, output: &Output) -> Result<()> {
    let bar = output.bar(0, "");
    let done = desk.execute(&mut |stage, at, total| {
        bar.set_prefix(stage_words(output, stage));
        bar.set_length(total);
        bar.set_position(at);
    });
    bar.finish_and_clear();
    let done = done?;
    tell(format_args!(
        "chauban: {} {}, {} {}, {} {}",
        output.say("đã hủy", "destroyed"),
        done.destroyed,
        output.say("được giữ lại", "left"),
        done.left,
        output.say("chưa hủy được", "failed"),
        done.failed
    ));
    for copy in &done.unreached {
        tell(format_args!("chauban: {}: {}", output.say("bản sao chưa xử lý được", "copy not reached"), plain(copy)));
    }
    Ok(())
}

fn stage_words(output: &Output, stage: Progress) -> String {
    let (vi, en) = match stage {
        Progress::Deciding => ("xét lại từng tài liệu", "deciding"),
        Progress::Searching => ("tìm phần được giữ", "searching"),
        Progress::Moving => ("chuyển khóa", "moving keys"),
        Progress::Recording => ("ghi nhật ký", "recording"),
        Progress::Purging => ("dọn danh mục tra cứu", "purging"),
        Progress::Thinning => ("xóa trong vùng lưu trữ", "thinning"),
    };
    output.say(vi, en).to_owned()
}

/// Tells on standard error what may not be listed.
fn passed_over(output: &Output, added: &Added) {
    let says = output.say("không đưa vào danh mục", "not listed");
    for (code, why) in &added.passed_over {
        let (vi, en) = why.words();
        tell(format_args!("chauban: {says}: {}: {}", plain(code), output.say(&vi, &en)));
    }
}

impl CouncilSeats {
    /// Names with their seats, and the quorum that was asked for.
    pub fn read(self) -> (Vec<(String, Seat)>, Option<usize>) {
        let first = [(self.chair, Seat::Chair), (self.secretary, Seat::Secretary)].into_iter();
        let seats = first.chain(self.member.into_iter().map(|name| (name, Seat::Member)));
        (seats.collect(), self.quorum)
    }
}

impl Document {
    /// The day it bears, and its content.
    fn read(self) -> Result<(Option<NaiveDate>, Handed)> {
        let on = self.about.on;
        Ok((on, self.about.belief.hand_in(&self.document)?))
    }
}

impl OptionalDocument {
    fn read(self) -> Result<(Option<NaiveDate>, Option<Handed>)> {
        let on = self.about.on;
        let handed = self.document.map(|path| self.about.belief.hand_in(&path)).transpose()?;
        Ok((on, handed))
    }
}

impl Undated {
    /// Its content.
    pub fn read(self) -> Result<Handed> {
        self.belief.hand_in(&self.document)
    }
}

impl Belief {
    fn hand_in(self, path: &std::path::Path) -> Result<Handed> {
        let rests = self.unsigned.map_or(Rests::Signatures, Rests::Reason);
        Handed::read(path, rests, self.evidence)
    }
}
