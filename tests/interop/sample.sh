#!/usr/bin/env bash
# Makes an archive whose ledger has full tiles and partial ones, and has it checked by run.sh with the keys that `init`
# printed, not those that lie in the ledger; then has the whole of it read by read_format.sh.
# usage: sample.sh    CHAUBAN=program  RECORDS=600
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=$(realpath "${CHAUBAN:-${CARGO_TARGET_DIR:-$HOME/.cache/chauban/target}/release/chauban}")
records=${RECORDS:-600}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset CHAUBAN_CUSTODY CHAUBAN_KEY_COPY
export CHAUBAN_ARCHIVE=$work/kho CHAUBAN_ACTOR=interop

# documents FOLDER FROM TO: that many tiny documents with their sidecars, in one dossier.
documents() {
    local number
    mkdir -p "$work/$1"
    for number in $(seq "$2" "$3"); do printf 'interop %s\n' "$number" >"$work/$1/$number.pdf"; done
    sidecars "$1" H26.10.2024.001
}
# sidecars FOLDER DOSSIER: those of the documents in that folder.
sidecars() {
    local folder=$work/$1 number digest
    (cd "$folder" && sha256sum -- *.pdf) | while read -r digest number; do
        number=${number%.pdf}
        printf '{"id":"%s","agency_code":"H26.10","agency_name":"Sở Thông tin","doc_type_name":"Công văn","symbol":"%s/STTTT-VP","subject":"Thử %s","issued_date":"2024-05-06","security_level":"Thường","file_code":"%s","file_title":"Hồ sơ thử","retention":"10 năm","size":%s,"sha256":"%s"}\n' \
            "$number" "$number" "$number" "$2" "$(stat -c %s "$folder/$number.pdf")" "$digest" >"$folder/$number.json"
    done
}

"$program" init "$CHAUBAN_ARCHIVE" --origin luutru.example.gov.vn/interop --archive-code H26.LT \
    --recovery-sheet "$work/sheet" --json >"$work/init.json"
mkdir "$work/keys"
jq -r .ed25519 "$work/init.json" >"$work/keys/ed25519.vkey"
jq -r .ml_dsa_44 "$work/init.json" >"$work/keys/ml-dsa-44.vkey"
half=$((records / 2))
documents first 10 $((half + 9))
documents second $((half + 10)) $((records + 9))
"$program" ingest "$work/first" --receipts "$work/receipts" >"$work/ingest.log"
cp "$CHAUBAN_ARCHIVE/ledger/checkpoint" "$work/old-checkpoint"
"$program" ingest "$work/second" --receipts "$work/second-receipts" >>"$work/ingest.log"
find "$work/second-receipts" -name '*.tlog-proof' | sort | sed -n 1,5p | xargs cp -t "$work/receipts"
made=$(sed -n 2p "$CHAUBAN_ARCHIVE/ledger/checkpoint")
[ "$made" -gt "$records" ] || { echo "only $made entries for $records records" >&2; exit 1; }
# Receipts of the first half, from the checkpoint then, and five of the second: a check of each takes long enough.
find "$work/receipts" -name '*.tlog-proof' | sort | tail -n +8 | head -n -8 | xargs rm -f
echo "a ledger of $made entries; older checkpoint at $(sed -n 2p "$work/old-checkpoint")"
KEYS=$work/keys "$here/run.sh" "$CHAUBAN_ARCHIVE/ledger" "$work/old-checkpoint" "$work/receipts"

# The archive as a whole, read by docs/format.md: with records of several files, and with one document in parts that lie
# in two segments, because it is longer than a segment and does not compress.
mkdir "$work/long"
head -c $((140 << 20)) /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 2>"$work/openssl.log" >"$work/long/1.pdf"
sidecars long H26.10.2024.002
"$program" ingest "$work/long" "$here/../sample/dossier" >>"$work/ingest.log"
"$here/read_format.sh" "$CHAUBAN_ARCHIVE" "$CHAUBAN_ARCHIVE.custody" "$CHAUBAN_ARCHIVE.key-copy" \
    "$work"/{first,second,long}/*.pdf "$here"/../sample/dossier/*.pdf

echo "== the golden archive of format 1"
golden=$here/../golden/v1
"$("$here/install.sh" | tail -n 1)/venv/bin/python" "$here/read_format.py" \
    "$golden"/archive{,.custody,.key-copy} "$work/golden"
cut -d ' ' -f 2 "$golden/records.txt" | sort | diff - <(sha256sum "$work/golden"/*.1 | cut -d ' ' -f 1 | sort) || {
    echo "the documents are not those of $golden/records.txt" >&2
    exit 1
}
