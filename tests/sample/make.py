#!/usr/bin/env python3
"""Make the sample transfer that `make demo` takes in.

    python3 -m venv /tmp/sample-venv && /tmp/sample-venv/bin/pip install pyhanko cryptography reportlab fonttools
    apt-get install fonts-dejavu-core
    /tmp/sample-venv/bin/python tests/sample/make.py

Reads content.toml beside this file and writes, beside it too: transfer/ (PDF + sidecar JSON), dossier/ (the second input
form), pki/ (two scratch CA certificates and their revocation lists) and expected.json (what an examination must find). Text, layout and dates depend
only on content.toml, SEED and the versions of the libraries; keys and signatures are new at every run, and with them the
sha256 of the signed files. Private keys are never written. Nothing here has any legal value, and every page says so.
"""
import datetime as dt
import hashlib
import io
import json
import pathlib
import random
import re
import shutil
import tomllib
from xml.sax.saxutils import escape

from fontTools import subset
from fontTools.ttLib import TTFont as Font
from reportlab import rl_config
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from signing import VIETNAM, WARNING, Pki

SEED = 2026
HERE = pathlib.Path(__file__).resolve().parent
CONTENT = tomllib.loads((HERE / "content.toml").read_text("utf-8"))
FONTS = pathlib.Path("/usr/share/fonts/truetype/dejavu")

# Deliberate case -> what becomes of the document, and the code of the finding that says so on it.
CASES = {
    "altered-after-signing": ("taken-with-warning", "signature-broken"), "marked-secret": ("refused", "secret-mark"),
    "unknown-mark": ("refused", "unknown-mark"), "duplicate": ("already-held", "already-held"),
    "wrong-digest": ("refused", "digest-mismatch"), "missing-file": ("refused", "file-missing"),
    "bad-date": ("refused", "date-unreadable"), "duplicate-identifier": ("taken-with-warning", "duplicate-identifier"),
    "unknown-type": ("taken-with-warning", "unknown-document-type"), "odd-number": ("taken-with-warning", "odd-number"),
    "title-differs": ("taken", None),  # said of the dossier, not of the document
}
# The circular's `maintenance` codes for the retention statements used here; others would be 07 (Khác).
MAINTENANCE = {"Vĩnh viễn": "01", "70 năm": "02", "50 năm": "03", "30 năm": "04", "20 năm": "05", "10 năm": "06"}
# What the altered document says before and after somebody changed it.
SUM_SIGNED, SUM_ALTERED = b"2.450.000.000", b"7.450.000.000"


# ---------------------------------------------------------------- page

def use_fonts():
    """DejaVu Serif cut to Vietnamese and without hinting, which halves it; reportlab then embeds a subset per document."""
    rl_config.invariant, rl_config.useA85, rl_config.canvas_basefontname = 1, 0, "R"
    options = subset.Options(hinting=False, layout_features=[], name_IDs=[6])
    options.drop_tables += ["FFTM"]
    for name, file in (("R", "DejaVuSerif.ttf"), ("B", "DejaVuSerif-Bold.ttf")):
        font, out = Font(FONTS / file, recalcTimestamp=False), io.BytesIO()
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=[*range(0x20, 0x7F), *range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA)])
        subsetter.subset(font)
        font.save(out)
        out.seek(0)
        pdfmetrics.registerFont(TTFont(name, out))
    pdfmetrics.registerFontFamily("R", normal="R", bold="B", italic="R", boldItalic="B")


def style(size, align=0, font="R", after=0, indent=0):
    return ParagraphStyle("s", fontName=font, fontSize=size, leading=size * 1.38, alignment=align, spaceAfter=after,
                          firstLineIndent=indent)


BODY = style(12.5, TA_JUSTIFY, after=5, indent=9 * mm)
HEADING = style(12, TA_CENTER, "B", after=5)
CENTRE, CENTRE_BOLD, TITLE, SMALL = style(9.5, TA_CENTER), style(9.5, TA_CENTER, "B"), style(13.5, TA_CENTER, "B", 3), style(9)

