//! The command line: exit statuses, the shapes of `--json`, help, and the README's commands.

use crate::scratch::Scratch;
use serde_json::{Value, json};
use std::fs;
use std::process::Command;

const COMMANDS: [&str; 31] = [
    "init",
    "ingest",
    "search",
    "show",
    "retention",
    "hold",
    "agency",
    "disposal",
    "request",
    "get",
    "describe",
    "history",
    "receipt",
    "bundle",
    "verify-receipt",
    "check-signature",
    "revalidate",
    "stamp",
    "time-authority",
    "evidence-source",
    "evidence",
    "verify-evidence",
    "verify",
    "rebuild",
    "keys",
    "backup",
    "trust",
    "account",
    "webhook",
    "config",
    "serve",
];

/// An archive with one record, H26.10.2023.045.0000001.
fn archive() -> Scratch {
    let scratch = Scratch::new();
    scratch.document("t/1", b"%PDF-1.7 one", json!({}));
    assert_eq!(scratch.ingest("t").summary["taken"], 1);
    scratch
}

#[test]
fn exit_status_says_what_the_caller_can_do() {
    let scratch = archive();
    let code = "H26.10.2023.045.0000001";
    let key = "kho/ledger/keys/ed25519.vkey";
    scratch.document("bad/1", b"bad", json!({ "security_level": "Mật" }));
    scratch.ok(&["receipt", code, "-o", "r"]);
    fs::write(scratch.path("other.pdf"), "other").unwrap();
    fs::write(scratch.path("here"), "").unwrap();
    let check = |expect: i32, arguments: &[&str]| {
        let ran = scratch.expect(expect, arguments);
        // With --json a failure is a document too, and its code names the status.
        if expect >= 2 && !ran.err.contains("For more information, try '--help'") {
            assert!(ran.err.starts_with("chauban: "), "{}", ran.err);
            let json: Value =
                serde_json::from_str(&scratch.expect(expect, &[arguments, &["--json"]].concat()).out).unwrap();
            let statuses =
                [("invalid", 2), ("not-found", 3), ("conflict", 4), ("denied", 4), ("unavailable", 5), ("corrupt", 6)];
            let status = statuses.iter().find(|(code, _)| json["error"]["code"] == *code).unwrap().1;
            assert_eq!(status, expect, "{json}");
        }
    };
    // 0 done
    check(0, &["show", code]);
    check(0, &["verify"]);
    check(0, &["verify-receipt", "r", "t/1.pdf", "--key", key]);
    check(0, &["search", "không có gì như thế"]);
    check(0, &["--help"]);
    check(0, &["--version"]);
    // 1 findings or doubt
    check(1, &["ingest", "bad"]);
    check(1, &["ingest", "--dry-run", "bad"]);
    check(1, &["verify-receipt", "r", "other.pdf", "--key", key]);
    check(1, &["verify-receipt", "other.pdf", "t/1.pdf", "--key", key]);
    // 2 bad usage or input
    check(2, &[]);
    check(2, &["nonsense"]);
    check(2, &["show"]);
    check(2, &["search", "--from", "yesterday"]);
    check(2, &["search", "--type", "Giấy phép"]);
    check(2, &["get", "H26.10.2023.045", "-o", "-"]);
    check(2, &["get", code, "--range", "9-3", "-o", "-"]);
    check(2, &["get", code, "--range", "0-999", "-o", "-"]);
    let said = scratch.expect(2, &["get", code, "--range", "700-800", "-o", "-"]).err;
    assert!(said.contains("bytes 700-800 are not within the component"), "{said}");
    check(2, &["init", "new", "--origin", "with space", "--archive-code", "H26"]);
    check(2, &["init", "new", "--origin", "test.example/new", "--archive-code", "../x"]);
    check(2, &["ingest", "other.pdf"]);
    check(2, &["verify-receipt", "r", "t/1.pdf", "--key", "no key"]);
    let nowhere = scratch.command(&["show", code]).env_remove("CHAUBAN_ARCHIVE").output().unwrap();
    assert_eq!(nowhere.status.code(), Some(2), "no archive was named");
    check(2, &["serve", "--listen", "0.0.0.0:0"]);
    // 3 not there
    check(3, &["show", "H26.10.2023.046"]);
    check(3, &["show", "01935000-0000-7000-8000-000000000001"]);
    check(3, &["history", "nothing"]);
    check(3, &["get", code, "--component", "2", "-o", "-"]);
    check(3, &["ingest", "no-such-folder"]);
    check(3, &["show", code, "--archive", "no-such-archive"]);
    check(3, &["verify", "--archive", "no-such-archive"]);
    check(3, &["verify-receipt", "no-such-file", "t/1.pdf", "--key", key]);
    check(3, &["verify-receipt", "r", "no-such-file", "--key", key]);
    // 4 refused
    check(4, &["init", "kho", "--origin", "test.example/kho", "--archive-code", "H26"]);
    check(4, &["get", code, "-o", "here"]);
    check(0, &["keys", "backup", "--part", "scopes", "--to", "safe"]);
    check(4, &["keys", "backup", "--part", "epochs", "--to", "safe"]);
    // 5 try again: another process writes; whoever reads is not held up
    {
        let lock = fs::File::options().write(true).open(scratch.path("kho/state/lock")).unwrap();
        lock.lock().unwrap();
        check(5, &["ingest", "t"]);
        check(5, &["rebuild"]);
        check(0, &["show", code]);
        check(0, &["search", "thử"]);
    }
    check(0, &["ingest", "t"]);
    // 6 corruption
    let spoilt = |path: &str, spoil: fn(&mut Vec<u8>), arguments: &[&str]| {
        let path = scratch.path(path);
        let whole = fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        spoil(&mut bytes);
        let mode = fs::metadata(&path).unwrap().permissions();
        fs::remove_file(&path).unwrap();
        fs::write(&path, bytes).unwrap();
        check(6, arguments);
        fs::write(&path, whole).unwrap();
        fs::set_permissions(&path, mode).unwrap();
    };
    let segment = "kho/segments/00000001.open";
    assert!(
        scratch.path(segment).exists(),
        "{:?}",
        fs::read_dir(scratch.path("kho/segments")).unwrap().collect::<Vec<_>>()
    );
    spoilt("kho/ledger/checkpoint", |bytes| *bytes.last_mut().unwrap() = b'x', &["receipt", code, "-o", "-"]);
    spoilt(segment, |bytes| bytes.iter_mut().skip(4096).for_each(|byte| *byte ^= 1), &["get", code, "-o", "-"]);
    spoilt("kho/FORMAT", |bytes| bytes.truncate(20), &["show", code]);
    spoilt("kho.custody/high-water", |bytes| bytes.truncate(9), &["ingest", "t"]);
    check(0, &["ingest", "t"]);
    check(0, &["verify", "--deep"]);
}

