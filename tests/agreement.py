#!/usr/bin/env python3
"""Compares this program's answers with other validators', question by question, and writes the table of agreements.

    CHAUBAN=PROGRAM VENV/bin/python tests/differential.py ask cases.jsonl --cases tests/fixtures/verdicts/cases.json
    tests/agreement.py tests/agreement.md "twenty cases=cases.jsonl" "attacks=attacks.jsonl" ...

Tools ask less than we do, so each is compared with our answer to its own question: `openssl`, `pdfsig` and `xmlsec1`
with whether digest and value hold; `pyhanko-diff` with that and whether later changes are harmless; `pyhanko` with
whether every signature is TOTAL-PASSED. Every disagreement needs a reason from the table below, told by the tool, by
who refuses, by the tool's words and by ours; the first that fits counts. Exit status 1 if one has none.
"""
import collections
import json
import re
import sys
from pathlib import Path

HARMLESS = {"as-signed", "evidence-added", "filled-and-signed", "partly-signed"}
WE, THEY = "we refuse", "they refuse"

# Tool, who refuses, what the tool says, what we say, why.
REASONS = [
    ("pyhanko", WE, "^PASSED/OK$", "why=FORMAT_FAILURE",
     "It takes a signing time that is signed twice (RFC 5652 §11.3 allows one; OpenSSL refuses it, row 20)."),
    ("openssl", WE, "verified", "why=SIG_CRYPTO_FAILURE",
     "It does not compare the algorithms with those that the signer protected by an attribute (RFC 6211, row 20)."),
    ("openssl|pdfsig|pyhanko", WE, "", "why=FORMAT_FAILURE",
     "They take whatever two stretches /ByteRange names. A range that does not begin at 0, leaves a hole, overlaps, or "
     "is wider than the value covers no document (row 5); PAdES asks for one signer (row 20)."),
    ("xmlsec1", WE, "", "why=SIGNED_DATA_NOT_FOUND",
     "It checks digests and not what they are of: signed properties that are another signature's, or nothing but "
     "properties, are OK to it (row 17)."),
    ("xmlsec1", THEY, "", "integrity=holds",
     "The signer's certificate is among the unsigned properties only: it knows KeyInfo alone (row 17)."),
    ("pyhanko-diff", WE, "FORM_FILLING|LTA_UPDATES", "shown=.*changed-later",
     "It looks at which keys came. That a field covers the page, is no widget but a shape that is drawn over it, or has a "
     "rectangle that readers take differently, hides what was signed all the same."),
    ("pyhanko|pyhanko-diff", THEY, "InvalidOperation", "",
     "It reads nothing where a number can't be read. We judge the signatures, and say that the document was changed."),
    ("pyhanko-diff", WE, "ENTIRE_REVISION", "shown=.*changed-later",
     "It follows the last cross-reference section alone. Bytes behind a signed revision that no section explains are "
     "none to it; we say that they are there (row 9)."),
    ("pyhanko", WE, "PASSED", "why=CHAIN_CONSTRAINTS_FAILURE",
     "Its default does not ask for digitalSignature or nonRepudiation; a key for encipherment alone signs no document "
     "(row 14)."),
    ("pyhanko", WE, "PASSED", "why=NOT_YET_VALID",
     "A time-stamp older than the signer's certificate proves that the signature was there before the certificate was "
     "valid (row 18)."),
    ("pyhanko", WE, "PASSED", "why=REVOKED_NO_POE",
     "It does not read invalidityDate: the key was abused before the time-stamp (row 3)."),
    ("pyhanko", WE, "PASSED", "why=TIMESTAMP_ORDER_FAILURE",
     "It does not compare a content time-stamp with the signature's (row 18)."),
    ("pyhanko", WE, "PASSED", "why=TRY_LATER",
     "It takes a list that is older than the signature for fresh enough; EN 319 102-1 asks for one issued after "
     "(row 15)."),
    ("openssl", THEY, "Verify error", "integrity=holds",
     "Digest and value hold for both; it refuses the certificate or its path at the given time without regard to "
     "time-stamps. Our verdict on the path is another question, compared with pyHanko's."),
    ("openssl", THEY, "content verify error", "found=.*damaged",
     "The test finds values by their text, also those in parts of the file that no longer count; one of them does "
     "not hold. We judge what the field leads to, and say that the file is damaged."),
    ("openssl|pdfsig|pyhanko|pyhanko-diff", THEY, "verification failure|Unknown Validation Failure|SIG_CRYPTO_FAILURE|"
     "valid False", "integrity=holds",
     "ECDSA values as two plain numbers (BSI TR-03111 plain format) are unknown to them; the value holds (row 20)."),
    ("pdfsig", THEY, "not yet been verified", "",
     "It does not implement document time-stamps (ETSI.RFC3161) and says so."),
    ("openssl|pdfsig|pyhanko-diff", THEY, "content verify error|Digest Mismatch|intact False", "shown=as-signed",
     "The SHA-1 of the covered bytes stands inside a value that is said to be detached, as old signers wrote it "
     "(ISO 32000-1 12.8.3.3.1): they compare one of the two ways in which it may be bound, we both (row 20)."),
    ("pyhanko|pyhanko-diff", THEY, "no signature found", "shown=as-signed",
     "It does not read the SubFilter adbe.pkcs7.sha1 (row 20)."),
    ("pdfsig|pyhanko", THEY, "no signature found", "",
     "A later revision took the field away. They look at the last revision alone; we find the signature in its own, "
     "and say that the document was changed."),
    ("pyhanko", THEY, "startxref|invalid literal|authenticate|KeyError", "shown=.*changed-later",
     "The last revision is broken or encrypted, and it reads nothing then. We judge the signature over its own "
     "revision, and say that the document was changed (row 9)."),
    ("pyhanko", THEY, "SIG_CONSTRAINTS_FAILURE", "",
     "It asks for a signature time-stamp in this process. B-level signatures pass the basic process of EN 319 102-1 "
     "§5.3; that no time is proven is a note."),
    ("pyhanko", THEY, "CRYPTO_CONSTRAINTS_FAILURE|NO_POE", "passed=yes",
     "Its default policy has weak algorithms without dates, and judges evidence as of now. By the catalogue's dates "
     "the algorithms or the evidence were good at the proven time (rows 12, 13, 15)."),
    ("pyhanko", THEY, "HASH_FAILURE|CHAIN_CONSTRAINTS_FAILURE", "passed=yes",
     "A time-stamp that is not over this signature, or by a certificate for something else, condemns the signature for "
     "it. We drop the time-stamp and judge without it (row 18)."),
    ("pyhanko", THEY, "FORMAT_FAILURE", "passed=yes",
     "An eContent inside a detached value, empty or the digest of what is covered: it takes it for content, we note it "
     "(row 20)."),
    ("pyhanko|pyhanko-diff", THEY, "math domain error|ASN.1 parsing error|exactly one entry", "",
     "It cannot read an RSA modulus written as a negative number, or several signers in one CMS; both are met in real "
     "documents (row 20)."),
    ("pyhanko-diff", THEY, "NO_SIGNING_CERTIFICATE_FOUND", "integrity=holds",
     "A signed attribute names another certificate. We say so as the verdict on the signature; digest and value, which "
     "are compared here, hold (row 16)."),
]

