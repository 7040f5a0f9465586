#!/usr/bin/env python3
"""Asks other validators about signed files and writes down what they say, one JSON line per question and tool.

    VENV/bin/python tests/differential.py ask OUT.jsonl --cases cases.json
    VENV/bin/python tests/differential.py ask OUT.jsonl FILE... [--at TIME] [--trust PEM...] [--evidence FILE...]
    VENV/bin/python tests/differential.py table FILE.jsonl...

Tools: `chauban` (the program that the environment variable CHAUBAN names), `pyhanko` (its EN 319 102-1 validation with
time-stamps and DSS, offline), `pyhanko-diff` (integrity, coverage and changes, whatever the path),
`openssl` (cms -verify with the path at TIME, no CRLs: what it does unless told),
`pdfsig` (without its certificate database), `xmlsec1`. A line: {"id", "file", "tool", "verdict", "text", "ms"};
`verdict` is good, bad, unsure or error, as the tool's own words say; of several signatures the worst counts. `table`
counts verdicts, and where lines of a tool named `chauban` are among them, its agreements with every other. Needs
pyhanko, openssl, pdfsig, xmlsec1. `agreement.py` beside it compares answers question by question.
"""
import argparse
import asyncio
import collections
import dataclasses
import datetime as dt
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "fixtures"))

from asn1crypto import cms as asn1_cms, pem as asn1_pem, x509 as asn1_x509  # noqa: E402

from forge import peers  # noqa: E402
from forge.pki import at as moment, pem  # noqa: E402
from forge.xml import id_attributes  # noqa: E402

WORST = ["error", "bad", "unsure", "good"]
ALLOWED_CHANGES = {"NONE", "LTA_UPDATES", "FORM_FILLING"}


def certificates(paths):
    """DER of every certificate in PEM or DER files."""
    for path in paths:
        data = Path(path).read_bytes()
        yield from (der for _, _, der in asn1_pem.unarmor(data, multiple=True)) if asn1_pem.detect(data) else [data]


def worst(rows):
    """One (verdict, text) of several."""
    rows = list(rows)
    if not rows:
        return "unsure", "no signature found"
    return min((v for v, _ in rows), key=WORST.index), " | ".join(t for _, t in rows)


# ------------------------------------------------------------------ tools


def pyhanko_diff(question):
    def judged(name, row):
        if len(row) == 1:
            return "error", f"{name}: {row[0]}"
        intact, valid, coverage, changes, allowed = row
        text = f"{name}: intact {intact}, valid {valid}, {coverage}, {changes}, docmdp {allowed}"
        good = intact and valid and coverage in (
            "ENTIRE_FILE", "ENTIRE_REVISION") and changes in ALLOWED_CHANGES and allowed is not False
        return "good" if good else "bad", text

    return worst(judged(*item) for item in peers.pyhanko(question.data).items())


class PyHanko:
    """pyHanko's AdES validation with a policy that needs revocation data of every certificate, and fetches nothing."""
    def __init__(self, question):
        from pyhanko.sign.validation.policy_decl import (CertificateFetchingRule, LocalKnowledge,
                                                         PdfSignatureValidationSpec, RevinfoOnlineFetchingRule,
                                                         RevocationInfoGatheringSpec, SignatureValidationSpec)
        from pyhanko_certvalidator.context import CertValidationPolicySpec
        from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
        from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
        from pyhanko_certvalidator.registry import SimpleTrustManager
        from pyhanko_certvalidator.revinfo.archival import process_legacy_crl_input, process_legacy_ocsp_input
        roots = [asn1_x509.Certificate.load(d) for d in certificates(question.trust)]
        trust = SimpleTrustManager.build(roots)
        policy = CertValidationPolicySpec(trust_manager=trust, revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO))
        read = lambda kind: [Path(e).read_bytes() for e in question.evidence if str(e).endswith(kind)]
        known = LocalKnowledge(known_crls=process_legacy_crl_input(read(".crl")),
                               known_ocsps=process_legacy_ocsp_input(read(".ocsp")))
        gathering = RevocationInfoGatheringSpec(online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY,
                                                certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH)
        self.spec = SignatureValidationSpec(policy, gathering, local_knowledge=known)
        self.pdf_spec = PdfSignatureValidationSpec(self.spec)
        self.timing = ValidationTimingInfo(question.at, question.at, point_in_time_validation=True)
        set_clock(question.at)

    def pdf(self, data):
        """Validation with time (5.5); where that is not enough and there are DocTimeStamps, with archival data (5.6),
        which pyHanko judges by past validation only, even if nothing is past."""
        from pyhanko.pdf_utils.reader import PdfFileReader
        from pyhanko.sign.validation.ades import ades_lta_validation, ades_with_time_validation
        reader = peers.opened(PdfFileReader(io.BytesIO(data), strict=False))
        spec = self.with_dss(reader)
        for embedded in reader.embedded_regular_signatures:
            try:
                verdict, text = self.run(
                    ades_with_time_validation(embedded.signed_data,
                                              spec,
                                              timing_info=self.timing,
                                              raw_digest=embedded.compute_digest()))
                if verdict == "unsure" and reader.embedded_timestamp_signatures:
                    verdict, text = self.run(ades_lta_validation(embedded, self.pdf_spec, self.timing))
            except Exception as error:
                verdict, text = "error", f"{type(error).__name__}: {error}"
            yield verdict, f"{embedded.field_name}: {text}"

    def with_dss(self, reader):
        """The settings with what the document itself brings along."""
        from pyhanko.sign.validation.ades import _dss_to_local_knowledge
        inside, known = _dss_to_local_knowledge(reader), self.spec.local_knowledge
        merged = dataclasses.replace(known,
                                     known_crls=[*known.known_crls, *inside.known_crls],
                                     known_ocsps=[*known.known_ocsps, *inside.known_ocsps],
                                     known_certs=[*known.known_certs, *inside.known_certs])
        return dataclasses.replace(self.spec, local_knowledge=merged)

    def cms(self, data, content):
        from pyhanko.sign.validation.ades import ades_with_time_validation
        signed = asn1_cms.ContentInfo.load(data)["content"]
        digest = None
        if content is not None:
            digest = hashlib.new(signed["digest_algorithms"][0]["algorithm"].native, content).digest()
        yield self.run(ades_with_time_validation(signed, self.spec, timing_info=self.timing, raw_digest=digest))

    def run(self, validation):
        try:
            indication = asyncio.run(validation).ades_subindic
        except Exception as error:
            return "error", f"{type(error).__name__}: {error}"
        status = getattr(indication, "status", None)
        verdict = {"PASSED": "good", "INDETERMINATE": "unsure", "FAILED": "bad"}[status.name]
        return verdict, f"{status.name}/{indication.name}"


