#!/usr/bin/env python3
"""Every page in a real browser: what must hold of each, and a picture of it for people to look at.

usage: pages.py PROGRAM ARCHIVE PICTURES AXE

ARCHIVE holds the sample transfer (`make demo` makes one). Accounts are made in it where they are missing. Of each page, in
both languages, wide and 360 px, light and dark: axe-core (the file AXE) finds nothing against WCAG 2.2 A and AA, it does not
scroll sideways, headings go down by one, and what is there to be clicked is tall enough. Then a story: an officer hands
over, is told of an error, corrects, submits; an archivist returns, and accepts; a disposal case is opened and a hold
placed; each state in every look. A reader's request goes from its receipt to a reading copy that is read with its pass. An
inspector registers security keys, signs in and proves again with them, and a copy of one is refused. Then `verify.html`
proves a real receipt and refuses altered ones, from the disk and without a network. Exit status 1 says that something did
not hold.
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.parse

from browser import Browser

PASSWORD, OWN = "mưa rào cuối hạ qua sông", "thuyền về bến cũ chiều nay"
CODE = "H26.10.2025.003.0000003"
BROKEN = "H26.10.2022.023.0000002"
PAGES = {
    "administrator": ["/", "/accounts", "/system", "/webhooks", "/agencies", "/trust", "/sources"],
    "archivist": ["/", "/search", "/search?words=mua+s%E1%BA%AFm", "/search?words=khong+co+gi+ca", f"/records/{CODE}",
                  f"/records/{BROKEN}", "/dossiers/H26.10.2022.023", "/account", "/account/second-factor",
                  "/account/keys", "/account/tokens", "/sign-in-again", "/accounts", "/nowhere",
                  "/transfers", "/disposal", "/holds", "/requests", f"/requests/new?records={CODE}",
                  "/search?holder=H26.10&verdict=review&retention=20", "/searches", "/fonds", "/fonds/H26.10",
                  "/fonds/H26.10?year=2022", "/reports/agencies", "/reports/findings", "/reports/signatures",
                  f"/records/{CODE}/retention", "/dossiers/H26.10.2022.023/retention", "/retention?evaluate=yes&within=240"],
    "transferring-officer": ["/", "/transfers"],
    "deciding-authority": ["/", "/disposal", "/rules", "/rules/settings", "/requests", f"/records/{CODE}/retention"],
    "council-member": ["/", "/disposal"],
    "inspector": ["/inspect", "/inspect?q=" + "0" * 64, "/accounts", "/audit", "/system"],
}  # fmt: skip
LOOKS = {"desktop": (1280, 900, False), "phone": (360, 740, False), "dark": (1280, 900, True)}
HOLDS = """
const wrong = [], seen = (one) => one.offsetParent !== null && !one.closest('.unseen');
if (document.documentElement.scrollWidth > innerWidth) wrong.push(`scrolls sideways: ${document.documentElement.scrollWidth}`);
let level = 0;
for (const one of document.querySelectorAll('h1,h2,h3')) {
  const own = Number(one.tagName[1]);
  if (own > level + 1) wrong.push(`heading ${one.innerText}: h${own} after h${level}`);
  level = own;
}
if (document.querySelectorAll('h1').length !== 1) wrong.push('not one h1');
for (const one of document.querySelectorAll('button, .button, nav a, input:not([type=hidden])')) {
  const box = one.getBoundingClientRect();
  if (seen(one) && box.height < 24) wrong.push(`too low for a finger: ${one.innerText || one.name} ${box.height}`);
}
return wrong;
"""
AXE = """
const told = arguments[arguments.length - 1], levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
axe.run(document, {runOnly: {type: 'tag', values: levels}, resultTypes: ['violations']}).then(
  (found) => told(found.violations.flatMap((rule) => rule.nodes.map((node) => `axe ${rule.id}: ${node.target} ${node.html.slice(0, 120)}`))),
  (error) => told([`axe: ${error}`]),
);
"""


class Service:
    def __init__(self, program, archive):
        unlimited = {f"CHAUBAN_LIMITS_{what}_PER_MINUTE": "0" for what in ("REQUESTS", "SIGN_INS")}
        environment = {**os.environ, **unlimited, "CHAUBAN_ARCHIVE": archive}
        self.run = lambda *arguments, line="": subprocess.run(
            [program, *arguments], env=environment, input=line + "\n", text=True, capture_output=True
        )
        listed = self.run("account", "list", "--json").stdout
        self.fresh = [role for role in PAGES if f'"name":"{role}"' not in listed]
        for role in self.fresh:
            names = {"administrator": "Nguyễn Thị Lan", "archivist": "Trần Văn Bình", "inspector": "Phạm Thu Hà",
                     "transferring-officer": "Lê Minh Châu", "council-member": "Vũ Thị Mai",
                     "deciding-authority": "Hoàng Đức Dũng"}  # fmt: skip
            reach = ["--agency", "H26.10"] if role == "transferring-officer" else []
            about = ["--role", role, *reach, "--holder", names[role], "--reason", "quyết định 12/QĐ-TTLT", "--actor", "lan"]
            self.run("account", "add", role, *about, line=PASSWORD)
            self.run("account", "confirm", role, "--actor", "huong")
        command = [program, "serve", "--listen", "127.0.0.1:0", "--stamp-every", "0", "--revalidate-every", "0"]
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if found := re.match(r"listening on (http://\S+)/", line):
                # Browsers bind security keys to a name.
                self.url = found[1].replace("127.0.0.1", "localhost")
                break

    def close(self):
        self.process.terminate()
        self.process.wait()


def judged(browser):
    """What does not hold of the page that is shown."""
    browser.run(AXE_CORE)
    return browser.run(HOLDS) + browser.run_async(AXE)


def sign_in(browser, service, role):
    browser.open(service.url + "/sign-in")
    for password in (OWN, PASSWORD):
        browser.type("#name", "" if browser.run("return document.querySelector('#name').value") else role)
        browser.type("#password", password)
        browser.follow("main button")
        if "/sign-in" not in browser.run("return location.pathname"):
            break
    browser.open(service.url + "/")
    if browser.run("return location.pathname") == "/account":
        for field, password in (("old", PASSWORD), ("new", OWN), ("again", OWN)):
            browser.type(f"#{field}", password)
        browser.follow("main form button")


def sign_out(browser, service):
    """Nobody is signed in when it returns."""
    browser.open(service.url + "/")
    if browser.run("return !!document.querySelector('form[action=\"/sign-out\"]')"):
        browser.follow("form[action=\"/sign-out\"] button")


def pages(service, folder):
    wrong = []
    for look, (width, height, dark) in LOOKS.items():
        browser = Browser(width, height, dark)
        try:
            for language in ("vi", "en"):
                browser.open(f"{service.url}/sign-in?lang={language}")
                wrong += [f"/sign-in {language} {look}: {one}" for one in judged(browser)]
                browser.picture(folder / f"sign-in.{language}.{look}.png")
            for role, paths in PAGES.items():
                sign_in(browser, service, role)
                for path in paths:
                    for language in ("vi", "en"):
                        if look == "dark" and language == "en":
                            continue
                        browser.open(f"{service.url}{path}{'&' if '?' in path else '?'}lang={language}")
                        name = role + "-" + re.sub(r"[^A-Za-z0-9.]+", "-", urllib.parse.unquote(path)).strip("-")[:40] or "home"
                        wrong += [f"{path} {language} {look}: {one}" for one in judged(browser)]
                        browser.picture(folder / f"{name}.{language}.{look}.png")
                sign_out(browser, service)
        finally:
            browser.close()
    return wrong


class Story:
    """One browser, several people one after another; pictures of each state in every look."""

    def __init__(self, service, folder):
        self.service, self.folder, self.browser, self.wrong = service, folder, Browser(), []

    def shown(self, name):
        for look, (width, height, dark) in LOOKS.items():
            self.browser.resize(width, height)
            self.browser.prefers(dark)
            self.wrong += [f"{name} {look}: {one}" for one in judged(self.browser)]
            self.browser.picture(self.folder / f"story-{name}.{look}.png")
        self.browser.resize(1280, 900)

    def becomes(self, role):
        sign_out(self.browser, self.service)
        sign_in(self.browser, self.service, role)

    def open(self, path):
        self.browser.open(self.service.url + path)

    def hand(self, *files):
        self.browser.type("#file", "\n".join(map(str, files)))
        self.browser.follow("form[data-tus] button")

    def press(self, action):
        self.browser.follow(f"form[action$='{action}'] button", until="!document.querySelector('[data-follow]')")

    def expect(self, what, css):
        if not self.browser.run("return !!document.querySelector(arguments[0])", css):
            self.wrong.append(f"story: {what}")


def document(work, number, right):
    """A document of the sample with other bytes; its sidecar is right, or of another file."""
    home = pathlib.Path(__file__).resolve().parents[1] / "sample/transfer"
    sidecar = sorted(home.glob("**/*.json"))[number]
    content = sidecar.with_suffix(".pdf").read_bytes() + f"\n% {time.time()}\n".encode()
    described = json.loads(sidecar.read_text())
    described |= {"file_code": "H26.10.2024.901", "file_title": "Hồ sơ giao nộp thử", "size": len(content),
                  "sha256": hashlib.sha256(content).hexdigest() if right else "0" * 64}  # fmt: skip
    described["symbol"] = f"{int(time.time() * 10) % 100000}/{described['symbol'].split('/', 1)[1]}"
    name = work / f"van-ban-{number}"
    name.with_suffix(".pdf").write_bytes(content)
    name.with_suffix(".json").write_text(json.dumps(described))
    return name.with_suffix(".pdf"), name.with_suffix(".json")


def story(service, folder):
    work = folder / "story"
    work.mkdir(exist_ok=True)
    told = Story(service, folder)
    try:
        told.becomes("transferring-officer")
        told.open("/transfers?lang=vi")
        told.browser.run("document.querySelector('#agency').value = 'H26.10'")
        told.browser.type("#title", "Hồ sơ năm 2024, đợt 1")
        told.browser.click("section form button")
        told.shown("transfer-begun")
        told.hand(*document(work, 0, True), *document(work, 1, False))
        told.shown("transfer-handed-over")
        told.press("/examine")
        told.expect("an error is told with its place", ".found[open] .reasons .code")
        told.shown("transfer-errors")
        place = told.browser.run("return location.pathname")
        told.hand(*document(work, 1, True))
        told.press("/examine")
        told.shown("transfer-good")
        told.press("/submit")
        told.becomes("archivist")
        told.open("/?lang=vi")
        told.shown("archivist-home")
        told.open("/transfers")
        told.shown("archivist-queue")
        told.open(place)
        told.browser.run("document.querySelector('#reason').closest('details').open = true")
        told.shown("transfer-to-receive")
        told.browser.type("#reason", "Thiếu mục lục hồ sơ.\nĐề nghị bổ sung.")
        told.press("/return")
        told.becomes("transferring-officer")
        told.open(place)
        told.shown("transfer-returned")
        told.press("/submit")
        told.becomes("archivist")
        told.open(place)
        told.press("/accept")
        told.expect("each document has its receipt", "a[href$='/receipt']")
        told.shown("transfer-ended")
        told.open("/disposal")
        told.browser.type("#subject", "Hồ sơ hết thời hạn lưu trữ năm 2026")
        told.press("/disposal")
        told.shown("case-draft")
        told.open("/holds")
        told.browser.type("#records", CODE)
        told.browser.type("#reason", "Thanh tra năm 2026")
        told.browser.type("#mandate", "12/QĐ-TTr")
        told.press("/holds")
        told.expect("the hold is in force", ".badge.doubt")
        told.shown("holds")
    finally:
        told.browser.close()
    return told.wrong


def requests(service, folder):
    """A reader's request for a reading copy: received, approved by another, given out, read with its pass, revoked."""
    told = Story(service, folder)
    browser = told.browser
    try:
        told.becomes("archivist")
        told.open(f"/records/{CODE}?lang=vi")
        browser.follow("a[href^='/requests/new']")
        browser.run("document.querySelector('#wanted').value = 'reading-copy'")
        written = {"reader": "Nguyễn Thị Độc Giả", "document": "CCCD 001099000001", "mandate": "Giấy giới thiệu 12/GGT-ĐHKHXH",
                   "purpose": "Nghiên cứu luận văn về cải cách hành chính cấp tỉnh"}  # fmt: skip
        for field, text in written.items():
            browser.type(f"#{field}", text)
        browser.run("document.querySelector('#records').value += '\\nH26.00.0000.000.0000001'")
        told.press("/requests")
        told.expect("a record that is not there is told", "[role=alert]")
        told.shown("request-wrong")
        browser.run("const all = document.querySelector('#records'); all.value = all.value.split('\\n')[0]")
        told.press("/requests")
        place = browser.run("return location.pathname")
        told.shown("request-received")
        told.becomes("deciding-authority")
        told.open("/requests")
        told.shown("requests-waiting")
        told.open(place)
        told.shown("request-to-approve")
        browser.type("#reason-approve", "Đúng thẩm quyền, đúng mục đích")
        told.press("/approve")
        told.becomes("archivist")
        told.open(place)
        told.press("/fulfil")
        link = browser.text("pre")
        told.shown("request-pass")
        sign_out(browser, service)
        told.open("/reading?lang=vi")
        told.shown("reading-door")
        browser.open(link)
        browser.wait("!!document.querySelector('ul.files a') && !location.hash")
        told.shown("reading-copy")
        browser.follow("ul.files a")
        told.expect("the document is shown in place", "iframe.paper")
        told.shown("reading-copy-shown")
        told.becomes("archivist")
        told.open(place)
        browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        told.shown("request-fulfilled")
        browser.type("#reason-revoke", "Độc giả đọc xong")
        told.press("/revoke")
        told.shown("request-revoked")
        told.open("/reading")
        told.expect("a revoked pass opens nothing", "form[data-pass]")
    finally:
        browser.close()
    return told.wrong