# Of the files that EU DSS keeps for its own tests, those of which its tests say that digest or value do not hold, and we
# that they do: file, why.
DSS = [
    ("Signature-C-DE_CRY-4.p7m", "The attributes are not in DER order, and were signed as they are written. OpenSSL "
     "verifies them; we note it (row 20)."),
    ("C-E-ERS-basic-invalid-sig.p7m", "The algorithms that the signer protected (RFC 6211) are those named, but for a "
     "default of RSA-PSS that only one of the two writes out. It compares bytes, OpenSSL nothing, we what they say (row "
     "20x)."),
]


def our(row):
    return dict(part.split("=", 1) for part in row["text"].split(" "))


def accepted(tool, ours):
    """Our answer to a tool's question."""
    if tool == "pyhanko":
        return ours["passed"] == "yes"
    holds = ours["integrity"] == "holds"
    return holds and (tool != "pyhanko-diff" or set(ours["shown"].split("+")) <= HARMLESS)


def comparable(row):
    return not (row["tool"] in ("openssl", "xmlsec1") and row["text"] == "no signature found")


def reason(tool, who, row, ours):
    for number, (tools, refuses, said, we, _) in enumerate(REASONS):
        words = re.search(said, row["text"]) and re.search(we, ours["text"])
        if re.fullmatch(tools, tool) and refuses == who and words:
            return number
    return None