TOP = [("VALIGN", (0, 0), (-1, -1), "TOP")]


def para(text, kind):
    return Paragraph(escape(text).replace("\n", "<br/>"), kind)


def day_words(date):
    return f"ngày {date:%d} tháng {date:%m} năm {date.year}"


def body_lines(doc, dossier, agency, rng):
    """The paragraphs of a document: its type's layout filled with the dossier's texts."""
    def fill(text):
        text = re.sub(r"\{k\}", lambda _: str(rng.randint(4, 48)), text)
        return re.sub(r"\{m\}", lambda _: f"{rng.randint(120, 9800):,}".replace(",", "."), text)

    pool, point, lines = [], 0, []

    def following():
        nonlocal pool
        pool = pool or rng.sample(dossier["pool"], len(dossier["pool"]))
        return fill(pool.pop())

    for line in CONTENT["form"][doc["type"]]["body"]:
        if line == "{bases}":
            lines += dossier["bases"]
        elif line == "{P}":
            for _ in range(2):
                point += 1
                lines.append(f"{point}. {following()}")
        else:
            line = line.replace("{lead}", doc["lead"]).replace("{agency}", agency["name"])
            line = line.replace("{date}", day_words(dt.date.fromisoformat(doc["date"])))
            lines.append(re.sub(r"\{p\}", lambda _: following(), fill(line)))
    return lines


def make_pdf(meta, agency, unit, signer, lines, compress=True):
    """A one- or two-page document laid out as Decree 30/2020 Annex I asks; returns (bytes, pages)."""
    date = dt.date.fromisoformat(meta["issued_date"])
    subject = meta["subject"]
    letter = meta["doc_type"] == "CV"
    left = [para(agency["above"], CENTRE)] if agency["above"] else []
    left += [para(agency["letterhead"], CENTRE_BOLD), para("_______", CENTRE), para(f"Số: {meta['symbol']}", CENTRE)]
    left += [para(subject, style(9.5, TA_CENTER))] if letter else []
    left += [para(x.upper(), CENTRE_BOLD) for x in (meta["security_level"], meta["urgency"]) if x != "Thường"]
    right = [para("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", CENTRE_BOLD), para("Độc lập - Tự do - Hạnh phúc", CENTRE_BOLD),
             para("____________", CENTRE), para(f"{agency['place']}, {day_words(date)}", CENTRE)]
    story = [Table([[left, right]], [78 * mm, 92 * mm], style=TOP), Spacer(0, 5 * mm)]
    if not letter:
        story += [para(meta["doc_type_name"].upper(), TITLE), para(subject, HEADING), Spacer(0, 3 * mm)]
    story += [para(x[2:], HEADING) if x.startswith("# ") else para(x, BODY) for x in lines]
    if signer:
        copies = para(f"Nơi nhận:\n- Như trên;\n- {agency['name']} (để b/c);\n- Lưu: VT, {unit}.", SMALL)
        name, position, capacity = signer
        block = para("\n".join(x for x in (capacity, position, "\n\n", name) if x), CENTRE_BOLD)
        story[-1:] = [KeepTogether([story[-1], Spacer(0, 4 * mm), Table([[copies, block]], [85 * mm, 85 * mm], style=TOP)])]

    def edge(canvas, page):
        canvas.setFont("R", 7.5)
        canvas.drawCentredString(A4[0] / 2, 10 * mm, f"Văn bản mẫu để thử phần mềm. {WARNING}.")
        if page.page > 1:
            canvas.setFont("R", 10)
            canvas.drawCentredString(A4[0] / 2, A4[1] - 12 * mm, str(page.page))

    out = io.BytesIO()
    template = SimpleDocTemplate(out, pagesize=A4, leftMargin=26 * mm, rightMargin=14 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
                                 title=f"{meta['symbol']} {subject}", author=agency["name"], subject=WARNING, lang="vi-VN",
                                 creator="tests/sample/make.py", pageCompression=int(compress))
    template.build(story, onFirstPage=edge, onLaterPages=edge)
    return out.getvalue(), template.page