/// Names of the fields, nested ones after a dot; of a list those of its first item.
fn shape(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}{}", shape(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.first().map_or(String::new(), shape)),
        _ => String::new(),
    }
}

/// Programs read these documents: a field may be added, and then here too, but never renamed or dropped.
#[test]
fn json_documents_keep_their_shape() {
    let scratch = Scratch::empty();
    let check = |expect: &str, arguments: &[&str]| {
        let ran = scratch.run(&[arguments, &["--json"]].concat());
        let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
        let mut shapes: Vec<String> = lines.iter().map(shape).collect();
        let mut expect: Vec<String> = expect.split_whitespace().map(str::to_owned).collect();
        shapes.sort(); // documents come in the order in which they are done
        expect.sort();
        assert_eq!(shapes, expect, "chauban {arguments:?}\n{}{}", ran.out, ran.err);
    };
    check(
        "{archive,custody,ed25519,folder,key_copy,ml_dsa_44,origin}",
        &["init", "kho", "--origin", "test.example/kho", "--archive-code", "H26", "--recovery-sheet", "sheet"],
    );
    let code = "H26.10.2023.045.0000001";
    scratch.document("t/1", b"one", json!({ "retention": "lâu" }));
    scratch.document("t/2", b"two", json!({ "id": "2", "security_level": "Mật" }));
    check(
        "{finding{code,detail,field,message,place,remedy,severity}}
         {doc_code,findings[],index,outcome,place,record}
         {findings[{code,detail,field,message,place,remedy,severity}],outcome,place}
         {summary{already_held,bytes,dossiers,findings{period-unreadable,secret-mark},refused,signatures{review},supplemented,taken,transfer}}",
        &["ingest", "t"],
    );
    let event = "event{actor,actor_name,amended,entry,event,index,rule,time}";
    let dossier = "{agency_code,agency_name,arc_file_code,description,end_date,file_code,findings[{code,detail,field}],\
        retention{basis,citation,permanent,until,verified,years},start_date,title,transfer,year}";
    let metadata = "{agency_code,arc_doc_code,code_notation,code_number,\
        components[{blake3,media_type,name,role,sha256,size}],confidence_level,doc_code,dossier,\
        examination{outcome,reasons[]},file_code,findings[],\
        identifier,issued_date,keyword[],language,maintenance_text,mode,number_of_page,ordinal,organ_name,raw,\
        signatures[],signer,signer_position,subject,symbol,transfer,type_name,type_text,urgency}";
    let record = format!(
        "{{access{{code,opens,reasons[],words}},agency,dossier{dossier},{event},metadata{metadata},record,retention_explained,validation}}"
    );
    check(&record, &["show", code]);
    let table = "agency,code,name,from\n,H26.10,Sở,2000-01-01\n,x,Sở,2000-01-01\n";
    fs::write(scratch.path("agencies.csv"), table).unwrap();
    check("{columns_unread[],known,recorded,refused[{cell,line,why}]}", &["agency", "import", "agencies.csv"]);
    check("{acts[],agencies[{agency,code,name}]}", &["agency", "rename", "H26.10", "Sở Một", "--from", "2001-01-01"]);
    check("{agencies[{agency,begins,code,codes[],depth,last,name}],on}", &["agency", "list"]);
    let says = "says{add{agency,mandate,name,on}}";
    check(
        &format!(
            "{{acts[{{corrected_by,number,recorded_at,recorded_by,{says}}}],agency,begins,code,\
             codes[{{code,from,mandate,until}}],ended,name,names[{{from,mandate,name}}],on,parent,places[],predecessors[],\
             successors[{{agency,code,name}}]}}"
        ),
        &["agency", "show", "H26.10"],
    );
    let whole =
        format!("{{description{dossier},destroyed[],dossier,{event},records[{{ordinal,record}}],retention_explained}}");
    check(&whole, &["show", "H26.10.2023.045"]);
    check("{events[{actor,actor_name,amended,entry,event,index,rule,time}]}", &["history", code]);
    check(
        "{offset,records[{agency_code,doc_code,file_code,issued_date,organ_name,record,subject,symbol,type_name}],total}",
        &["search", "thử"],
    );
    check("{file,name,sha256,size}", &["get", code, "-o", "copy"]);
    check("{file,record,size}", &["receipt", code, "-o", "r"]);
    let key = "kho/ledger/keys/ed25519.vkey";
    let entry = "{actor,commitment,event,id,previous,rule,stored[[]],time,v}";
    let proven = format!("{{component,entry{entry},index,origin,proven,root,sha256,size}}");
    check(&proven, &["verify-receipt", "r", "t/1.pdf", "--key", key]);
    check("{proven,reason}", &["verify-receipt", "r", "t/2.pdf", "--key", key]);
    let checked = "{bytes,catalog_rows,disposal_cases,entries,frames,groups,indexed,objects,segments,signatures,tiles,\
        time_stamps,validation_runs}";
    check(&format!("{{checked{checked},doubts[],notes[],ok}}"), &["verify", "--deep"]);
    check("{entries,records}", &["rebuild"]);
    check("{copies[{doubt,part,place}]}", &["keys", "check"]);
    check("{file,generation}", &["keys", "backup", "--part", "scopes", "--to", "safe"]);
    check("{error{code,message,remedy}}", &["show", "nothing"]);
    check("{error{code,message,remedy}}", &["search", "--from", "x"]);
}

