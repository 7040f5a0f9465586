"""`verify.html`: from the disk, with the network off, on right and wrong receipts, files and keys; and from the service."""

import pathlib
import shutil

from browser import Browser
from judge import LOOKS, console

CODE = "H26.10.2025.003.0000003"
PAGE = pathlib.Path(__file__).resolve().parents[2] / "assets/verify.html"


def flipped(text):
    return ("A" if text[0] != "A" else "B") + text[1:]


def cases(receipt, file, key):
    """Receipt, file and key of each case, and whether it is to be proven."""
    lines = receipt.split("\n")
    note, signature = lines.index("") + 1, next(at for at, line in enumerate(lines) if line.startswith("\u2014"))

    def put(at, text):
        return "\n".join([*lines[:at], text, *lines[at + 1 :]])

    return {
        "right": (receipt, file, key, True),
        "another file": (receipt, file[:-1] + bytes([file[-1] ^ 1]), key, False),
        "file cut off": (receipt, file[:-1], key, False),
        "file empty": (receipt, b"", key, False),
        "place in the ledger": (put(2, f"index {int(lines[2][6:]) + 1}"), file, key, False),
        "hash of the proof": (put(3, flipped(lines[3])), file, key, False),
        "hash left out": ("\n".join(lines[:3] + lines[4:]), file, key, False),
        "origin": (put(note, "other.example/kho"), file, key, False),
        "size": (put(note + 1, str(int(lines[note + 1]) + 1)), file, key, False),
        "root": (put(note + 2, flipped(lines[note + 2])), file, key, False),
        "signature": (put(signature, lines[signature][:-12] + flipped(lines[signature][-12:])), file, key, False),
        "opening": (put(1, lines[1][:200] + flipped(lines[1][200:])), file, key, False),
        "key": (receipt, file, key[:-6] + flipped(key[-6:]), False),
        "no receipt": ("", file, key, False),
    }


def wrong(service, judge, folder):
    """What does not hold of the page."""
    work = folder / "verify"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    page = work / "verify.html"
    shutil.copy(PAGE, page)
    service.run("get", CODE, "-o", str(work / "file.pdf"))
    service.run("receipt", CODE, "-o", str(work / "right"))
    key = (service.archive / "ledger/keys/ed25519.vkey").read_text().strip()
    browser, told = Browser(900, 900), []
    try:
        browser.devtools("Network.enable")
        browser.devtools("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)
        right, file = (work / "right").read_text(), (work / "file.pdf").read_bytes()
        for name, case in cases(right, file, key).items():
            told += [f"verify.html, {name}: {one}" for one in tried(browser, page, work, *case)]
            if name in ("right", "another file"):
                told += looked(browser, judge, folder, name.replace(" ", "-"))
        browser.devtools("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1)
        # The same page from the service, under its policy.
        browser.open(service.url + "/verify.html")
        browser.click("#language")
        if browser.run("return document.documentElement.lang") != "en":
            told.append("verify.html from the service: its script does not run")
        told += [f"verify.html: {one}" for one in console(browser)]
    finally:
        browser.close()
    return told


def tried(browser, page, work, receipt, file, key, expect):
    (work / "receipt").write_text(receipt)
    (work / "document").write_bytes(file)
    browser.open(page.as_uri())
    browser.type("#key", key)
    browser.type("#receipt", str(work / "receipt"))
    browser.type("#file", str(work / "document"))
    browser.click("#go")
    browser.wait("document.getElementById('answer').dataset.done")
    proven = browser.run("return document.getElementById('answer').className") == "good"
    return [] if proven == expect else [f"{'proven' if proven else 'refused'}: {browser.text('#answer p')}"]


def looked(browser, judge, folder, name):
    told = []
    for language in ("vi", "en"):
        for look, (width, height, dark) in LOOKS.items():
            browser.resize(width, height)
            browser.prefers(dark)
            told += [f"verify.html {name} {language} {look}: {one}" for one in judge.of_look(browser)]
            browser.picture(folder / f"verify-{name}.{language}.{look}.png")
        browser.click("#language")
    browser.resize(900, 900)
    browser.prefers(False)
    return told
