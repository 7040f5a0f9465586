"""A transferring officer hands a transfer over, is told of an error, corrects it and submits; an archivist returns it, and
accepts it in the end; the officer follows all of it and fetches minutes and receipts."""

import samples

DOSSIERS = {"vi": "H26.10.2024.901", "en": "H26.10.2024.902"}


def prepare(service, folder):
    pass


def tell(story):
    begin(story)
    hand_over(story)
    place = story.path()
    correct(story)
    receive(story, place)
    ended(story, place)


def begin(story):
    story.open("/sign-in")
    story.speaks()
    story.look("sign-in", "#name")
    story.signs_in("chau", "không phải mật khẩu này")
    story.expect("[role=alert]", "a wrong password opens nothing")
    story.look("sign-in-refused", "#password", posted=True)
    story.becomes("chau")
    story.look("home", "a[href='/transfers#new']")
    story.press("a[href='/transfers#new']")
    story.look("transfers", "form[action='/transfers'] button")
    story.sends("/transfers", agency="H26.33", title="Của đơn vị khác")
    story.expect("[role=alert]", "another agency's transfer is refused")
    story.look("transfer-of-another", posted=True)
    story.sends("/transfers", agency="H26.10", title=f"Hồ sơ năm 2024, đợt {story.number()}")
    story.look("transfer-begun", "#file")


def hand_over(story):
    """A folder with a document that is whole and one that is not what its sidecar says: dragged, or chosen."""
    browser, dossier, folder = story.browser, DOSSIERS[story.language], story.work / "ho-so"
    samples.document(folder, 0, dossier, "Hồ sơ giao nộp thử")
    samples.document(folder, 1, dossier, "Hồ sơ giao nộp thử", sha256="0" * 64)
    browser.run("window.before = true")
    if story.language == "vi":
        browser.drop("form[data-tus]", folder)
    else:
        browser.type("#folder", str(folder))
        browser.click("form[data-tus] button")
    browser.arrive("document.querySelectorAll('.files .path').length === 4")
    story.look("transfer-handed-over", "form[action$='/examine'] button")
    story.sends("/examine")
    story.expect(".found[open] .reasons .code", "an error is told with its place")
    story.look("transfer-findings", "#file")


def correct(story):
    """The sidecar of the second is put right, and handed over in the place of the wrong one."""
    browser = story.browser
    right = samples.document(story.work / "dung", 1, DOSSIERS[story.language], "Hồ sơ giao nộp thử")
    take_out(story, "ho-so/van-ban-1.json")
    browser.run("window.before = true")
    browser.type("#file", "\n".join(map(str, right)))
    browser.click("form[data-tus] button")
    browser.arrive("document.querySelectorAll('.files .path').length === 5")
    take_out(story, "ho-so/van-ban-1.pdf")
    story.sends("/examine")
    story.expect("form[action$='/submit']", "without errors it may be submitted")
    story.look("transfer-good", "form[action$='/submit'] button")
    story.sends("/submit")
    story.look("transfer-submitted")


def take_out(story, path):
    """Takes a file out of the transfer."""
    mark = """for (const one of document.querySelectorAll("form[action$='/remove-file']"))
        if (one.elements.path.value === arguments[0]) one.querySelector('button').id = 'taken-out'"""
    story.browser.run(mark, path)
    story.press("#taken-out")


def receive(story, place):
    story.becomes("binh")
    story.look("archivist-home", "a[href='/transfers']")
    story.press("main a[href='/transfers'], header a[href='/transfers']")
    story.look("archivist-queue", f"a[href='{place}']")
    story.press(f"a[href='{place}']")
    story.look("transfer-to-receive", "form[action$='/accept'] button")
    story.sends("/return", reason="Thiếu mục lục hồ sơ.\nĐề nghị bổ sung.")
    story.becomes("chau")
    story.open(place)
    story.expect(".notice.bad .lines", "the officer reads why it was returned")
    story.look("transfer-returned", "form[action$='/submit'] button")
    story.sends("/submit")
    story.becomes("binh")
    story.open(place)
    story.sends("/accept")
    story.until("a[href$='/receipt']")
    story.look("transfer-accepted", "a[href$='/minutes']")


def ended(story, place):
    story.becomes("chau")
    story.open(place)
    story.has_file("a[href$='/minutes']", "PDF", "the minutes are a PDF")
    story.has_file("a[href$='/receipts']", "ZIP", "the receipts are a ZIP file")
    story.has_file("a[href$='/receipt']", "receipt", "each document has its receipt")
    minutes = samples.signed(story.work / "bien-ban.pdf", story.file("a[href$='/minutes']"), "Lê Minh Châu")
    story.sends("/minutes", document=minutes, unsigned="Chứng thư chưa được kho tin cậy")
    story.expect("a[href*='/minutes/']", "the signed minutes are filed")
    story.look("transfer-ended", "a[href$='/receipts']")
    story.press("header a[href='/transfers']")
    story.look("transfers-ended", f"a[href='{place}']")
