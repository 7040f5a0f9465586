"""A reader has no account: a reading copy is asked for at the desk, and read with a pass until it is revoked."""

CODE = "H26.10.2025.003.0000003"


def prepare(service, folder):
    pass


def tell(story):
    place, link = given_out(story)
    read(story, link)
    revoked(story, place)


def given_out(story):
    browser = story.browser
    story.becomes("binh")
    story.open(f"/records/{CODE}")
    story.press("a[href^='/requests/new']")
    reader = {"reader": "Phan Thị Độc Giả", "document": "CCCD 001099000002", "purpose": "Nghiên cứu luận văn về cải cách hành chính"}
    story.fills("/requests", wanted="reading-copy", days="7", **reader, mandate="Giấy giới thiệu 12/GGT-ĐHKHXH")
    browser.run("document.querySelector('#records').value += '\\nH26.00.0000.000.0000001'")
    story.sends("/requests")
    story.expect("[role=alert]", "a record that is not there is told")
    story.look("request-wrong", "form[action='/requests'] button", posted=True)
    browser.run("const all = document.querySelector('#records'); all.value = all.value.split('\\n')[0]")
    story.sends("/requests")
    place = story.path()
    story.becomes("dung")
    story.open(place)
    story.look("request-to-approve", "form[action$='/approve'] button")
    story.sends("/approve", reason="Đúng thẩm quyền, đúng mục đích")
    story.becomes("binh")
    story.open(place)
    story.sends("/fulfil")
    story.look("pass", posted=True)
    return place, browser.text("pre")


def read(story, link):
    browser = story.browser
    story.leaves()
    story.open("/reading")
    story.speaks()
    story.look("reading-door", "#pass")
    story.sends("/reading", **{"pass": "no-such-pass"})
    story.expect("[role=alert]", "a wrong pass opens nothing")
    story.look("reading-refused", "#pass", posted=True)
    browser.open(link)
    browser.wait("!!document.querySelector('ul.files a') && !location.hash")
    story.look("reading-copy", "ul.files a")
    story.press("ul.files a")
    story.expect("iframe.paper", "the document is shown in place")
    story.look("reading-copy-shown", "form[action='/reading/end'] button")
    story.press("form[action='/reading/end'] button")


def revoked(story, place):
    story.becomes("binh")
    story.open(place)
    story.sends("/revoke", reason="Độc giả đọc xong")
    story.look("pass-revoked")
    story.leaves()
    story.open("/reading")
    story.expect("form[data-pass]", "a revoked pass opens nothing")
