#!/usr/bin/env python3
"""What other programs see in a generated document (used by paper.sh).

    paper.py text FILE.pdf             pdftotext: NFC, the state's name and motto whole, page numbers from page 2
    paper.py sign FILE.pdf SIGNED.pdf  pyHanko: a person, then the agency; the scratch root goes to SIGNED.pdf.pem,
                                         its revocation lists to SIGNED.pdf.evidence/
"""
import pathlib
import subprocess
import sys
import unicodedata

sys.path.insert(0, str(pathlib.Path(__file__).parent / "sample"))


def text(path):
    read = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()
    assert unicodedata.is_normalized("NFC", read), "not NFC"
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "SỞ NỘI VỤ"):
        assert words in read, f"{words} is not in the text"
    assert "\ufffd" not in read and "[U+" not in read, "a character was lost"
    pages = read.split("\f")[:-1]
    for number, page in enumerate(pages[1:], 2):
        assert page.split()[0] == str(number), f"page {number} begins with {page.split()[0]}"
    print("text      ", pathlib.Path(path).name, len(pages), "pages")


def sign(path, signed_path):
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import NameOID
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from signing import Pki
    import io

    pki, original = Pki(), pathlib.Path(path).read_bytes()
    signed = original
    steps = [("Hoàng Ỷ Lan", [(NameOID.TITLE, "Phó Giám đốc")]),
             ("Sở Nội vụ", [(NameOID.ORGANIZATION_IDENTIFIER, "VN-TEST")])]
    for number, (name, whose) in enumerate(steps, 1):
        writer = IncrementalPdfFileWriter(io.BytesIO(signed))
        # Without a picture: pyHanko's own is text in a font that it does not embed, and the file would be PDF/A no
        # more.
        field = fields.SigFieldSpec(f"Signature{number}")
        meta = signers.PdfSignatureMetadata(field_name=f"Signature{number}", md_algorithm="sha256",
                                            subfilter=fields.SigSeedSubFilter.PADES)
        out = signers.PdfSigner(meta, pki.signer(name, whose), new_field_spec=field).sign_pdf(writer)
        signed = out.getvalue()
    assert signed.startswith(original) and len(signed) > len(original), "the original is not the first revision"
    pathlib.Path(signed_path).write_bytes(signed)
    evidence = pathlib.Path(signed_path + ".evidence")
    evidence.mkdir(exist_ok=True)
    for name, crl in pki.crls().items():
        (evidence / name).write_bytes(crl)
    pathlib.Path(signed_path + ".pem").write_bytes(pki.root[1].public_bytes(Encoding.PEM))
    print("signed    ", pathlib.Path(signed_path).name, len(signed) - len(original), "bytes added")


if __name__ == "__main__":
    {"text": text, "sign": sign}[sys.argv[1]](*sys.argv[2:])