#[test]
fn help_shows_examples() {
    let scratch = Scratch::empty();
    let listed = scratch.ok(&["--help"]);
    for command in COMMANDS {
        assert!(listed.contains(&format!("\n  {command} ")), "{command} is not in the list of commands");
        let help = scratch.ok(&[command, "--help"]);
        let examples = help.split("Example").nth(1).unwrap_or_default();
        assert!(examples.contains(&format!("chauban {command}")), "chauban {command} --help has no example:\n{help}");
        // What an example shows, the program understands: `--help` is read after everything before it was.
        for line in examples.lines().filter_map(|line| line.trim().strip_prefix("chauban ")) {
            let line = line.split("  ").next().unwrap().split(" | ").next().unwrap();
            for flag in line.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2) {
                let help = match line.split_whitespace().nth(1) {
                    Some(action) if command == "keys" => scratch.ok(&["keys", action, "--help"]),
                    _ => help.clone(),
                };
                assert!(help.contains(flag), "chauban {command} has no {flag}, which its example shows");
            }
        }
    }
    let commands = listed.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let names = commands.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    let names: Vec<&str> =
        names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect();
    assert_eq!(names, COMMANDS, "a new command goes into COMMANDS");
}

#[test]
fn both_languages() {
    let scratch = archive();
    let check = |language: &str, arguments: &[&str], expect: &str| {
        let said = scratch.ok(&[arguments, &["--lang", language]].concat());
        assert!(said.contains(expect), "{said}");
    };
    check("vi", &["show", "H26.10.2023.045"], "Thời hạn lưu trữ: 10 năm, đến hết ngày 2033-12-31");
    check("en", &["show", "H26.10.2023.045"], "Retention: 10 years, until the end of 2033-12-31");
    scratch.document("bad/1", b"bad", json!({ "security_level": "Mật" }));
    for (language, expect) in [("vi", "dấu chỉ độ mật"), ("en", "mark of secrecy")] {
        let said = scratch.expect(1, &["ingest", "bad", "--lang", language]);
        assert!(said.err.contains(expect), "{}", said.err);
    }
}

