"""An inspector gives a file, a number and a receipt; has signatures judged; reads checkpoints; exports a bundle; follows the
audit trail; looks at the system and its accounts without changing them; and keeps security keys, one of which is copied."""

CODE = "H26.10.2025.003.0000003"
SAID = "document.querySelector('[data-key] [role=status]').innerText"


def prepare(service, folder):
    """What an inspector brings along."""
    work = folder / "story"
    work.mkdir(parents=True, exist_ok=True)
    for command, name in (("get", "file.pdf"), ("receipt", "receipt")):
        (work / name).unlink(missing_ok=True)
        service.run(command, CODE, "-o", str(work / name))


def tell(story):
    story.service.run("account", "forget-second-factor", "ha", "--actor", "phòng tổ chức", expect=(0, 3, 4))
    story.becomes("ha")
    asked(story)
    proven(story)
    signatures(story)
    story.open("/inspect")
    story.press("a[href='/inspect/checkpoints']")
    story.look("checkpoints", "main a")
    record(story)
    audit(story)
    system(story)
    keys(story)


def asked(story):
    browser, file = story.browser, story.folder / "story/file.pdf"
    story.look("home", "header a[href='/inspect']")
    story.press("header a[href='/inspect']")
    story.look("inspect", "#asked-file")
    browser.run("window.before = true")
    browser.type("#asked-file", str(file))
    browser.arrive("location.search.length > 10")
    story.expect(".notice.good[role=status], #answer", "the file is found by its digest")
    story.look("inspect-found", "a[href$='/receipt']")
    story.has_file("a[href$='/bundle']", "ZIP", "the bundle is a ZIP file")
    story.browser.enter("#q", "0" * 64)
    story.press("form[action='/inspect']:not([method]) button")
    story.look("inspect-not-found", "#q")
    story.browser.enter("#q", "29/TTr-STTTT")
    story.press("form[action='/inspect']:not([method]) button")
    story.look("inspect-number", ".hits a")


def proven(story):
    browser = story.browser
    story.open("/inspect")
    browser.type("#receipt-file", str(story.folder / "story/receipt"))
    browser.wait("document.querySelector('#receipt-text').value.length > 100")
    story.press("form[data-receipt] button")
    story.expect(".notice.good", "the receipt is proven")
    story.look("receipt-proven", posted=True)
    story.sends(".stack[data-receipt]", receipt="c2sp.org/tlog-proof@v1\nindex 0")
    story.expect(".notice.bad, [role=alert]", "what is no receipt is refused")
    story.look("receipt-refused", posted=True)


def signatures(story):
    story.open("/inspect")
    story.sends("/inspect/signatures", file=story.folder / "story/file.pdf")
    story.expect("#signed", "its signatures are judged")
    story.look("signatures-judged", posted=True)


def record(story):
    story.open(f"/records/{CODE}")
    story.look("record", "a[href$='/bundle']")
    story.has_file("a[href$='/bundle']", "ZIP", "the bundle of a record is a ZIP file")


def audit(story):
    story.press("header a[href='/audit']")
    story.look("audit", "form[action='/audit'] button")
    story.fills("/audit", by="binh")
    story.press("form[action='/audit'] button")
    story.look("audit-of-person", "#by")
    story.open("/audit")
    story.fills("/audit", about=CODE)
    story.press("form[action='/audit'] button")
    story.expect("ol.hits li, p.soft", "what was done to a record is listed")
    story.look("audit-of-record", "#about")


def system(story):
    for path in ("/system", "/trust", "/sources", "/accounts"):
        story.open(path)
        story.look(path.strip("/"))


def keys(story):
    """Registered, used to sign in and to prove again; a copy of one is refused."""
    browser = story.browser
    story.open("/account/keys")
    story.look("keys-none", "form[data-key] button")
    own = browser.authenticator()
    register(story, "Khóa <USB> màu đỏ")
    story.expect("ul.files li strong", "the key is listed under its name")
    story.look("key-registered", "form[data-key] button")
    browser.type("#label", "Lần nữa")
    browser.click("form[data-key] button")
    browser.wait(f"{SAID} === document.querySelector('[data-key]').dataset.conflict")

    story.leaves()
    story.open("/sign-in?next=/inspect")
    story.signs_in("ha", story.password)
    story.expect(".notice.bad", "the password alone opens nothing")
    story.look("key-wanted", "button[type=button]", posted=True)
    with_key(story)
    arrived(story, "/inspect")
    story.open("/sign-in-again?next=/account/keys")
    token = browser.run("return document.querySelector('input[name=form]').value")
    with_key(story)
    arrived(story, "/account/keys")
    other = browser.run("return document.querySelector('input[name=form]').value")
    story.must(other != token, "the session goes on under another token")

    # A copy of it, made before it was used last, and then the key itself.
    (copy,) = browser.unplug(own)
    copied = browser.authenticator()
    browser.put(copied, copy | {"signCount": 1})
    story.leaves()
    story.open("/sign-in")
    with_key(story, "ha")
    browser.wait(f"{SAID} === document.querySelector('[data-key]').dataset.keyWentBack")
    story.look("key-copied")
    browser.unplug(copied)
    browser.put(browser.authenticator(), copy)
    story.open("/sign-in")
    with_key(story, "ha")
    arrived(story, "/")
    story.open("/account/keys")
    story.expect(".badge.bad", "the copy is told")
    story.look("key-went-back")
    story.press("ul.files li form button")
    story.expect("form[data-key]", "the key is removed")


def register(story, label):
    story.browser.type("#label", label)
    story.browser.follow("form[data-key] button", until="!!document.querySelector('ul.files li')")


def with_key(story, name=None):
    if name:
        story.browser.enter("#name", name)
    story.browser.type("#password", story.password)
    story.browser.click("button[type=button]")


def arrived(story, path):
    story.browser.wait(f"location.pathname === {path!r} && document.readyState === 'complete'")