def set_clock(when):
    """Lets pyHanko's proofs of existence and past validation start at `when`; they know the wall clock only, whatever
    time it is told to judge at."""
    from pyhanko_certvalidator.ltv import ades_past, poe
    fixed = type("Fixed", (dt.datetime, ), {"now": classmethod(lambda cls, tz=None: when)})
    ades_past.datetime = poe.datetime = fixed


def pyhanko(question):
    engine = PyHanko(question)
    if question.kind == "pdf":
        return worst(engine.pdf(question.data))
    return worst(engine.cms(question.data, question.content))


def openssl(question):
    parts = [(cms, peers.signed_bytes(question.data, r)) for r, cms in peers.pdf_signatures(question.data)]
    if question.kind == "cms":
        parts = [(question.data, question.content)]
    return worst(openssl_one(question, cms, content) for cms, content in parts if not is_token(cms))


def is_token(cms):
    return b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04" in cms[:120]


def openssl_one(question, cms, content):
    with tempfile.TemporaryDirectory() as folder:
        blob, data, roots = (Path(folder) / n for n in ("cms", "data", "roots"))
        blob.write_bytes(cms)
        data.write_bytes(content or b"")
        roots.write_text("".join(pem(d) for d in certificates(question.trust)))
        detached = [] if content is None else ["-content", data]
        path = ["-CAfile", roots, "-attime",
                int(question.at.timestamp()), "-purpose", "any"] if question.trust else ["-noverify"]
        done = peers.run("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", blob, *detached, *path,
                         "-out", "/dev/null")
    text = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return ("good",
            "verified") if done.returncode == 0 else ("bad", re.sub(r"^[0-9A-F]+:", "", text[-1] if text else "failed"))


def pdfsig(question):
    rows = peers.pdfsig(question.path)
    judge = lambda words: ("good" if words == "Signature is Valid." else "unsure"
                           if "not yet" in words or "unknown" in words.lower() else "bad")
    return worst((judge(words), words) for words in rows)


def xmlsec1(question):
    """A file that the signature names lies beside it, by the name that it is given."""
    with tempfile.TemporaryDirectory() as folder:
        signature = Path(folder) / "signature.xml"
        signature.write_bytes(question.data)
        named = re.search(rb'URI="([\w.]+)"', question.data)
        if question.content is not None and named:
            (Path(folder) / named.group(1).decode()).write_bytes(question.content)
        before = os.getcwd()
        os.chdir(folder)
        try:
            good, words = peers.xmlsec(signature, [Path(before) / t for t in question.trust], question.at,
                                       id_attributes())
        finally:
            os.chdir(before)
    return ("good" if good else "bad"), words.strip().splitlines()[0] if words.strip() else ""


