#!/usr/bin/env python3
"""Every page in a real browser: what must hold of each, and a picture of it for people to look at.

usage: pages.py PROGRAM ARCHIVE PICTURES

ARCHIVE holds the sample transfer (`make demo` makes one). Accounts are made in it where they are missing. Of each page, in
both languages, wide and 360 px, light and dark: it does not scroll sideways, everything that can be clicked on a telephone
is tall enough, headings go down by one, fields have labels, and no message is missing. Then `verify.html` proves a real
receipt and refuses altered ones, from the disk and without a network. Exit status 1 says that something did not hold.
"""

import os
import pathlib
import re
import subprocess
import sys
import urllib.parse

from browser import Browser

PASSWORD, OWN = "mưa rào cuối hạ qua sông", "thuyền về bến cũ chiều nay"
CODE = "H26.10.2025.003.0000003"
BROKEN = "H26.10.2022.023.0000002"
PAGES = {
    "archivist": ["/", "/search", "/search?words=mua+s%E1%BA%AFm", "/search?words=khong+co+gi+ca", f"/records/{CODE}",
                  f"/records/{BROKEN}", "/dossiers/H26.10.2022.023", "/account", "/accounts", "/nowhere"],
    "inspector": ["/inspect", "/inspect?q=" + "0" * 64, "/accounts"],
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
for (const one of document.querySelectorAll('input:not([type=hidden]), textarea')) {
  if (seen(one) && !one.labels.length) wrong.push(`no label: ${one.name}`);
}
for (const one of document.querySelectorAll('button, .button, nav a, input:not([type=hidden])')) {
  const box = one.getBoundingClientRect();
  if (seen(one) && box.height < 24) wrong.push(`too low for a finger: ${one.innerText || one.name} ${box.height}`);
}
for (const one of document.querySelectorAll('iframe')) if (!one.title) wrong.push('a frame without a title');
return wrong;
"""


class Service:
    def __init__(self, program, archive):
        environment = {**os.environ, "CHAUBAN_ARCHIVE": archive}
        self.run = lambda *arguments, line="": subprocess.run(
            [program, *arguments], env=environment, input=line + "\n", text=True, capture_output=True
        )
        listed = self.run("account", "list", "--json").stdout
        self.fresh = [role for role in ("administrator", *PAGES) if f'"name":"{role}"' not in listed]
        for role in self.fresh:
            names = {"administrator": "Nguyễn Thị Lan", "archivist": "Trần Văn Bình", "inspector": "Phạm Thu Hà"}
            about = ["--role", role, "--holder", names[role], "--reason", "quyết định 12/QĐ-TTLT", "--actor", "lan"]
            self.run("account", "add", role, *about, line=PASSWORD)
            self.run("account", "confirm", role, "--actor", "huong")
        command = [program, "serve", "--listen", "127.0.0.1:0", "--stamp-every", "0", "--revalidate-every", "0"]
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if found := re.match(r"listening on (http://\S+)/", line):
                self.url = found[1]
                break

    def close(self):
        self.process.terminate()
        self.process.wait()


def sign_in(browser, service, role):
    browser.open(service.url + "/sign-in")
    for password in (OWN, PASSWORD):
        browser.type("#name", "" if browser.run("return document.querySelector('#name').value") else role)
        browser.type("#password", password)
        browser.click("main button")
        if "/sign-in" not in browser.run("return location.pathname"):
            break
    browser.open(service.url + "/")
    if browser.run("return location.pathname") == "/account":
        for field, password in (("old", PASSWORD), ("new", OWN), ("again", OWN)):
            browser.type(f"#{field}", password)
        browser.click("main form button")


def pages(service, folder):
    wrong = []
    for look, (width, height, dark) in LOOKS.items():
        browser = Browser(width, height, dark)
        try:
            for language in ("vi", "en"):
                browser.open(f"{service.url}/sign-in?lang={language}")
                browser.picture(folder / f"sign-in.{language}.{look}.png")
            for role, paths in PAGES.items():
                sign_in(browser, service, role)
                for path in paths:
                    for language in ("vi", "en"):
                        if look == "dark" and language == "en":
                            continue
                        browser.open(f"{service.url}{path}{'&' if '?' in path else '?'}lang={language}")
                        name = re.sub(r"[^A-Za-z0-9.]+", "-", urllib.parse.unquote(path)).strip("-")[:40] or "home"
                        wrong += [f"{path} {language} {look}: {one}" for one in browser.run(HOLDS)]
                        browser.picture(folder / f"{name}.{language}.{look}.png")
                browser.open(service.url + "/")
                browser.run("document.querySelector('form[action=\"/sign-out\"] button').click()")
        finally:
            browser.close()
    return wrong


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
    program, archive, folder = sys.argv[1:]
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    service = Service(program, archive)
    try:
        wrong = verifier(service, archive, folder) + pages(service, folder)
    finally:
        service.close()
    for one in wrong:
        print("NOT SO:", one)
    print(f"pictures in {folder}; {len(wrong)} things do not hold")
    sys.exit(1 if wrong else 0)


main()
