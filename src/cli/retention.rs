//! `chauban retention`

mod assign;
mod explain;
mod export;
mod rules;
mod setting;
mod survey;
mod transfer_list;

use super::output::Output;
use super::{Common, Result};
use clap::{Args, Subcommand};

pub use explain::{access_document, access_text, stated};

/// How long records are kept, under which rules, and why.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban retention explain H26.10.2023.045            a dossier
  chauban retention explain H26.10.2023.045.0000001 --on 2034-01-01
  chauban retention export H26.10.2023.045 --form premis -o H26.10.2023.045.premis.xml
  chauban retention import table.csv --schedule TT10-2022 --title 'Bảng thời hạn' --citation 'Thông tư 10/2022/TT-BNV' \\
      --source 'official text, read by Nguyễn A' -o rules.toml
  chauban retention preview rules.toml
  chauban retention adopt rules.toml --reason 'order 3/QĐ-LT'
  chauban retention confirm TT10-2022/3 --basis 'Thông tư 10/2022/TT-BNV, Phụ lục I mục 3' --mandate 'order 4/QĐ-LT'
  chauban retention assign H26.10.2023.045 --rule TT10-2022/3 --reason 'plans of the office'
  chauban retention confirm-period H26.10.2023.046 --basis 'Phụ lục I mục 12' --mandate 'order 4/QĐ-LT'
  chauban retention event H26.10.2023.047 superseded --on 2026-03-01 --reason '12/2026/QĐ-UBND'
  chauban retention list --rules
  chauban retention transfer-list --of H26.10 --agency 'Sở Nội vụ' --place 'Hà Giang' --fonds 'Phông Sở Nội vụ' \\
      --receiver 'Lưu trữ lịch sử tỉnh' --position 'Giám đốc' -o list.pdf
  chauban retention holidays tet-2027.toml --reason 'announcement 12/TB-VPCP'
  chauban retention archive-kind historical --reason 'order 5/QĐ-UBND'
  chauban retention archive-name 'Lưu trữ Sở Nội vụ tỉnh Hà Giang' --place 'Hà Giang' --reason 'order 6/QĐ-SNV'
  chauban retention sector H26.12 special --reason 'defence: ND 01/2013, 30 years'

Rules describe; nothing here permits a destruction. Nothing becomes eligible for disposal under a rule that is neither
verified nor confirmed by an authorised person, nor on an agency's statement that nobody confirmed. Names of actors are
taken at their word.")]
pub struct RetentionCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// What may become of a record or dossier on a day, with every reason and the legal text it rests on.
    Explain(explain::Explain),
    Export(export::Export),
    /// Read a table of periods (CSV), and write what was understood as a rule file.
    Import(rules::Import),
    /// Adopt a rule file; what shortens, claims to be verified or is the law waits for a second person.
    Adopt(rules::Adopt),
    /// Adopt what another person proposed.
    Approve(rules::Approve),
    /// Confirm rules, as an authorised person, against the legal text.
    Confirm(rules::Confirm),
    /// Withdraw the confirmation of rules.
    Withdraw(rules::Withdraw),
    /// List schedules, their lines, and the law's numbers, with who verified or confirmed them.
    List(rules::List),
    /// Say what a rule file would change, before anybody adopts it.
    Preview(survey::Preview),
    /// Count dossiers that are due: for disposal, for review, for transfer to the historical archive.
    Due(survey::DueCommand),
    /// Count what may become of every record.
    Evaluate(survey::Evaluate),
    TransferList(transfer_list::TransferList),
    /// Put records or dossiers under a rule.
    Assign(assign::Assign),
    /// Confirm, as an authorised person, what an agency states of dossiers or records, or a shorter rule assigned to them.
    ConfirmPeriod(assign::ConfirmPeriod),
    /// Record that something happened that a period may wait for.
    Event(assign::Event),
    /// Revoke a recorded event: it counts for nothing.
    Revoke(assign::Revoke),
    /// Link two records: neither goes before the other may.
    Link(assign::Link),
    /// Dissolve the link between two records.
    Unlink(assign::Link),
    /// Record that records or dossiers due for review go on being kept.
    Keep(assign::Keep),
    /// List the holidays that are known, or adopt a file of them.
    Holidays(setting::Holidays),
    /// Say whose archive this is: an agency's current one, or a historical one, which takes permanent records only.
    ArchiveKind(setting::ArchiveKind),
    /// Say what the archive is called, and where it is: what its papers and certified copies bear.
    ArchiveName(setting::ArchiveName),
    /// Say which agencies transfer to the historical archive by another law's time (thirty years instead of five).
    Sector(setting::SectorCommand),
}

impl RetentionCommand {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        match self.action {
            Action::Explain(command) => command.run(common, output),
            Action::Export(command) => command.run(common, output),
            Action::Import(command) => command.run(output),
            Action::Adopt(command) => command.run(common, output),
            Action::Approve(command) => command.run(common, output),
            Action::Confirm(command) => command.run(common, output),
            Action::Withdraw(command) => command.run(common, output),
            Action::List(command) => command.run(common, output),
            Action::Preview(command) => command.run(common, output),
            Action::Due(command) => command.run(common, output),
            Action::Evaluate(command) => command.run(common, output),
            Action::TransferList(command) => command.run(common, output),
            Action::Assign(command) => command.run(common, output),
            Action::ConfirmPeriod(command) => command.run(common, output),
            Action::Event(command) => command.run(common, output),
            Action::Revoke(command) => command.run(common, output),
            Action::Link(command) => command.run(common, output, assign::Tie::Link),
            Action::Unlink(command) => command.run(common, output, assign::Tie::Unlink),
            Action::Keep(command) => command.run(common, output),
            Action::Holidays(command) => command.run(common, output),
            Action::ArchiveKind(command) => command.run(common, output),
            Action::ArchiveName(command) => command.run(common, output),
            Action::Sector(command) => command.run(common, output),
        }
    }
}
