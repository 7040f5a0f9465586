//! Destruction over the wire: a case from its list to its certificate by separate persons, each signed in; the service killed
//! while it destroys, and asked again.

use crate::account::made;
use crate::casework::act;
use crate::disposal::kill::Killer;
use crate::disposal::{archive, code};
use crate::identity::age_sessions;
use crate::scratch::{Scratch, eventually};
use crate::server::{Answer, Client, Server, own_password};
use serde_json::{Value, json};

const DOSSIER: &str = "H26.10.2015.045";
/// Records of the dossier.
const RECORDS: usize = 3;
const SUBJECT: &str = "hồ sơ dự thầu hết thời hạn";
const PAPER: Option<&[u8]> = Some(b"%PDF-1.7 paper");
const PEOPLE: [(&str, &str); 7] = [
    ("lan", "archivist"),
    ("chau", "council-member"),
    ("minh", "council-member"),
    ("ngoc", "archivist"),
    ("duc", "deciding-authority"),
    ("phuc", "archivist"),
    ("thanh", "inspector"),
];

/// An archive whose law asks for no waiting between decision and execution, with an account for everybody.
fn world(records: usize) -> Scratch {
    let scratch = archive(records);
    let law = include_str!("../../retention_rules/archive-law.toml");
    let changed = law.replacen("code = \"waiting\"\nvalue = 3", "code = \"waiting\"\nvalue = 0", 1);
    assert_ne!(law, changed);
    std::fs::write(scratch.path("law.toml"), &changed[..changed.find("[[case]]").unwrap_or(changed.len())]).unwrap();
    let adopted = scratch.json(&["retention", "adopt", "law.toml", "--reason", "no waiting"]);
    scratch.ok(&["retention", "approve", adopted["rules"].as_str().unwrap(), "--actor", "another"]);
    made(&scratch, "administrator", "administrator", &[]);
    PEOPLE.iter().for_each(|(name, role)| made(&scratch, name, role, &[]));
    scratch
}

/// Does something in the case that must be taken; the case after it.
#[track_caller]
fn done(who: &Client<'_>, case: &str, fields: &[(&str, &str)], document: Option<&[u8]>) -> Value {
    let fields = [fields, &[("unsigned", "ký trên giấy")]].concat();
    let answer = act(who, case, &fields, document);
    assert_eq!(answer.status, 200, "{fields:?}: {}", answer.text());
    answer.json()
}