def keys(service, folder):
    """Security keys, as a browser uses them: registered, to sign in, to prove again; and a copy of one."""
    role = "inspector"
    service.run("account", "forget-second-factor", role)
    told = Story(service, folder)
    browser, said = told.browser, "document.querySelector('[data-key] [role=status]').innerText"

    def password(name=None):
        if name:
            browser.type("#name", name)
        browser.type("#password", OWN)
        browser.click("button[type=button]")

    def arrived(path):
        browser.wait(f"location.pathname === {path!r} && document.readyState === 'complete'")

    def register(label):
        browser.type("#label", label)
        browser.follow("form[data-key] button", until="!!document.querySelector('ul.files li')")

    try:
        told.becomes(role)
        told.open("/account/keys?lang=vi")
        told.shown("keys-none")
        own = browser.authenticator()
        register("Khóa <USB> màu đỏ")
        told.expect("the key is listed under its name", "ul.files li strong")
        told.shown("key-registered")
        # The same one again, which the browser knows.
        browser.type("#label", "Lần nữa")
        browser.click("form[data-key] button")
        browser.wait(f"{said} === document.querySelector('[data-key]').dataset.conflict")

        sign_out(browser, service)
        told.open("/sign-in?next=/inspect")
        browser.type("#name", role)
        browser.type("#password", OWN)
        browser.follow("main button")
        told.expect("the password alone opens nothing", ".notice.bad")
        told.shown("key-wanted")
        password()
        arrived("/inspect")
        told.open("/sign-in-again?next=/account/keys")
        token = browser.run("return document.querySelector('input[name=form]').value")
        password()
        arrived("/account/keys")
        if browser.run("return document.querySelector('input[name=form]').value") == token:
            told.wrong.append("keys: the session goes on under the same token")
        told.shown("key-used")

        # A copy of it, made before it was used last, and then the key itself, which asks for a finger.
        (copy,) = browser.unplug(own)
        copied = browser.authenticator()
        browser.put(copied, copy | {"signCount": 1})
        sign_out(browser, service)
        told.open("/sign-in")
        password(role)
        browser.wait(f"{said} === document.querySelector('[data-key]').dataset.keyWentBack")
        told.shown("key-copied")
        browser.unplug(copied)
        again = browser.authenticator()
        browser.put(again, copy)
        browser.open(service.url + "/sign-in")
        password(role)
        arrived("/")
        told.open("/account/keys")
        told.expect("the copy is told", ".badge.bad")
        browser.unplug(again)
        finger = browser.authenticator(transport="internal", hasUserVerification=True, isUserVerified=True)
        browser.type("#label", "Vân tay")
        browser.follow("form[data-key] button", until="document.querySelectorAll('ul.files li').length === 2")
        told.shown("keys-two")
        sign_out(browser, service)
        told.open("/sign-in")
        password(role)
        arrived("/")
        told.open("/account/keys")
        browser.unplug(finger)
        for left in (1, 0):
            browser.follow("ul.files li form button", until=f"document.querySelectorAll('ul.files li').length === {left}")
        sign_out(browser, service)
        sign_in(browser, service, role)
        if browser.run("return location.pathname") != "/":
            told.wrong.append("keys: without keys the password alone opens again")
    finally:
        told.browser.close()
    return told.wrong