# ---------------------------------------------------------------- documents

def digest(data):
    return hashlib.sha256(data).hexdigest()


def make_document(doc, dossier, identifier, pki):
    """(PDF bytes, sidecar): the sidecar has the corpus generator's fields, in its order."""
    rng = random.Random(f"{SEED}:{identifier}")
    agency = CONTENT["agency"][dossier["agency"]]
    signer = agency["signers"][doc.get("signer", 0)]
    tail = f"{dossier['agency']}-{dossier['unit']}" if doc["type"] == "CV" else f"{doc['type']}-{dossier['agency']}"
    meta = dict(
        id=identifier, agency_code=agency["code"], agency_name=agency["name"], doc_type=doc["type"],
        doc_type_name=CONTENT["form"][doc["type"]]["name"], number=doc["number"], symbol=doc.get("symbol", f"{doc['number']}/{tail}"),
        subject=("V/v " if doc["type"] == "CV" else "Về việc ") + doc["subject"], issued_date=doc["date"],
        signer=signer[0], signer_position=signer[1], security_level=doc.get("security", "Thường"), urgency=doc.get("urgency", "Thường"),
        file_code=dossier["code"], file_title=doc.get("file_title", dossier["title"]), retention=doc.get("retention", dossier["retention"]),
        topic=dossier.get("topic", ""), keywords=dossier["keywords"], language="vi")
    altered = doc.get("case") == "altered-after-signing"
    pdf, pages = make_pdf(meta, agency, dossier["unit"], signer, body_lines(doc, dossier, agency, rng), not altered)
    if doc.get("signed"):
        pdf = pki.sign_twice(pdf, signer[:2], agency, dt.date.fromisoformat(doc["date"]))
    if altered:
        assert pdf.count(SUM_SIGNED) == 1
        pdf = pdf.replace(SUM_SIGNED, SUM_ALTERED)
    meta |= dict(pages=pages, scanned=False, has_text_layer=True, signed=bool(doc.get("signed")), size=len(pdf), sha256=digest(pdf))
    if doc.get("case") == "wrong-digest":
        meta["sha256"] = digest(b"an earlier draft")
    meta["issued_date"] = doc.get("sidecar_date", meta["issued_date"])
    return pdf, meta


def make_transfer(pki):
    """Writes transfer/ and returns what to expect of it: PDF path (missing-file: the sidecar's) -> outcome."""
    top, files = HERE / "transfer", {}
    for folder, dossier in enumerate(CONTENT["dossier"], 1):
        made = []
        for ordinal, doc in enumerate(dossier["doc"]):
            identifier = f"{folder * 1000 + ordinal:08d}"
            if "copy_of" in doc:
                pdf, meta = made[doc["copy_of"]][0], made[doc["copy_of"]][1] | {"id": identifier}
            else:
                pdf, meta = make_document(doc, dossier, identifier, pki)
            made.append((pdf, meta))
            path = top / f"{folder:03d}" / identifier
            path.parent.mkdir(parents=True, exist_ok=True)
            case = doc.get("case")
            if case != "missing-file":
                path.with_suffix(".pdf").write_bytes(pdf)
            path.with_suffix(".json").write_text(json.dumps(meta, ensure_ascii=False, indent=1), "utf-8")
            at = path.with_suffix(".json" if case == "missing-file" else ".pdf").relative_to(top)
            outcome, code = CASES[case] if case else ("taken", None)
            files[str(at)] = dict(outcome=outcome) | (dict(finding=case) if case else {}) | (dict(code=code) if code else {})
            files[str(at)] |= dict(file_code=meta["file_code"], symbol=meta["symbol"], signed=meta["signed"])
    return files