/// Takes a case up to its execution; its number.
fn begun(server: &Server) -> String {
    let lan = server.client("lan");
    let opened = lan.json("POST", "/api/v1/disposal-cases", &json!({ "subject": SUBJECT }));
    let case = opened.json()["number"].as_str().unwrap().to_owned();
    let list = done(&lan, &case, &[("act", "add"), ("record", DOSSIER)], None)["list"].as_str().unwrap().to_owned();
    let list = ("list", list.as_str());
    let papers = format!("/api/v1/disposal-cases/{case}/papers");
    let head =
        json!({ "agency": "Sở Nội vụ", "place": "Hà Giang", "fonds": "Phông Sở Nội vụ", "signer": "Nguyễn Thị Lan" });
    let paper = |kind: &str| json!({ "head": head, "paper": { "kind": kind } });
    let made = lan.json("POST", &papers, &paper("list"));
    assert!(made.status == 200 && made.body.starts_with(b"%PDF-"), "{}", made.text());
    assert_eq!(lan.json("POST", &papers, &paper("decision")).status, 403, "who decides makes the decision");
    assert_eq!(lan.json("POST", &papers, &paper("certificate")).status, 409, "nothing is destroyed yet");
    assert_eq!(lan.json("POST", &papers, &paper("song")).status, 422);
    let page = lan.get(&format!("/disposal/{case}?lang=en")).text();
    assert!(page.contains("Make a paper to be signed") && !page.contains("value=\"decision\""), "{page}");
    let form = [("kind", "list"), ("agency", "Sở"), ("place", "Hà Giang"), ("fonds", "Phông Sở")];
    let made = lan.form(&format!("/disposal/{case}/papers"), &form);
    assert!(made.status == 200 && made.body.starts_with(b"%PDF-"), "{}", made.text());
    paper_on_page(&lan, &case, "justification", &[("history", "một\nhai"), ("contents", "ba")]);
    done(&lan, &case, &[("act", "submit"), list], PAPER);

    let (chau, minh, duc) = (server.client("chau"), server.client("minh"), server.client("duc"));
    let appointment = [("chair", "chau"), ("secretary", "lan"), ("member", "minh"), ("bound", "trưởng phòng")];
    let not_theirs = lan.form(&format!("/disposal/{case}/papers?lang=en"), &paper_fields("appointment", &appointment));
    assert_eq!(not_theirs.status, 422, "{}", not_theirs.text());
    let page = duc.get(&format!("/disposal/{case}?lang=en")).text();
    assert!(page.contains("id=\"paper-appointment-chair\"") && !page.contains("paper-list-agency"), "{page}");
    let wrong = [&appointment[..], &[("quorum", "many")]].concat();
    let refused = duc.form(&format!("/disposal/{case}/papers?lang=en"), &paper_fields("appointment", &wrong));
    assert!(refused.status == 422 && refused.text().contains("a quorum is a number"), "{}", refused.text());
    assert!(refused.text().contains("value=\"trưởng phòng\""), "what was written stays: {}", refused.text());
    paper_on_page(&duc, &case, "appointment", &appointment);
    let seats = [("act", "appoint"), ("chair", "chau"), ("secretary", "lan"), ("member", "minh")];
    assert_eq!(act(&lan, &case, &seats, PAPER).status, 403);
    done(&duc, &case, &seats, PAPER);
    let vote = [("act", "vote"), list];
    assert_eq!(act(&server.client("thanh"), &case, &vote, None).status, 403, "an inspector votes on nothing");
    done(&chau, &case, &vote, None);
    assert_eq!(chau.get(&format!("/api/v1/disposal-cases/{case}")).json()["council"]["has_not_voted"], json!(["minh"]));
    done(&minh, &case, &vote, None);
    let meeting = [("began", "2026-03-09T08:30"), ("ended", "2026-03-09T11:00"), ("venue", "phòng họp")];
    paper_on_page(&chau, &case, "council-minutes", &[&meeting[..], &[("discussion", "đồng ý")]].concat());
    done(&chau, &case, &[("act", "close-council"), list], PAPER);
    paper_on_page(&lan, &case, "submission", &[("addressees", "Giám đốc Sở")]);
    let opinion = [("act", "opinion"), list, ("unsigned", "ký trên giấy")];
    assert_eq!(act(&lan, &case, &opinion, PAPER).status, 403, "who proposed gives no opinion on it");
    done(&server.client("ngoc"), &case, &opinion[..2], PAPER);
    paper_on_page(&duc, &case, "decision", &[("executor", "Trung tâm Lưu trữ")]);
    done(&duc, &case, &[("act", "decide"), list], PAPER);
    let handover = [("givers", "Nguyễn Thị Lan"), ("receiver", "Trung tâm Lưu trữ"), ("receivers", "Phúc")];
    paper_on_page(&lan, &case, "handover", &handover);
    let filed = on_page(&lan, &case, &[("act", "attach"), ("unsigned", "ký trên giấy")]);
    assert!(filed.status == 422 && filed.text().contains("rests on a document"), "{}", filed.text());
    assert!(filed.text().contains("id=\"attach-document\"") && !filed.text().contains("attach-on"), "{}", filed.text());
    let papers = done(&lan, &case, &[("act", "attach")], PAPER)["documents"].as_array().unwrap().len();
    assert_eq!(shown(&lan, &case)["documents"].as_array().unwrap().len(), papers);
    assert_eq!(act(&duc, &case, &[("act", "attach"), ("unsigned", "ký")], PAPER).status, 403);

    let phuc = server.client("phuc");
    assert_eq!(act(&duc, &case, &[("act", "start")], None).status, 403, "who decides does not execute");
    let foresight = |who: &Client<'_>| who.get(&format!("/api/v1/disposal-cases/{case}/foresight"));
    assert_eq!(foresight(&phuc).status, 409, "nothing has begun");
    assert_eq!(done(&phuc, &case, &[("act", "start")], None)["state"], "executing");
    let foreseen = foresight(&phuc).json();
    assert_eq!((&foreseen["destroyed"], &foreseen["left"]), (&json!(RECORDS), &json!(0)), "{foreseen}");
    assert_eq!((&foreseen["items"][0]["code"], &foreseen["items"][0]["left"]), (&json!(code(1)), &Value::Null));
    assert!(phuc.get(&format!("/disposal/{case}")).text().contains(&format!("/disposal/{case}/foresight")));
    let page = duc.get(&format!("/disposal/{case}/foresight?lang=en")).text();
    assert!(page.contains("would be destroyed") && page.contains(&code(RECORDS)), "{page}");
    let title = foreseen["items"][0]["title"].as_str().unwrap();
    assert!(!title.is_empty() && page.contains(title), "{page}");
    assert_eq!(act(&lan, &case, &[("act", "execute")], None).status, 403, "another executes");
    case
}

