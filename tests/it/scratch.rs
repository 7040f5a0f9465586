//! A scratch archive, the program run on it, and small transfers made for it.

use chauban::digest::ContentDigests;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A folder with an archive in `kho`, in which the program is run.
pub struct Scratch {
    folder: TempDir,
}

/// What the program said.
#[derive(Debug)]
pub struct Ran {
    /// Exit status.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Scratch {
    /// A folder without an archive.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("tmp")).unwrap();
        Self { folder }
    }

    /// A folder with a new archive.
    pub fn new() -> Self {
        let scratch = Self::empty();
        scratch.ok(&[
            "init",
            "kho",
            "--origin",
            "test.example/kho",
            "--archive-code",
            "H26.LT",
            "--recovery-sheet",
            "sheet",
        ]);
        scratch
    }

    /// A copy of the whole folder, as a crash would leave it: with every file, without whoever has it open.
    pub fn copied(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (self.folder.path().join("."), folder.path());
        assert!(Command::new("cp").arg("-a").args([from.as_path(), to]).status().unwrap().success());
        Self { folder }
    }

    /// A path in the folder.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command, with nothing of this process's surroundings but where programs are, and temporary files in `tmp`.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chauban"));
        command.args(arguments).current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        let kept = ["PATH", "LLVM_PROFILE_FILE"];
        command.envs(kept.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command.env("TMPDIR", self.path("tmp"));
        command.envs([("CHAUBAN_ARCHIVE", "kho"), ("CHAUBAN_ACTOR", "tester"), ("CHAUBAN_LANG", "en")]);
        command
    }

    /// The same under limits of the shell.
    pub fn command_within(&self, limits: &str, arguments: &[&str]) -> Command {
        let bare = self.command(arguments);
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{limits}; exec \"$0\" \"$@\"")]).arg(bare.get_program()).args(arguments);
        shell.current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        shell.envs(bare.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell
    }

    /// Runs the program.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        let killed = || panic!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
        Ran {
            status: output.status.code().unwrap_or_else(killed),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs the program, which must end with `status`.
    #[track_caller]
    pub fn expect(&self, status: i32, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.status, status, "chauban {arguments:?}\n{}{}", ran.out, ran.err);
        ran
    }

    /// Runs the program, which must succeed; its standard output.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> String {
        self.expect(0, arguments).out
    }

    /// The JSON document that the program writes.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ok(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// Ingests `folder`; a line for each document or finding, and the summary last.
    #[track_caller]
    pub fn ingest(&self, folder: &str) -> Ingested {
        self.ingested(&["ingest", folder, "--json"])
    }

    /// The same of what an agency hands over.
    #[track_caller]
    pub fn ingest_as(&self, agency: &str, folder: &str) -> Ingested {
        self.ingested(&["ingest", folder, "--json", "--agency", agency])
    }

    #[track_caller]
    fn ingested(&self, arguments: &[&str]) -> Ingested {
        let ran = self.run(arguments);
        assert!(ran.status == 0 || ran.status == 1, "{}{}", ran.out, ran.err);
        let mut lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let summary = lines.pop().unwrap()["summary"].take();
        assert!(summary.is_object(), "{}", ran.out);
        assert_eq!(ran.status == 1, summary["refused"] != 0, "{summary}");
        // They are told as they are done.
        lines.sort_by_key(|line| line["place"].as_str().map(str::to_owned));
        Ingested { lines, summary }
    }

    /// Writes `name.pdf` and `name.json` with `changes` to the usual fields (null takes one away).
    pub fn document(&self, name: &str, content: &[u8], changes: Value) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let stem = path.file_name().unwrap().to_str().unwrap();
        let beside = |extension: &str| path.with_file_name(format!("{stem}.{extension}"));
        std::fs::write(beside("pdf"), content).unwrap();
        std::fs::write(beside("json"), sidecar(content, changes).to_string()).unwrap();
    }

    /// Writes `folder/dossier.json` with `changes` to the usual fields.
    pub fn dossier(&self, folder: &str, changes: Value) {
        std::fs::create_dir_all(self.path(folder)).unwrap();
        let dossier = json!({
            "file_code": "H26.10.2024.052", "title": "Hồ sơ thử", "agency_code": "H26.10", "agency_name": "Sở",
            "maintenance": "06", "records": [],
        });
        std::fs::write(self.path(folder).join("dossier.json"), merged(dossier, changes).to_string()).unwrap();
    }
}

/// Waits until something holds that another process brings about: as long as a busy machine may take.
#[track_caller]
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < end, "not within 30 s: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// What an ingest said.
pub struct Ingested {
    /// A line for each document, and for each finding about a dossier or a stray file.
    pub lines: Vec<Value>,
    /// The summary.
    pub summary: Value,
}

impl Ingested {
    /// Codes of all findings, sorted, each once.
    pub fn codes(&self) -> Vec<String> {
        self.summary["findings"].as_object().unwrap().keys().cloned().collect()
    }

    /// The documents' outcomes, by place.
    pub fn outcomes(&self) -> Vec<&str> {
        self.lines.iter().filter_map(|line| line["outcome"].as_str()).collect()
    }

    /// The code of the one record taken.
    #[track_caller]
    pub fn doc_code(&self) -> &str {
        assert_eq!(self.summary["taken"], 1, "{:?}", self.lines);
        self.lines.iter().find_map(|line| line["doc_code"].as_str()).unwrap()
    }
}

/// A sidecar that fits `content`, with `changes`.
pub fn sidecar(content: &[u8], changes: Value) -> Value {
    let usual = json!({
        "id": "1", "agency_code": "H26.10", "agency_name": "Sở Thông tin và Truyền thông", "doc_type_name": "Quyết định",
        "symbol": "15/QĐ-STTTT", "subject": "Về việc thử nghiệm kho lưu trữ", "issued_date": "2023-05-17",
        "security_level": "Thường", "file_code": "H26.10.2023.045", "file_title": "Hồ sơ thử nghiệm",
        "retention": "10 năm", "size": content.len(), "sha256": sha256(content),
    });
    merged(usual, changes)
}

/// A record of `dossier.json` with these files, the first of them the original.
pub fn record(files: &[(&str, &[u8])], changes: Value) -> Value {
    let roles = std::iter::once("original").chain(std::iter::repeat("attachment"));
    let components: Vec<Value> = files.iter().zip(roles).map(|(file, role)| component(file.0, file.1, role)).collect();
    let usual = json!({
        "code_number": "15", "code_notation": "QĐ-STTTT", "type_name": "02", "issued_date": "2024-05-17",
        "organ_name": "Sở", "agency_code": "H26.10", "subject": "Về việc thử nghiệm", "maintenance": "06",
        "security_level": "Thường", "components": components,
    });
    merged(usual, changes)
}

/// A component of a record in `dossier.json`.
pub fn component(file: &str, content: &[u8], role: &str) -> Value {
    json!({ "file": file, "sha256": sha256(content), "size": content.len(), "role": role })
}

fn merged(mut object: Value, changes: Value) -> Value {
    let fields = object.as_object_mut().unwrap();
    let Value::Object(changes) = changes else { return object };
    for (name, value) in changes {
        match value {
            Value::Null => fields.remove(&name),
            value => fields.insert(name, value),
        };
    }
    object
}

fn sha256(bytes: &[u8]) -> String {
    ContentDigests::of(bytes).sha256.to_string()
}