def make_folder(pki):
    """Writes dossier/: dossier.json and the record files beside it (README.md has the table of fields)."""
    top, dossier = HERE / "dossier", CONTENT["folder"]
    agency = CONTENT["agency"][dossier["agency"]]
    top.mkdir()
    records, components = [], 0

    def component(name, data, role):
        nonlocal components
        components += 1
        (top / name).write_bytes(data)
        return dict(file=name, sha256=digest(data), size=len(data), media_type="application/pdf", role=role)

    for ordinal, doc in enumerate(dossier["doc"], 1):
        pdf, meta = make_document(doc, dossier, f"folder-{ordinal}", pki)
        parts = [component(doc["file"], pdf, "original")]
        if "attachment" in doc:  # an annex in a file of its own carries the agency's signature only (Decree 30, Annex I)
            of = f"Kèm theo {meta['doc_type_name']} số {meta['symbol']} {day_words(dt.date.fromisoformat(doc['date']))}"
            annex, _ = make_pdf(meta | dict(doc_type_name="Phụ lục", subject=of), agency, dossier["unit"], None, doc["attachment_lines"])
            when = dt.datetime.combine(dt.date.fromisoformat(doc["date"]), dt.time(9, 55), VIETNAM)
            parts.append(component(doc["attachment"], pki.seal(annex, agency, when), "attachment"))
        records.append(dict(
            code_number=str(doc["number"]), code_notation=meta["symbol"].split("/", 1)[1], type_name=CONTENT["form"][doc["type"]]["code"],
            issued_date=doc["date"], organ_name=agency["name"], agency_code=agency["code"], subject=meta["subject"], language="01",
            number_of_page=meta["pages"], maintenance=MAINTENANCE[doc["retention"]], mode="01", confidence_level="01",
            security_level=meta["security_level"], keyword=dossier["keywords"], signer=meta["signer"],
            signer_position=meta["signer_position"], components=parts))
    dates = sorted(r["issued_date"] for r in records)
    whole = dict(
        file_code=dossier["code"], title=dossier["title"], agency_code=agency["code"], agency_name=agency["name"],
        maintenance=MAINTENANCE[dossier["retention"]], mode="01", language="01", start_date=dates[0], end_date=dates[-1],
        keyword=dossier["keywords"], total_doc=len(records), number_of_page=sum(r["number_of_page"] for r in records),
        confidence_level="01", description=dossier["description"], records=records)
    (top / "dossier.json").write_text(json.dumps(whole, ensure_ascii=False, indent=1), "utf-8")
    return dict(outcome="taken", file_code=dossier["code"], records=len(records), components=components)


def dossier_findings():
    """Dossier code -> codes of what its taken documents disagree on."""
    def codes(dossier):
        for code, key in (("title-differs", "file_title"), ("period-differs", "retention")):
            if any(key in doc for doc in dossier["doc"]):
                yield code
    return {d["code"]: found for d in CONTENT["dossier"] if (found := list(codes(d)))}


def count(values):
    return {v: values.count(v) for v in sorted(set(values))}


def main():
    for name in ("transfer", "dossier", "pki"):
        shutil.rmtree(HERE / name, ignore_errors=True)
    use_fonts()
    pki = Pki()
    files, folder = make_transfer(pki), make_folder(pki)
    (HERE / "pki").mkdir()
    for name, file in (pki.ca_pems() | pki.crls()).items():
        (HERE / "pki" / name).write_bytes(file)
    rows = list(files.values())
    outcomes = count([r["outcome"] for r in rows])
    totals = dict(
        documents=len(rows), dossiers=len({r["file_code"] for r in rows}), signed=sum(r["signed"] for r in rows), **outcomes,
        accessioned=outcomes["taken"] + outcomes["taken-with-warning"], findings=count([r["finding"] for r in rows if "finding" in r]),
        documents_by_dossier=count([r["file_code"] for r in rows]))
    expected = dict(transfer=dict(totals=totals, dossiers=dossier_findings(), files=files), dossier=folder)
    (HERE / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(json.dumps(totals, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
