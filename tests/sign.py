#!/usr/bin/env python3
"""Signs a PDF for tests and the demo: worth nothing, trusted by nobody.

    tests/sign.py trust FOLDER            writes root.pem and root.crl (nobody is revoked): what to judge the signatures by
    tests/sign.py sign FILE SIGNED NAME   a PAdES signature of a person of that name, in an incremental update

Python's standard library is enough. Keys follow from their labels (tests/fixtures/forge), so anybody can make them again.
The file must have one classic table of references, as the archive's own documents have. The signature field has no
picture: the page shows what it showed.
"""
import datetime as dt
import hashlib
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "fixtures"))
from forge import cms, pki  # noqa: E402

WARNING = "TEST - không có giá trị pháp lý"
SINCE, UNTIL = "2014-01-01", "2044-01-01"
HOLE = 8192


def root():
    return pki.issue("documents-root", [("C", "VN"), ("O", WARNING), ("CN", "Gốc của văn bản (TEST)")], None, SINCE, UNTIL,
                     **pki.CA)


def trust(folder):
    folder, authority = pathlib.Path(folder), root()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "root.pem").write_text(pki.pem(authority.der))
    (folder / "root.crl").write_bytes(pki.crl(authority, SINCE, UNTIL))


def last(pattern, data):
    found = re.findall(pattern, data)
    assert found, f"no {pattern}"
    return found[-1]


def body_of(data, number):
    """The newest body of an object that is no stream."""
    return last(rb"(?:^|\n)%d 0 obj\s*(<<.*?>>)\s*endobj" % number, data)


def revised(data, objects):
    """The file with a revision behind it."""
    previous = int(last(rb"startxref\s+(\d+)\s+%%EOF", data))
    trailer = last(rb"(?s)trailer\s*<<(.*?)>>\s*startxref", data)
    out, offsets = bytearray(data if data.endswith(b"\n") else data + b"\n"), {}
    for number, body in sorted(objects.items()):
        offsets[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n" + b"".join(b"%d 1\n%010d 00000 n\r\n" % (number, at) for number, at in sorted(offsets.items()))
    size = max(int(last(rb"/Size (\d+)", trailer)), max(objects) + 1)
    trailer = re.sub(rb"/Prev \d+", b"", re.sub(rb"/Size \d+", b"/Size %d" % size, trailer))
    return bytes(out) + b"trailer\n<<" + trailer + b"/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (previous, start)


def sign(path, signed_path, name):
    data = pathlib.Path(path).read_bytes()
    trailer = last(rb"(?s)trailer\s*<<(.*?)>>\s*startxref", data)
    catalog, size = int(last(rb"/Root (\d+) 0 R", trailer)), int(last(rb"/Size (\d+)", trailer))
    page = int(re.search(rb"(\d+) 0 obj\s*<</Type/Page/", data)[1])
    value, widget = size, size + 1
    hole = b"<" + b"0" * (2 * HOLE) + b">"
    now = dt.datetime.now(dt.timezone.utc)
    objects = {
        value: b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:%s)/ByteRange%s/Contents%s>>" %
               (now.strftime("%Y%m%d%H%M%SZ").encode(), b" " * 50, hole),
        widget: b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature%d)/V %d 0 R/P %d 0 R/F 132/Rect[0 0 0 0]>>" %
                (value, value, page),
        page: body_of(data, page)[:-2] + b"/Annots[%d 0 R]>>" % widget,
        catalog: body_of(data, catalog)[:-2] + b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>>>" % widget
    }
    assert b"/Annots" not in body_of(data, page) and b"/AcroForm" not in body_of(data, catalog), "signed already"
    whole = bytearray(revised(data, objects))
    begin = whole.rindex(hole)
    end = begin + len(hole)
    ranged = whole.rindex(b"/ByteRange" + b" " * 50) + len(b"/ByteRange")
    whole[ranged:ranged + 50] = (b"[0 %d %d %d]" % (begin, end, len(whole) - end)).ljust(50)
    person = pki.issue(f"documents/{hashlib.sha256(name.encode()).hexdigest()[:16]}",
                       [("C", "VN"), ("O", WARNING), ("T", "Người ký thử nghiệm"), ("CN", name)], root(), SINCE, UNTIL)
    made = cms.signed_data(cms.Signing(person), bytes(whole[:begin] + whole[end:]))
    assert len(made) <= HOLE
    whole[begin:end] = b"<" + made.hex().encode().ljust(2 * HOLE, b"0") + b">"
    assert whole.startswith(data)
    pathlib.Path(signed_path).write_bytes(whole)


if __name__ == "__main__":
    {"trust": trust, "sign": sign}[sys.argv[1]](*sys.argv[2:])
