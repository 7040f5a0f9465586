#!/usr/bin/env bash
# paper.sh: the documents of disposal, judged by programs that nobody of this project wrote.
#
#   VERAPDF=verapdf tests/paper.sh [FOLDER]
#
# Writes a sample of every kind of document into FOLDER (a temporary one without it), then:
#   - pyHanko (of python3) signs one twice: the signed copy begins with the bytes of the original;
#   - veraPDF validates each against PDF/A-2a, the signed copy too. VERAPDF is its command: of the jars, a script that
#     runs `java -cp "FOLDER/*" org.verapdf.apps.GreenfieldCliWrapper "$@"`;
#   - pdftotext (poppler) reads each: the words are Vietnamese in NFC, and every page but the first has its number.
# What is not installed is named and left out; the exit status is 1 if anything that ran failed.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-$(mktemp -d)}
mkdir -p "$folder"
failed=0
note() { printf '%-10s %s\n' "$1" "$2"; }
fail() { note FAILED "$1"; failed=1; }

PAPER_SAMPLES=$folder cargo test --quiet --release --lib paper::tests::every_kind_of_document_is_made

if python3 -c 'import pyhanko' 2>/dev/null; then
    python3 tests/paper.py sign "$folder/decision.pdf" "$folder/decision-signed.pdf" || fail "signing"
else
    note "left out" "pyHanko is not installed"
fi
if ${VERAPDF:-verapdf} --version >/dev/null 2>&1; then
    # In one run: starting Java takes longer than validating.
    ${VERAPDF:-verapdf} --flavour 2a --format text "$folder"/*.pdf >"$folder/verapdf.txt" || true
    grep -v '^PASS' "$folder/verapdf.txt" && fail "veraPDF: see above"
    note veraPDF "$(grep -c '^PASS' "$folder/verapdf.txt") documents are PDF/A-2a"
else
    note "left out" "veraPDF is not installed (set VERAPDF)"
fi

if command -v pdftotext >/dev/null; then
    for file in "$folder"/*.pdf; do
        [[ $file == *-signed.pdf ]] && continue
        python3 tests/paper.py text "$file" || fail "text of $(basename "$file")"
    done
else
    note "left out" "pdftotext is not installed"
fi

exit $failed