def verifier(service, archive, folder):
    """The self-contained page, from a file, on a real receipt and on altered ones."""
    work = folder / "verify"
    work.mkdir(exist_ok=True)
    home = pathlib.Path(__file__).resolve().parents[2]
    page = work / "verify.html"
    page.write_bytes((home / "assets/verify.html").read_bytes())
    for name in ("file.pdf", "good"):
        (work / name).unlink(missing_ok=True)
    service.run("get", CODE, "-o", str(work / "file.pdf"))
    service.run("receipt", CODE, "-o", str(work / "good"))
    key = (pathlib.Path(archive) / "ledger/keys/ed25519.vkey").read_text().strip()
    good, file = (work / "good").read_text(), (work / "file.pdf").read_bytes()
    lines = good.split("\n")
    flipped = lambda text: ("A" if text[0] != "A" else "B") + text[1:]
    signature = next(at for at, line in enumerate(lines) if line.startswith("\u2014"))
    swap = lambda at, text: "\n".join([*lines[:at], text, *lines[at + 1 :]])
    cases = {
        "good": (good, file, key, True),
        "other file": (good, file[:-1] + bytes([file[-1] ^ 1]), key, False),
        "file cut": (good, file[:-1], key, False),
        "index": (swap(2, "index " + str(int(lines[2][6:]) + 1)), file, key, False),
        "hash of the proof": (swap(3, flipped(lines[3])), file, key, False),
        "hash left out": ("\n".join(lines[:3] + lines[4:]), file, key, False),
        "root": (swap(lines.index("") + 3, flipped(lines[lines.index("") + 3])), file, key, False),
        "size": (swap(lines.index("") + 2, str(int(lines[lines.index("") + 2]) + 1)), file, key, False),
        "origin": (swap(lines.index("") + 1, "other.example/kho"), file, key, False),
        "signature": (swap(signature, lines[signature][:-12] + flipped(lines[signature][-12:])), file, key, False),
        "extra": (swap(1, lines[1][:200] + flipped(lines[1][200:])), file, key, False),
        "key": (good, file, key[:-6] + flipped(key[-6:]), False),
        "nothing": ("", file, key, False),
    }
    browser, wrong = Browser(900, 900), []
    try:
        for name, (receipt, content, vkey, expect) in cases.items():
            (work / "receipt").write_text(receipt)
            (work / "document").write_bytes(content)
            browser.open(page.as_uri())
            browser.run("document.getElementById('key').value = arguments[0]", vkey)
            browser.type("#receipt", str(work / "receipt"))
            browser.type("#file", str(work / "document"))
            browser.click("#go")
            browser.wait("document.getElementById('answer').dataset.done")
            proven = browser.run("return document.getElementById('answer').className") == "good"
            print(f"  verify.html, {name}: {browser.text('#answer p')}")
            if proven != expect:
                wrong.append(f"verify.html, {name}: {'proven' if proven else 'refused'}")
            if name in ("good", "root"):
                browser.picture(folder / f"verify-{name}.png")
        # The same page from the service, under its policy.
        browser.open(service.url + "/verify.html")
        browser.click("#language")
        if browser.run("return document.documentElement.lang") != "en":
            wrong.append("verify.html from the service: its script does not run")
    finally:
        browser.close()
    return wrong


def main():
    global AXE_CORE
    program, archive, folder, axe = sys.argv[1:]
    AXE_CORE = pathlib.Path(axe).read_text()
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    service = Service(program, archive)
    try:
        wrong = verifier(service, archive, folder) + keys(service, folder) + story(service, folder)
        wrong += requests(service, folder)
        wrong += pages(service, folder)
    finally:
        service.close()
    for one in wrong:
        print("NOT SO:", one)
    print(f"pictures in {folder}; {len(wrong)} things do not hold")
    sys.exit(1 if wrong else 0)


main()
