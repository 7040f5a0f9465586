"""A disposal case: an archivist proposes, the deciding authority appoints a council, the council votes and keeps one record, the
authority reads list, reasons and risks and decides after proving again who they are; another archivist executes."""

import samples

DOSSIERS = {"vi": "H26.10.2015.901", "en": "H26.10.2015.902"}
UNSIGNED = "Ký trên giấy"


def prepare(service, folder):
    """A dossier for each language, whose period of five years has ended."""
    due = folder / "story" / "due"
    for dossier in DOSSIERS.values():
        for number in range(3):
            samples.document(due / dossier, number, dossier, "Hồ sơ hội nghị năm 2015", retention="5 năm")
        service.run("ingest", str(due / dossier), expect=(0, 1))
        service.run("retention", "assign", dossier, "--rule", "DEMO/HN.1", "--reason", "Bảng mẫu")


def tell(story):
    place = proposed(story)
    appointed(story, place)
    voted(story, place)
    decided(story, place)
    executed(story, place)
    refused(story)


def document(story, name):
    path = story.work / f"{name}.pdf"
    path.write_bytes(b"%PDF-1.7 " + name.encode())
    return path


def proposed(story):
    story.becomes("binh")
    story.press("header a[href='/disposal']")
    story.look("cases", "form[action='/disposal'] button")
    story.sends("/disposal", subject=f"Hồ sơ hội nghị năm 2015 hết thời hạn, đợt {story.number()}")
    story.look("draft-empty", "#act-add, #add-record")
    story.sends("#form-add", record="H26.10.2025.003")
    story.expect("[role=alert]", "what is not due is not listed")
    story.look("draft-refused", posted=True)
    story.sends("#form-add", record=DOSSIERS[story.language])
    story.look("draft", "#submit-document")
    place = story.path()
    story.sends("#form-submit", document=document(story, "danh-muc"), unsigned=UNSIGNED)
    story.look("submitted")
    return place


def appointed(story, place):
    story.becomes("dung")
    story.look("authority-home", f"a[href='{place}'], a[href='/disposal']")
    story.open("/disposal")
    story.look("cases-mine", f"a[href='{place}']")
    story.press(f"a[href='{place}']")
    story.look("to-appoint", "#appoint-chair")
    seats = {"chair": "mai", "secretary": "binh", "member": "son"}
    story.sends("#form-appoint", **seats, document=document(story, "thanh-lap"), unsigned=UNSIGNED)


def voted(story, place):
    """Two of the council keep the same record off."""
    for member in ("mai", "son"):
        story.becomes(member)
        if member == "mai":
            story.look("member-home")
        story.open(place)
        story.look(f"to-vote-{member}", "#form-vote button")
        story.browser.click("input[name=keep][form='form-vote']")
        story.sends("#form-vote", reason="Còn giá trị tham khảo")
        story.must(story.path() == place, f"the vote of {member} is taken")
    story.becomes("mai")
    story.open(place)
    story.look("council-to-close", "#close-council-document")
    story.sends("#form-close-council", document=document(story, "bien-ban-hop"), unsigned=UNSIGNED)
    story.becomes("ngoc")
    story.open(place)
    story.look("to-give-opinion", "#opinion-document")
    story.sends("#form-opinion", document=document(story, "tham-tra"), unsigned=UNSIGNED)


def decided(story, place):
    story.becomes("dung")
    story.open(f"/sign-in-again?next={place}")
    story.look("sign-in-again", "#password")
    story.browser.type("#password", "không phải mật khẩu này")
    story.press("form[action='/sign-in-again'] button:not([type=button])")
    story.expect("[role=alert]", "a wrong password proves nothing")
    story.proves()
    story.must(story.path() == place, "who proved again goes on where they were")
    story.expect("#list ~ ol li", "the list is read before it is decided")
    story.expect(".notice.doubt", "the risks are told")
    story.look("to-decide", "#decide-document")
    story.sends("#form-decide", document=document(story, "quyet-dinh"), unsigned=UNSIGNED)
    story.must(story.path() == place, "the decision is taken")
    story.look("decided")


def executed(story, place):
    story.becomes("phuc")
    story.open(place)
    story.sends("#form-start")
    story.look("executing", "#form-execute button")
    story.press("a[href$='/foresight']")
    story.expect("ul.files li", "what would become of each record is foreseen")
    story.look("foresight", "ul.files a")
    story.open(place)
    story.sends("#form-execute")
    story.until("#form-minutes")
    story.look("executed", "#minutes-witness")
    story.sends("#form-minutes", witness="ngoc", document=document(story, "bien-ban-huy"), unsigned=UNSIGNED)
    story.becomes("binh")
    story.open(place)
    story.sends("#form-certify", document=document(story, "giay-chung-nhan"), unsigned=UNSIGNED)
    story.sends("#form-keep")
    story.look("kept")
    gone = "const all = [...document.querySelectorAll('#list ~ ol li')]; return all.find((one) => one.querySelector('.badge.bad')).querySelector('a').pathname"
    story.open(story.browser.run(gone))
    story.look("tombstone")


def refused(story):
    """A form of a page that was shown before somebody else signed in."""
    story.becomes("binh")
    story.open("/disposal")
    story.browser.run("document.querySelector(\"form[action='/disposal'] [name=form]\").value = 'AAAA'")
    story.sends("/disposal", subject="Không của phiên này")
    story.look("stale-form", "main a.button", posted=True)