/// The `sh` blocks of README.md, one after another in one shell, from the clone's root: none of them may fail.
/// What they write to /tmp goes to a scratch folder, and their server listens on a free port.
#[test]
fn the_readme_s_commands_work() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let blocks = readme.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let scratch = Scratch::empty();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let script: String = blocks.collect();
    let commands = script.lines().filter(|line| line.contains("chauban ")).count();
    assert!(commands > 20, "only {commands} commands were found in README.md");
    let script =
        script.replace("/tmp/", &format!("{}/", scratch.path("").display())).replace("18080", &port.to_string());
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_chauban")).parent().unwrap();
    let mut shell = scratch.command(&[]);
    let ran = std::process::Command::new("bash")
        .args(["-o", "pipefail", "-euxc", &script])
        .current_dir(root)
        .env_clear()
        .envs(shell.env_remove("CHAUBAN_ARCHIVE").get_envs().filter_map(|(name, value)| Some((name, value?))))
        .env("PATH", format!("{}:{}", program.display(), std::env::var("PATH").unwrap()))
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// A result that can't be written is none, and ends nothing that is under way.
#[test]
fn standard_output_that_is_full_or_closed() {
    let scratch = Scratch::new();
    scratch.document("t1/1", b"one", json!({ "symbol": "11/TB" }));
    scratch.document("t1/2", b"two", json!({ "id": "2", "symbol": "12/TB" }));
    let full = |arguments: &[&str]| -> Option<i32> {
        let full = || fs::File::options().write(true).open("/dev/full").unwrap();
        scratch.command(arguments).stdout(full()).stderr(full()).status().unwrap().code()
    };
    assert_eq!(full(&["ingest", "t1", "--json"]), Some(5));
    assert_eq!(scratch.json(&["search", ""])["total"], 2, "all was taken");
    assert_eq!(full(&["verify"]), Some(5));
    assert_eq!(full(&["show", "nothing"]), Some(3));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let closed = scratch.command(&["search", ""]).stdout(writer).status().unwrap();
    assert_eq!(closed.code(), Some(0), "a reader that went away had what it wanted");
    fs::write(scratch.path("kho/keys/stray"), "").unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(scratch.command(&["verify"]).stdout(writer).status().unwrap().code(), Some(1), "the doubt is kept");
}