def compare(file):
    """Counts for each tool, and the disagreements: (tool, who refuses, reason, identifier)."""
    rows = [json.loads(line) for name in file.split(",") for line in open(name, encoding="utf-8")]
    ours = {row["id"]: row for row in rows if row["tool"] == "chauban"}
    counts, apart = collections.defaultdict(collections.Counter), []
    for row in rows:
        tool, mine = row["tool"], ours.get(row["id"])
        if tool == "chauban":
            continue
        if mine is None or "passed=" not in mine["text"] or not comparable(row):
            counts[tool]["not comparable"] += 1
            continue
        we, they = accepted(tool, our(mine)), row["verdict"] == "good"
        which = "agree" if we == they else THEY if we else WE
        counts[tool][which] += 1
        if we != they:
            apart.append((tool, which, reason(tool, which, row, mine), row["id"]))
    outcomes = collections.Counter(our(row)["outcome"] for row in ours.values() if "passed=" in row["text"])
    return counts, apart, outcomes


def main():
    out, suites = Path(sys.argv[1]), [argument.split("=", 1) for argument in sys.argv[2:]]
    lines = ["# Agreement with other validators", "", "Made by `agreement.py` out of what `differential.py` was told; "
             "see there what is compared with what. Rows are those of the twenty tricky cases "
             "(`fixtures/verdicts`).", "", "| suite | tool | questions | agree | we refuse, they accept | they refuse, "
             "we accept | not comparable |", "|---|---|---:|---:|---:|---:|---:|"]
    told, unexplained, decided = collections.defaultdict(list), [], []
    for name, file in suites:
        counts, apart, outcomes = compare(file)
        for tool, row in sorted(counts.items()):
            cells = [sum(row.values()), row["agree"], row[WE], row[THEY], row["not comparable"]]
            lines.append(f"| {name} | {tool} | " + " | ".join(map(str, cells)) + " |")
        for tool, who, number, identifier in apart:
            if number is None:
                unexplained.append(f"{name}: {identifier}: {tool}: {who}")
            else:
                told[number].append((name, tool, identifier))
        total = sum(outcomes.values())
        decided.append(f"| {name} | {total} | " + " | ".join(
            str(outcomes[o]) for o in ("accept", "accept-with-notes", "review", "return")) + " |")
    lines += ["", "What we decided about the files:", "", "| suite | files | accept | with notes | review | return |",
              "|---|---:|---:|---:|---:|---:|", *decided, "", "## Reasons for disagreements", "",
              "| who | tools | cases | example | why |", "|---|---|---:|---|---|"]
    for number, found in sorted(told.items()):
        tools = ", ".join(sorted({tool for _, tool, _ in found}))
        lines.append(f"| {REASONS[number][1]} | {tools} | {len(found)} | {found[0][2]} ({found[0][0]}) | "
                     f"{REASONS[number][4]} |")
    lines += ["", "## Files of EU DSS", "", "It was not run: its tests say what it finds. Of 1,032 signed files among them "
              "295 are named there by path; these are the ones that it refuses for their digest or value, and "
              "we do not.", "", "| file | why |", "|---|---|"]
    lines += [f"| {name} | {why} |" for name, why in DSS]
    out.write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(unexplained) or "every disagreement has a reason")
    sys.exit(1 if unexplained else 0)


if __name__ == "__main__":
    main()
