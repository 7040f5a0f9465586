"""An archivist searches, narrows and saves a search; opens a record with its document in place, describes it; browses fonds
and dossiers; keeps periods and holds; answers a request with certified copies; and reads the reports."""

CODE = "H26.10.2025.003.0000003"
BROKEN = "H26.10.2022.023.0000002"


def prepare(service, folder):
    """Without a name of the archive no copy is made."""
    name = ("Lưu trữ Sở Nội vụ tỉnh Hà Giang", "--place", "Hà Giang", "--reason", "6/QĐ-SNV")
    service.run("retention", "archive-name", *name)


def tell(story):
    story.becomes("binh")
    search(story)
    record(story)
    browse(story)
    periods(story)
    holds(story)
    request(story)
    report(story)
    own(story)


def search(story):
    browser = story.browser
    story.open("/")
    browser.type("#words", "mua sắm")
    story.press("form[action='/search'] button")
    story.expect(".hits a", "something is found")
    story.look("search", ".hits a")
    story.press(".facet a")
    story.expect(".facet a[aria-current]", "a facet is chosen")
    story.look("search-narrowed", ".facet a[aria-current]")
    story.sends("/searches", name=f"Mua sắm {story.language}")
    story.look("searches", ".saved h2 a")
    story.sends("/rename", name=f"Mua sắm thiết bị {story.language}")
    story.press(".saved h2 a")
    story.expect(".facet a[aria-current]", "a saved search is what it was")
    story.open("/search?words=khong+co+gi+ca")
    story.look("search-empty", "#words")
    story.open("/searches")
    story.press("form[action$='/delete'] button")
    story.look("searches-none")
    story.open("/nowhere")
    story.look("nowhere", "main a.button")


def record(story):
    browser = story.browser
    story.open("/search?words=mua+s%E1%BA%AFm")
    story.press(".hits a")
    story.expect(".hits a, h1", "a record is opened")
    story.open(f"/records/{CODE}")
    height = browser.run("return document.querySelector('iframe.paper')?.offsetHeight")
    story.must(height and height > 300, "the document is shown in place")
    story.has_file("ul.files a", "PDF", "the document is a PDF")
    story.look("record", "a[href^='/requests/new']")
    story.sends("/description", keyword="mua sắm\nthiết bị", reason="Bổ sung từ khóa")
    story.expect("#history ~ *, .line li", "the amendment is in the history")
    story.look("record-described")
    story.open(f"/records/{BROKEN}")
    story.expect(".notice.bad", "a broken signature is told")
    story.look("record-broken", "ul.files a")
    story.sends("/check")
    story.expect(".notice.good[role=status]", "every byte is checked")
    story.look("record-checked", posted=True)


def browse(story):
    story.press("header a[href='/fonds']")
    story.look("fonds", "th a")
    story.press("a[href='/fonds/H26.10']")
    story.look("fonds-one", "th a")
    story.press("a[href='/fonds/H26.10?year=2022']")
    story.look("fonds-year", ".hits a")
    story.press(".hits a")
    story.look("dossier", ".hits a")


def periods(story):
    story.press("a[href$='/retention']")
    story.look("dossier-periods", "#assign summary")
    story.sends("#event", kind="settled", on="2022-12-31", reason="Quyết toán xong")
    story.look("dossier-event")
    story.open(f"/records/{CODE}/retention")
    story.look("record-periods", "#assign summary")
    story.open("/disposal")
    story.press("a[href='/retention']")
    story.look("due", "form[action='/retention'] button")
    story.press("form[action='/retention'] button")
    story.open("/retention?evaluate=yes&within=240")
    story.look("due-evaluated")


def holds(story):
    reason = f"Thanh tra năm 2026, đợt {story.number()}"
    story.open("/holds")
    story.sends("/holds", records="H26.10.2025.003.0000099", reason=reason, mandate="12/QĐ-TTr")
    story.expect("[role=alert]", "a record that is not there is not held")
    story.look("hold-refused", posted=True)
    story.sends("/holds", records=CODE, reason=reason, mandate="12/QĐ-TTr")
    story.expect(".badge.doubt", "the hold is in force")
    story.look("holds", "form[action='/holds'] button")
    story.open(f"/records/{CODE}")
    story.look("record-held")
    story.becomes("ngoc")
    story.open("/holds")
    story.sends("/release", reason="Thanh tra kết thúc")
    story.look("hold-released")


def request(story):
    """A certified copy: received by one, approved by another, its certificate handed in, closed."""
    story.becomes("binh")
    story.open("/requests")
    story.look("requests", "a[href='/requests/new']")
    story.press("a[href='/requests/new']")
    story.look("request-new", "#wanted")
    reader = {"reader": "Nguyễn Thị Độc Giả", "document": "CCCD 001099000001", "purpose": "Bổ sung hồ sơ xin việc"}
    copies = {"wanted": "certified-copy", "records": CODE, "copies": "2", "use_until": "2027-12-31"}
    story.sends("/requests", **copies, **reader, mandate="Đơn đề nghị")
    place = story.path()
    story.look("request-received")
    story.becomes("dung")
    story.open("/requests")
    story.look("requests-waiting", f"a[href='{place}']")
    story.press(f"a[href='{place}']")
    story.look("request-to-approve", "form[action$='/approve'] button")
    story.sends("/approve", reason="Đúng thẩm quyền, đúng mục đích")
    story.becomes("binh")
    story.open(place)
    story.sends("/fulfil")
    story.has_file("a[href$='/certificate']", "PDF", "the certificate is a PDF")
    signed = story.work / "chung-nhan.pdf"
    signed.write_bytes(b"%PDF-1.7 certificate")
    story.sends("/certificate", document=signed, unsigned="Ký trên giấy")
    story.has_file("a[href$='/copies/1']", "ZIP", "the copy is a ZIP file, once its certificate is there")
    story.look("request-fulfilled")
    story.sends("/close", reason="Đã trả đủ bản sao")
    story.look("request-closed")
    story.open("/requests?state=closed")
    story.look("requests-closed", f"a[href='{place}']")


def report(story):
    story.press("header a[href='/reports']")
    links = story.browser.run("return [...document.querySelectorAll('.tabs a')].map((one) => one.getAttribute('href'))")
    for link in links:
        story.open(link)
        story.look("report-" + link.split("/")[-1].split("?")[0], ".tabs a[aria-current]")
    story.open(links[0])
    story.has_file("a[href*='xlsx']", "ZIP", "a report is an XLSX file, too")


def own(story):
    story.press("header a[href='/account']")
    story.look("account", "form[action='/account/password'] button")
    story.press("a[href='/account/tokens']")
    story.look("tokens", "form[action='/account/tokens'] button")
    story.fills("/account/tokens", label=f"Hệ thống một cửa {story.language}", days="30")
    story.browser.click("form[action='/account/tokens'] fieldset input")
    story.press("form[action='/account/tokens'] button")
    story.expect("pre", "the token is shown once")
    story.look("token-made", posted=True)
    story.open("/account/tokens")
    story.press("form[action$='/revoke'] button")
    story.open("/account/second-factor")
    story.look("second-factor", "form[action='/account/second-factor'] button")
    story.sends("/account/second-factor")
    story.look("second-factor-begun", "#code", posted=True)