def chauban(question):
    """The decision, and in the text each answer by itself: what `agreement.py` compares with tools that ask less."""
    options = [o for kind in ("trust", "evidence") for p in getattr(question, kind) for o in (f"--{kind}", p)]
    options += ["--document", question.document] if question.document else []
    done = subprocess.run(
        [os.environ["CHAUBAN"], "check-signature", "--json", "--at",
         question.at.strftime("%Y-%m-%dT%H:%M:%SZ"), *options, question.path],
        capture_output=True,
        timeout=120)
    answer = json.loads(done.stdout)
    run, outcome = answer["run"], answer["run"]["document"]["outcome"]
    found = run["signatures"]
    checked = [b for s in found for b in s["blocks"] if b["block"] in ("FC", "CV")]
    intact = bool(found) and all(b["indication"] == "PASSED" for b in checked)
    shown = {s["shown"] for s in found}
    said = dict(outcome=outcome,
                integrity="holds" if intact else "fails",
                passed="yes" if found and all(s["indication"] == "TOTAL_PASSED" for s in found) else "no",
                shown="+".join(sorted(shown)) or "nothing",
                why="+".join(sorted({s["sub_indication"] or s["indication"] for s in found})) or "NO_SIGNATURE",
                found="+".join(sorted({f["code"] for f in run["document"]["findings"]})) or "nothing")
    verdict = {"accept": "good", "accept-with-notes": "good", "review": "unsure", "return": "bad"}[outcome]
    return verdict, " ".join(f"{name}={value}" for name, value in said.items())


TOOLS = {
    "pdf": [chauban, pyhanko, pyhanko_diff, openssl, pdfsig],
    "cms": [chauban, pyhanko, openssl],
    "xml": [chauban, xmlsec1],
    "zip": [chauban]
}

# ------------------------------------------------------------------ questions


class Question:
    def __init__(self, identifier, path, trust, evidence, when, document=None):
        self.id, self.path, self.trust, self.evidence, self.at = identifier, Path(path), trust, evidence, when
        self.data = self.path.read_bytes()
        self.document = document
        self.content = Path(document).read_bytes() if document else None
        kinds = {".xml": "xml", ".p7s": "cms", ".p7m": "cms", ".asice": "zip", ".asics": "zip"}
        self.kind = kinds.get(self.path.suffix, "pdf")


def questions(args):
    if args.cases:
        table, folder = json.loads(Path(args.cases).read_text("utf-8")), Path(args.cases).resolve().parent
        for c in table["cases"]:
            trust = [folder / p for p in c.get("trust", table.get("trust"))]
            evidence = [folder / p for p in c.get("evidence", table.get("evidence"))]
            document = folder / c["document_file"] if "document_file" in c else None
            yield Question(c.get("id") or c["name"], folder / c["file"], trust, evidence, moment(c["at"]), document)
    for file in args.files:
        when = moment(args.at) if args.at else dt.datetime.now(dt.timezone.utc)
        yield Question(Path(file).stem, file, args.trust, args.evidence, when)


def ask(args):
    with open(args.out, "w", encoding="utf-8") as out:
        for question in questions(args):
            for tool in TOOLS[question.kind]:
                if tool is chauban and "CHAUBAN" not in os.environ:
                    continue
                name, start = tool.__name__.replace("_", "-"), time.monotonic()
                if args.tools and name not in args.tools:
                    continue
                try:
                    verdict, text = tool(question)
                except Exception as error:
                    verdict, text = "error", f"{type(error).__name__}: {error}"
                row = dict(id=question.id,
                           file=question.path.name,
                           tool=name,
                           verdict=verdict,
                           text=text[:600],
                           ms=round(1000 * (time.monotonic() - start)))
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
                out.flush()


def table(args):
    rows = [json.loads(line) for file in args.files for line in open(file, encoding="utf-8")]
    counts = collections.Counter((r["tool"], r["verdict"]) for r in rows)
    tools = sorted({r["tool"] for r in rows})
    print(f"{'tool':14}" + "".join(f"{v:>8}" for v in reversed(WORST)))
    for tool in tools:
        print(f"{tool:14}" + "".join(f"{counts[tool, v]:8}" for v in reversed(WORST)))
    ours = {r["id"]: r for r in rows if r["tool"] == "chauban"}
    for tool in tools if ours else []:
        theirs = [r for r in rows if r["tool"] == tool and r["id"] in ours and tool != "chauban"]
        apart = [r for r in theirs if r["verdict"] != ours[r["id"]]["verdict"]]
        if theirs:
            print(f"\n{tool}: {len(theirs) - len(apart)} of {len(theirs)} agree")
        for r in apart:
            print(
                f"  {r['id']}: {tool} {r['verdict']} ({r['text']}); "
                f"chauban {ours[r['id']]['verdict']} ({ours[r['id']]['text']})"
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    asking = commands.add_parser("ask")
    asking.add_argument("out")
    asking.add_argument("files", nargs="*")
    asking.add_argument("--cases")
    asking.add_argument("--at")
    for name in ("--trust", "--evidence", "--tools"):
        asking.add_argument(name, nargs="*", default=[])
    asking.set_defaults(run=ask)
    counting = commands.add_parser("table")
    counting.add_argument("files", nargs="+")
    counting.set_defaults(run=table)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