#[test]
fn a_range_of_days_that_is_upside_down() {
    archive().expect(2, &["search", "", "--from", "2024-01-02", "--to", "2024-01-01"]);
}

/// What is written lies nowhere yet, and copies of keys lie outside.
#[test]
fn nothing_is_overwritten() {
    let scratch = Scratch::new();
    scratch.document("t1/1", b"one", json!({ "symbol": "11/TB" }));
    let record = scratch.ingest("t1").doc_code().to_owned();
    fs::write(scratch.path("mine"), "mine").unwrap();
    for command in ["receipt", "get"] {
        scratch.expect(4, &[command, &record, "-o", "mine"]);
        assert_eq!(fs::read(scratch.path("mine")).unwrap(), b"mine", "{command}");
    }
    for place in ["kho", "kho/segments", "kho/new/deep", "tmp/../kho/keys"] {
        scratch.expect(4, &["keys", "backup", "--part", "epochs", "--to", place]);
    }
    assert_eq!(scratch.json(&["verify"])["doubts"], json!([]));
}

/// The system's user of a reader need not be allowed to write.
#[test]
fn a_reader_that_may_not_write() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;
    let scratch = Scratch::new();
    scratch.document("t1/1", b"one", json!({ "symbol": "11/TB" }));
    scratch.ingest("t1");
    scratch.ok(&["rebuild"]);
    let _ = fs::remove_file(scratch.path("kho/index/.tantivy-meta.lock"));
    let chmod = |mode: &str| {
        let changed = Command::new("chmod").args(["-R", mode]).arg(scratch.path("kho")).status().unwrap();
        assert!(changed.success(), "{mode}");
    };
    chmod("a=rX");
    fs::set_permissions(scratch.path("."), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(scratch.path("tmp"), fs::Permissions::from_mode(0o777)).unwrap();
    let bare = scratch.command(&["search", "", "--json"]);
    // Where the program lies, another user may not come.
    fs::copy(bare.get_program(), scratch.path("program")).unwrap();
    let mut search = Command::new(scratch.path("program"));
    search.args(bare.get_args()).current_dir(scratch.path(".")).env_clear();
    search.envs(bare.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if fs::metadata(scratch.path(".")).unwrap().uid() == 0 {
        search.uid(65534).gid(65534);
    }
    let ran = search.output().unwrap();
    chmod("u+w");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(String::from_utf8_lossy(&ran.stdout).contains("\"total\":1"));
}

#[test]
fn misuse_says_which_argument() {
    let scratch = archive();
    let missing = scratch.run(&["ingest", "--json"]);
    assert!(missing.status == 2 && missing.err.contains("PATH"), "{missing:?}");
    scratch.expect(2, &["search", "x", "--limit", "1001"]);
    let named = scratch.run(&["search", "", "--dossier", "H26.LT.H26.10.2023.045", "--json"]);
    assert_eq!(named.out, scratch.run(&["search", "", "--dossier", "H26.10.2023.045", "--json"]).out);
    assert!(named.out.contains("\"total\":1"), "{}", named.out);
}

#[test]
fn errors_are_told_in_vietnamese() {
    let scratch = archive();
    let code = "H26.10.2023.045.0000001";
    scratch.ok(&["hold", "place", code, "--reason", "thanh tra", "--mandate", "12/QĐ-TTr"]);
    let holds = scratch.json(&["hold", "list"]);
    let hold = holds["holds"][0]["hold"].as_str().unwrap();
    fs::write(scratch.path("here"), "").unwrap();
    let check = |expect: i32, arguments: &[&str], words: &[&str]| {
        let ran = scratch.expect(expect, &[arguments, &["--lang", "vi"]].concat());
        assert_eq!(ran.err.trim_end(), words.join("\n"), "{arguments:?}");
        // For programs the words stay the same in every language.
        let json = |lang| {
            let ran = scratch.expect(expect, &[arguments, &["--json", "--lang", lang]].concat());
            serde_json::from_str::<Value>(&ran.out).unwrap()
        };
        assert_eq!(json("vi"), json("en"), "{arguments:?}");
    };
    check(
        3,
        &["show", "KHÔNG-CÓ"],
        &[
            "chauban: trong kho không có gì tên là \"KHÔNG-CÓ\"",
            "  hãy nêu tài liệu hoặc hồ sơ bằng mã định danh hoặc mã lưu trữ; `chauban search` để tìm",
        ],
    );
    check(
        3,
        &["show", code, "--archive", "nowhere"],
        &[
            "chauban: ở đây không có kho: thư mục không có tệp FORMAT",
            "  hãy nêu kho bằng --archive DIR hoặc CHAUBAN_ARCHIVE, hoặc lập kho mới bằng `chauban init DIR`",
        ],
    );
    check(
        3,
        &["retention", "assign", code, "--rule", "99.1", "--reason", "thử"],
        &[
            "chauban: không bảng thời hạn đang áp dụng nào có mục \"99.1\"",
            "  `chauban retention list --rules` liệt kê các mục; `chauban retention adopt` áp dụng một bảng thời hạn",
        ],
    );
    check(
        4,
        &["hold", "release", hold, "--reason", "xong"],
        &[
            "chauban: lệnh tạm dừng hủy phải do người khác người đặt gỡ",
            "  hãy để người thứ hai gỡ, bằng tên của chính họ",
        ],
    );
    check(4, &["get", code, "-o", "here"], &["chauban: here đã có", "  hãy nêu một tệp chưa có"]);
    check(
        2,
        &["get", code, "--range", "700-800", "-o", "-"],
        &["chauban: các byte 700-800 nằm ngoài tệp, tệp chỉ có 12 byte"],
    );
    check(
        3,
        &["verify-receipt", "no-receipt", "t/1.pdf", "--key", "kho/ledger/keys/ed25519.vkey"],
        &["chauban: không đọc được no-receipt: không có tệp hoặc thư mục này (lỗi hệ thống 2)"],
    );
    {
        let lock = fs::File::options().write(true).open(scratch.path("kho/state/lock")).unwrap();
        lock.lock().unwrap();
        check(
            5,
            &["ingest", "t"],
            &[
                "chauban: tiến trình khác đang ghi vào kho này",
                "  hãy đợi tiến trình đó xong, hoặc giao việc cho dịch vụ đang chạy",
            ],
        );
    }
    let misused = scratch.expect(2, &["show", code, "--lang", "vi", "--nowhere"]).err;
    assert!(misused.starts_with("lỗi: tham số '--nowhere' không đúng chỗ\n"), "{misused}");
    assert!(misused.ends_with("Xem thêm bằng '--help'.\n"), "{misused}");
}
