"""Administrators keep agencies, accounts, trust anchors, sources, rules and the system; what counts is confirmed by a second."""

import pathlib
import subprocess

RULES = pathlib.Path(__file__).resolve().parents[3] / "retention_rules/common-2022.toml"


def prepare(service, folder):
    pass


def tell(story):
    story.becomes("lan")
    story.look("home", "header a[href='/system']")
    agencies(story)
    accounts(story)
    trust(story)
    sources(story)
    rules(story)
    webhooks(story)
    system(story)


def agencies(story):
    story.press("header a[href='/agencies']")
    story.look("agencies", "#add summary")
    name = f"Sở Khoa học và Công nghệ, khóa {story.number()}"
    made = {"name": name, "code": f"H26.7{story.number()}", "from": "2025-03-01", "mandate": "NQ 5/NQ-HĐND"}
    story.sends("#add", **made)
    story.look("agency", "#rename summary")
    one = story.path()
    renamed = {"name": f"{name} (mới)", "mandate": "NQ 6/NQ-HĐND"}
    story.sends("#rename", **renamed, **{"from": "2025-02-01"})
    story.expect("[role=alert]", "what counts before the agency was there is refused")
    story.look("agency-refused", posted=True)
    story.open(one)
    story.sends("#rename", **renamed, **{"from": "2025-07-01"})
    story.look("agency-renamed")
    story.open("/agencies")
    table = story.work / "bang.csv"
    table.write_text(f"code,name,from\nH26.8{story.number()},Sở Xây dựng,2025-03-01\nkhông phải mã,,\n")
    story.fills("/agencies/table", table=table)
    story.press("form[action='/agencies/table'] button[value=look]")
    story.look("agencies-table", posted=True)


def accounts(story):
    browser, name = story.browser, f"thu-{story.language}"
    story.press("header a[href='/accounts']")
    story.look("accounts", "form[action='/accounts'] button")
    story.fills("/accounts", name=name, holder="Cao Thị Thu", reason="QĐ 15/QĐ-TTLT")
    browser.click("form[action='/accounts'] input[value=archivist]")
    story.press("form[action='/accounts'] button")
    story.expect("pre", "the first password is shown once")
    story.look("account-proposed", posted=True)
    story.becomes("tuan")
    story.look("home-with-proposal", "a[href='/accounts']")
    story.open("/accounts")
    confirm = f"form[action='/accounts/{name}/confirm'] button"
    story.look("accounts-to-confirm", confirm)
    story.press(confirm)
    story.sends(f"/accounts/{name}/close", reason="Chuyển công tác")
    story.look("accounts-closing")


def trust(story):
    """Proposed by one with the fingerprint that another tool gives, confirmed by another."""
    certificate, fingerprint = root(story)
    story.open("/trust")
    story.look("trust", "#file")
    about = {"source": "Trang của nhà cung cấp", "tree": "other", "name": f"Gốc thử {story.language}"}
    story.sends("/trust", file=certificate, fingerprint="0" * 64, **about)
    story.expect("[role=alert]", "another fingerprint is refused")
    story.look("trust-refused", posted=True)
    story.sends("/trust", file=certificate, fingerprint=fingerprint, **about)
    story.look("trust-proposed")
    story.becomes("lan")
    story.open("/trust")
    story.sends("/confirm", fingerprint=fingerprint, source="Công văn của nhà cung cấp")
    story.look("trust-confirmed", "#file")


def root(story):
    """A certificate of the story's own, and its SHA-256 as OpenSSL tells it."""
    key, certificate = story.work / "root.key", story.work / "root.pem"
    made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -addext keyUsage=critical,keyCertSign,cRLSign"
    openssl(*made.split(), "-subj", f"/CN=TEST Root {story.language}", "-keyout", key, "-out", certificate)
    told = openssl("x509", "-in", certificate, "-noout", "-fingerprint", "-sha256")
    return certificate, told.split("=")[1].strip().replace(":", "").lower()


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, text=True).stdout


def sources(story):
    story.open("/sources")
    story.look("sources", "main summary")
    story.sends("/sources/authorities", name=f"tsa-{story.language}", url="http://127.0.0.1:9/tsa")
    story.look("source-of-time")
    story.sends("/sources/places", place="không phải địa chỉ", reason="thử")
    story.expect("[role=alert]", "what is no address is refused")
    story.look("source-refused", posted=True)


def rules(story):
    story.open("/rules")
    story.look("rules", "#text")
    story.sends("/rules", text="schedule = [\nformat", reason="thử")
    story.expect("[role=alert]", "what is no rule file is refused")
    story.look("rules-refused", posted=True)
    schedule = RULES.read_text().split("[[case]]")[0]
    story.browser.run("document.querySelector('#text').value = arguments[0]", schedule)
    story.press("form[action='/rules'] button[value=preview]")
    story.expect("#foreseen", "what a rule file would change is shown first")
    story.look("rules-foreseen", posted=True)
    story.open("/rules/settings")
    story.look("settings", "main summary")


def webhooks(story):
    story.press("header a[href='/webhooks']")
    story.look("webhooks", "form[action='/webhooks'] button")
    story.sends("/webhooks", agency="H26.10", url="https://localhost/hook")
    story.look("webhook-refused", posted=True)
    story.sends("/webhooks", agency="H26.10", url=f"https://so-{story.language}.example.gov.vn/hook")
    story.expect("pre", "the secret is shown once")
    story.look("webhook-made", posted=True)
    story.open("/webhooks")
    story.look("webhooks-listed", "form[action$='/remove'] button")


def system(story):
    story.press("header a[href='/system']")
    story.look("system", "form[action='/system/upkeep'] button")
    story.press("button[name=depth][value=deep]")
    story.waits(180)
    story.expect(".notice.good", "every byte was checked, and nothing was doubted")
    story.look("system-checked")
    story.press("form[action='/system/upkeep'] button[value=time-stamp]")
    story.waits()
    story.expect(".notice.bad", "that no authority answered is told")
    story.look("system-unstamped")