fn shown(who: &Client<'_>, case: &str) -> Value {
    let answer = who.get(&format!("/api/v1/disposal-cases/{case}"));
    assert_eq!(answer.status, 200, "{}{}", answer.text(), who.log());
    answer.json()
}

/// Waits for the end of an execution.
fn executed(who: &Client<'_>, case: &str) {
    eventually("executed", || {
        let shown = shown(who, case);
        assert_eq!(shown["failure"], Value::Null);
        shown["state"] == "executed"
    });
}

/// Asks for what a page offers: the form of an act, as a browser sends it.
fn on_page(who: &Client<'_>, case: &str, fields: &[(&str, &str)]) -> Answer {
    let part = |(name, value): &(&str, &str)| {
        format!("--xx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let token = [("form", who.token.as_str())];
    let body: String = token.iter().chain(fields).map(part).collect::<String>() + "--xx--\r\n";
    who.form_bytes(&format!("/disposal/{case}/acts?lang=en"), "multipart/form-data; boundary=xx", body.as_bytes())
}

/// The form of a paper: its head, and what it has besides.
fn paper_fields<'a>(kind: &'a str, besides: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let head = [("kind", kind), ("agency", "Sở"), ("superior", "UBND"), ("place", "Hà Giang"), ("fonds", "Phông Sở")];
    [&head[..], &[("recipients", "Lưu: VT")], besides].concat()
}

/// Makes a paper by the form of the page.
#[track_caller]
fn paper_on_page(who: &Client<'_>, case: &str, kind: &str, besides: &[(&str, &str)]) {
    let made = who.form(&format!("/disposal/{case}/papers?lang=en"), &paper_fields(kind, besides));
    assert!(made.status == 200 && made.body.starts_with(b"%PDF-"), "{kind}: {}", made.text());
}

/// What follows an execution: minutes, certificate, the file closed.
fn finished(server: &Server, case: &str) {
    let (lan, phuc) = (server.sign_in("lan", &own_password("lan")), server.sign_in("phuc", &own_password("phuc")));
    let meeting = [("began", "2026-03-20T08:30"), ("ended", "2026-03-20T09:00"), ("venue", "kho"), ("witness", "lan")];
    paper_on_page(&phuc, case, "minutes", &meeting);
    done(&phuc, case, &[("act", "minutes"), ("witness", "lan")], PAPER);
    paper_on_page(&lan, case, "certificate", &[("unreached", "")]);
    let certified = done(&lan, case, &[("act", "certify")], PAPER);
    // What recovery cut off a torn write is kept in quarantine, and the certificate names it.
    for copy in certified["unreached"].as_array().unwrap() {
        done(&lan, case, &[("act", "attest"), ("copy", copy.as_str().unwrap())], PAPER);
    }
    assert_eq!(done(&lan, case, &[("act", "keep")], None)["state"], "kept");
}

/// That every record is gone, and that readers are told so.
fn is_gone(who: &Client<'_>) {
    for number in 1..=RECORDS {
        let told = who.get(&format!("/api/v1/records/{}", code(number)));
        assert_eq!((told.status, &told.json()["code"]), (410, &json!("destroyed")), "{}", told.text());
        assert!(who.get(&format!("/records/{}?lang=en", code(number))).text().contains("Destroyed by law"));
        assert_eq!(who.get(&format!("/api/v1/records/{}/components/1", code(number))).status, 410);
    }
    assert_eq!(who.get("/api/v1/records?words=thầu").json()["records"], json!([]));
}

#[test]
fn a_case_goes_from_its_list_to_its_certificate_whatever_is_killed() {
    let world = world(RECORDS);
    let case = {
        let server = Server::start(&world);
        begun(&server)
    };
    let killer = Killer::new(&world);
    let steps = counted(&killer, &world.copied(), &case);
    for step in [steps / 3, steps / 2, 2 * steps / 3] {
        let scratch = world.copied();
        killed(&killer, &scratch, &case, step);
        let server = Server::start(&scratch);
        let phuc = server.sign_in("phuc", &own_password("phuc"));
        // Whatever is left of it is shown as it is, and the next request finishes it.
        assert_eq!(phuc.get(&format!("/disposal/{case}?lang=en")).status, 200);
        for number in 1..=RECORDS {
            let told = phuc.get(&format!("/api/v1/records/{}", code(number)));
            assert!(matches!(told.status, 200 | 410), "step {step} of {steps}: {}", told.text());
        }
        if shown(&phuc, &case)["state"] == "executing" {
            let asked = act(&phuc, &case, &[("act", "execute")], None);
            assert_eq!(asked.status, 200, "step {step} of {steps}: {}", asked.text());
            executed(&phuc, &case);
        }
        is_gone(&phuc);
        finished(&server, &case);
        drop(server);
        scratch.ok(&["verify", "--deep"]);
    }
    undisturbed(&world, &case);
}

/// The service with the killer in it, and who executes; steps count from the request on.
fn watched(killer: &Killer, scratch: &Scratch, case: &str, at: Option<usize>) -> Server {
    let when = scratch.path("now");
    let mut told: Vec<(&str, String)> = killer.for_service(scratch, &when).into();
    told.push(("KILL_LOG", scratch.path("steps").display().to_string()));
    told.extend(at.map(|step| ("KILL_AT", step.to_string())));
    let told: Vec<(&str, &str)> = told.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let server = Server::start_with(scratch, &[], &told);
    let phuc = server.sign_in("phuc", &own_password("phuc"));
    std::fs::write(&when, "").unwrap();
    let asked = act(&phuc, case, &[("act", "execute")], None);
    assert_eq!(asked.status, 200, "{}", asked.text());
    server
}

/// Steps to the disk that an undisturbed execution takes.
fn counted(killer: &Killer, scratch: &Scratch, case: &str) -> usize {
    let server = watched(killer, scratch, case, None);
    executed(&server.sign_in("phuc", &own_password("phuc")), case);
    std::fs::read_to_string(scratch.path("steps")).unwrap().lines().count()
}

fn killed(killer: &Killer, scratch: &Scratch, case: &str, step: usize) {
    assert!(watched(killer, scratch, case, Some(step)).died(), "at step {step}");
}

/// The same without a kill, on the pages, with the password just given.
fn undisturbed(scratch: &Scratch, case: &str) {
    let server = Server::start(scratch);
    let phuc = server.sign_in("phuc", &own_password("phuc"));
    assert_eq!(phuc.get(&format!("/api/v1/records/{}/components/1", code(1))).status, 200);
    let page = phuc.get(&format!("/disposal/{case}?lang=en")).text();
    assert!(page.contains("value=\"execute\""), "{page}");
    let (cookie, token) = (phuc.cookie.clone(), phuc.token.clone());
    drop(server);

    // A page leads to where the password is asked for, a program is told.
    age_sessions(scratch);
    let server = Server::start(scratch);
    let old = server.again(&cookie, &token);
    let before = old.get(&format!("/disposal/{case}?lang=en")).text();
    assert!(
        before.contains(&format!("/sign-in-again?next=/disposal/{case}")),
        "said before a document is chosen: {before}"
    );
    let stale = act(&old, case, &[("act", "execute")], None);
    assert_eq!((stale.status, &stale.json()["code"]), (403, &json!("sign-in-again")));
    let led = on_page(&old, case, &[("act", "execute")]);
    assert!(led.status == 303 && led.header("location").starts_with("/sign-in-again?next="), "{led:?}");

    let phuc = server.sign_in("phuc", &own_password("phuc"));
    let asked = on_page(&phuc, case, &[("act", "execute")]);
    assert_eq!((asked.status, asked.header("location")), (303, format!("/disposal/{case}").as_str()));
    executed(&phuc, case);
    assert_eq!(act(&phuc, case, &[("act", "execute")], None).status, 409, "it is over");
    let items = phuc.get(&format!("/api/v1/disposal-cases/{case}/items")).json();
    assert!(items["items"].as_array().unwrap().iter().all(|item| item["fate"] == "destroyed"), "{items}");
    is_gone(&phuc);
    finished(&server, case);
    let kept = phuc.get(&format!("/disposal/{case}?lang=en")).text();
    assert!(kept.contains("estroyed") && !kept.contains("value=\"execute\""), "{kept}");
    assert_eq!(phuc.get(&format!("/api/v1/disposal-cases/{case}/documents/1")).body, PAPER.unwrap());
    drop(server);
    scratch.ok(&["verify", "--deep"]);
}
