#!/usr/bin/env bash
# The main job, done on the sample transfer and checked against what its author meant (tests/sample/expected.json) and
# by tools that nobody of this project wrote. Stops at the first thing that is not so; exit status 0 only if all was.
#
# usage: demo.sh     CHAUBAN=program  DEMO=folder to make afresh, left behind to look at
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=$(realpath "${CHAUBAN:-${CARGO_TARGET_DIR:-$HOME/.cache/chauban/target}/release/chauban}")
demo=${DEMO:-${XDG_CACHE_HOME:-$HOME/.cache}/chauban/demo}
sample=$PWD/tests/sample expected=$PWD/tests/sample/expected.json
unset CHAUBAN_CUSTODY CHAUBAN_KEY_COPY
export CHAUBAN_ARCHIVE=$demo/kho CHAUBAN_ACTOR=demo CHAUBAN_LANG=${CHAUBAN_LANG:-en} LC_ALL=C.UTF-8

# Only a folder that an earlier run made is removed.
if [ -e "$demo" ] && [ ! -e "$demo/made-by-demo" ]; then
    echo "$demo exists and is not ours; set DEMO to another folder" >&2
    exit 2
fi
rm -rf "$demo"
mkdir -p "$demo/work"
demo=$(cd "$demo" && pwd) work=$demo/work
touch "$demo/made-by-demo"

# ---------------------------------------------------------------- words of a check
proven=()
title() { printf '\n== %s\n' "$*"; }
fail() { printf 'NOT SO: %s\n' "$*" >&2; exit 1; }
shown() { sed 's/^/    /'; }

# proves CLAIM: what the checks above it have shown.
proves() {
    proven+=("$*")
    printf 'ok  %s\n' "$*"
}

# chauban STATUS ARGUMENTS...: runs the program, which must end with that status.
chauban() {
    local wanted=$1 status=0
    shift
    "$program" "$@" || status=$?
    [ "$status" = "$wanted" ] || fail "chauban $*: exit status $status, not $wanted"
}

# same WHAT EXPECTED ACTUAL: two files that must be alike.
same() { diff -u --label expected --label "$1" "$2" "$3" >&2 || fail "$1 is not as expected"; }
# is WHAT EXPECTED ACTUAL: two texts that must be alike.
is() { [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"; }

# ---------------------------------------------------------------- the main job
title "Make an archive"
chauban 0 init "$CHAUBAN_ARCHIVE" --origin luutru.example.gov.vn/demo --archive-code H26.LT \
    --recovery-sheet "$demo/recovery-sheet.txt" --json >"$work/init.json"
jq -r .ed25519 "$work/init.json" >"$demo/published.vkey"
jq -r .ml_dsa_44 "$work/init.json" >"$demo/published-ml-dsa-44.vkey"
cp "$CHAUBAN_ARCHIVE/ledger/checkpoint" "$demo/first-checkpoint"
cat "$demo/published.vkey" | shown
test -s "$demo/recovery-sheet.txt" || fail "no recovery sheet was written"

title "Trust the sample's root, by a fingerprint that another tool gives"
fingerprint=$(openssl x509 -in "$sample/pki/root.pem" -outform DER | sha256sum | cut -d ' ' -f 1)
chauban 0 trust add "$sample/pki/root.pem" --fingerprint "$fingerprint" --tree official-duty --name 'Gốc mẫu (TEST)' \
    --source 'demo: openssl and sha256sum' | shown

title "Take in the sample transfer: 59 loose documents and a dossier folder, some of them wrong on purpose"
chauban 1 ingest "$sample/transfer" "$sample/dossier" --evidence "$sample/pki" --receipts "$demo/receipts" --json \
    >"$work/ingest.jsonl" 2>"$work/ingest.log"
jq 'select(.outcome)' "$work/ingest.jsonl" >"$work/documents.json"
jq -r --arg top "$sample/" 'select(.findings != []) |
    "\(.place | ltrimstr($top))  \(.outcome): \([.findings[].code] | unique | join(", "))"' "$work/documents.json" | shown

# What became of each document, by path without extension, and the codes of the findings on it.
jq -S '.transfer.files | with_entries({
    key: (.key | sub("\\.[a-z]+$"; "")),
    value: [(.value.outcome | sub("-with-warning"; "")), ([.value.code // empty])]
})' "$expected" >"$work/outcomes.expected"
jq -S -n --arg top "$sample/transfer/" '[inputs | select(.place | startswith($top)) | {
    key: (.place | ltrimstr($top) | sub("\\.[a-z]+$"; "")),
    value: [.outcome, ([.findings[].code] | unique)]
}] | from_entries' "$work/documents.json" >"$work/outcomes"
same "what became of the documents" "$work/outcomes.expected" "$work/outcomes"
is "outcomes in the dossier folder" "$(jq -r '[range(.dossier.records)] | map("taken 0") | join(",")' "$expected")" \
    "$(jq -rn --arg top "$sample/dossier " '[inputs | select(.place | startswith($top)) |
        "\(.outcome) \(.findings | length)"] | join(",")' "$work/documents.json")"
jq '.transfer.totals' "$expected" >"$work/totals"
is "records taken" "$(jq '.transfer.totals.accessioned + .dossier.records' "$expected")" \
    "$(jq 'select(.summary).summary.taken' "$work/ingest.jsonl")"
proves "of $(jq .documents "$work/totals") documents exactly the $(jq .refused "$work/totals") that must be are refused, each for its reason"
proves "a document altered after it was signed is taken with a warning; archivists decide"

jq -r 'select(.outcome == "taken") | .doc_code' "$work/documents.json" | sort >"$work/records"
(cd "$demo/receipts" && printf '%s\n' *.tlog-proof) | sed 's/\.tlog-proof$//' | sort >"$work/receipts"
same "receipts" "$work/records" "$work/receipts"
jq -S '.transfer.dossiers' "$expected" >"$work/dossiers.expected"
jq -r '.transfer.totals.documents_by_dossier | keys[]' "$expected" >"$work/dossiers"
while read -r code; do
    chauban 0 show "$code" --json | jq '{ (.description.file_code): [.description.findings[].code] }'
done <"$work/dossiers" | jq -S -s 'add | map_values(select(. != []))' >"$work/dossiers.found"
same "findings about dossiers" "$work/dossiers.expected" "$work/dossiers.found"
proves "documents of one dossier that disagree about its title or its period are pointed out"

title "Show a record and its dossier, with the retention explained"
altered=$(jq -r 'select([.findings[].code] | index("signature-broken")) | .doc_code' "$work/documents.json")
chauban 0 show "$altered" | shown
dossier=${altered%.*}
chauban 0 show "$dossier" | shown
year=$(jq -r .file_code "$sample/transfer/007/00007001.json" | cut -d . -f 3)
years=$(jq -r .retention "$sample"/transfer/007/*.json | grep -o '[0-9]*' | sort -n | tail -n 1)
is "retention of $dossier" "$years years until $((year + years))-12-31" \
    "$(chauban 0 show "$dossier" --json | jq -r '.description.retention | "\(.years) years until \(.until)"')"
proves "a dossier is kept as long as the longest of its records, from the end of the year its work ended"

title "Signatures: integrity, and a verdict by ETSI EN 319 102-1"
# Every signed document but the altered one has two intact signatures, both good; every unsigned one has none.
jq -r --arg top "$sample/transfer/" 'select(.outcome == "taken" and (.place | startswith($top))) |
    "\(.place | ltrimstr($top)) \(.doc_code)"' "$work/documents.json" | sort >"$work/taken"
while read -r place code; do
    chauban 0 show "$code" --json | jq -r --arg place "$place" '"\($place) \([.metadata.signatures[].integrity] + [.validation.runs[]?.report.signatures[].indication] + [.metadata.examination.outcome] | join(" "))"'
done <"$work/taken" >"$work/signatures"
jq -r '.transfer.files | to_entries[] | select(.value.outcome | startswith("taken")) | .key + " " + (
    if .value.signed | not then "review"
    elif .value.finding == "altered-after-signing" then "altered altered TOTAL_FAILED TOTAL_FAILED return"
    else "intact intact TOTAL_PASSED TOTAL_PASSED accept-with-notes" end
)' "$expected" | sort >"$work/signatures.expected"
same "what the signatures say" "$work/signatures.expected" "$work/signatures"
signed=$(awk '/accept-with-notes/ { print $1; exit }' "$work/signatures")
chauban 0 show "$(awk -v place="$signed" '$1 == place { print $2 }' "$work/taken")" | shown
proves "the signatures of $(grep -c intact "$work/signatures") documents are good, those of the altered one fail"
chauban 0 verify --signatures | shown
chauban 0 verify --signatures --at "$(($(date +%Y) + 10))-01-01" | shown
proves "from the vault alone, and ten years from now, every verdict comes out the same"

title "Search, with diacritics and without"
found() { chauban 0 search "$@" --json | jq -c '[.records[].doc_code]'; }
chauban 0 search 'nhà thầu' | shown
written=$(found 'nhà thầu')
[ "$written" != '[]' ] || fail "nothing was found"
is "search without diacritics" "$written" "$(found 'nha thau')"
is "search in capitals" "$written" "$(found 'NHÀ THẦU')"
phrase='công nghệ thông tin'
is "records whose subject has '$phrase'" \
    "$(cut -d ' ' -f 1 "$work/taken" | sed "s|^|$sample/transfer/|; s|pdf$|json|" | xargs jq -r .subject |
        cat - <(jq -r '.records[].subject' "$sample/dossier/dossier.json") | grep -ic "$phrase")" \
    "$(chauban 0 search "\"$phrase\"" --json | jq .total)"
is "a number and notation" '["'"$altered"'"]' "$(found '134/QĐ-STTTT')"
is "the document marked secret" '[]' "$(found '2317/STTTT-TTra')"
proves "search finds the same with and without diacritics, and nothing that was refused"

title "Get every component back and compare it with what was handed over"
components=0
compare() { # CODE NUMBER ORIGINAL
    local copy=$work/component
    rm -f "$copy"
    chauban 0 get "$1" --component "$2" -o "$copy" >/dev/null
    is "sha256sum of $1, component $2" "$(sha256sum <"$3")" "$(sha256sum <"$copy")"
    cmp "$copy" "$3" || fail "$1, component $2, is not $3"
    components=$((components + 1))
}
while read -r place code; do compare "$code" 1 "$sample/transfer/$place"; done <"$work/taken"
while read -r ordinal number file; do
    compare "$(jq -r .dossier.file_code "$expected").$(printf '%07d' "$ordinal")" "$number" "$sample/dossier/$file"
done < <(jq -r '.records | to_entries[] | .key as $at | .value.components | to_entries[] |
    "\($at + 1) \(.key + 1) \(.value.file)"' "$sample/dossier/dossier.json")
is "components" "$(($(wc -l <"$work/taken") + $(jq .dossier.components "$expected")))" "$components"
is "a range of bytes" "%PDF-" "$(chauban 0 get "$altered" --range 0-4 -o -)"
proves "all $components components come back byte for byte (cmp, sha256sum)"

title "Receipts, checked without the archive"
place=$(jq -r '[.transfer.files | to_entries[] | select(.value.signed and .value.outcome == "taken").key][0]' "$expected")
signed=$(awk -v place="$place" '$1 == place { print $2 }' "$work/taken")
original=$sample/transfer/$place receipt=$demo/receipts/$signed.tlog-proof
offline() { env -u CHAUBAN_ARCHIVE "$program" verify-receipt "$@"; }
offline "$receipt" "$original" --key "$demo/published.vkey" | shown
while read -r place code; do
    offline "$demo/receipts/$code.tlog-proof" "$sample/transfer/$place" --key "$demo/published.vkey" >/dev/null ||
        fail "the receipt of $code was not accepted"
done <"$work/taken"
refused() { # WHAT ARGUMENTS...
    local what=$1 status=0
    shift
    offline "$@" >"$work/refused" || status=$?
    is "exit status for $what" 1 "$status"
    shown <"$work/refused"
}
refused "another file" "$receipt" "$sample/transfer/001/00001000.pdf" --key "$demo/published.vkey"
{ head -c 1000 "$original"; printf x; tail -c +1002 "$original"; } >"$work/one-byte-changed.pdf"
is "size of the changed file" "$(stat -c %s "$original")" "$(stat -c %s "$work/one-byte-changed.pdf")"
refused "one byte changed" "$receipt" "$work/one-byte-changed.pdf" --key "$demo/published.vkey"
(
    export CHAUBAN_ARCHIVE=$work/other
    chauban 0 init "$CHAUBAN_ARCHIVE" --origin luutru.example.gov.vn/demo --archive-code H26.LT \
        --recovery-sheet "$work/other-sheet" --json | jq -r .ed25519 >"$work/other.vkey"
)
refused "another archive's key" "$receipt" "$original" --key "$work/other.vkey"
proves "every receipt proves its file with the public key alone, and no other file, no changed byte, no other key"

title "The time, by another's clock"
tests/tsa.py --port 0 --folder "$work/tsa" >"$work/tsa.out" &
authority=$!
trap 'kill $authority 2>/dev/null || true' EXIT
for _ in $(seq 100); do [ ! -s "$work/tsa.out" ] || break; sleep 0.1; done
read -r url root <"$work/tsa.out" || fail "the test authority did not start"
chauban 0 time-authority add "$url" --name demo | shown
chauban 0 stamp | shown
chauban 0 evidence "$signed" -o "$demo/evidence.ers" | shown
env -u CHAUBAN_ARCHIVE "$program" verify-evidence "$demo/evidence.ers" "$original" | shown
tests/interop/evidence.py "$demo/evidence.ers" "$original" "$root" | shown
status=0
tests/interop/evidence.py "$demo/evidence.ers" "$work/one-byte-changed.pdf" "$root" 2>"$work/refused" || status=$?
is "exit status for one byte changed" 1 "$status"
shown <"$work/refused"
kill $authority
wait $authority || true
trap - EXIT
proves "every record is time-stamped, and Python and OpenSSL accept the evidence for its file and no changed byte"

title "Take in the same again"
chauban 1 ingest "$sample/transfer" "$sample/dossier" --json >"$work/again.jsonl" 2>"$work/again.log"
is "taken, new dossiers and held" "0 0 $(($(wc -l <"$work/records") + 1))" \
    "$(jq -r 'select(.summary).summary | "\(.taken) \(.dossiers) \(.already_held)"' "$work/again.jsonl")"
identities() { jq -r 'select(.record) | "\(.place) \(.record)"' "$1" | sort; }
identities "$work/ingest.jsonl" >"$work/identities"
identities "$work/again.jsonl" >"$work/identities.again"
same "identities of the records" "$work/identities" "$work/identities.again"
proves "a second ingest of the same takes nothing and names the records that hold it"

title "Rebuild catalog and index from the ledger"
answers() {
    local code
    while read -r code; do
        chauban 0 show "$code" --json
        chauban 0 history "$code" --json
    done < <(cat "$work/records" "$work/dossiers")
    for words in '' 'nhà thầu' 'ke hoach' '134/QĐ-STTTT'; do chauban 0 search "$words" --limit 1000 --json; done
    chauban 0 receipt "$signed" -o -
}
answers >"$work/answers"
chauban 0 rebuild | shown
answers >"$work/answers.rebuilt"
same "what the rebuilt archive answers" "$work/answers" "$work/answers.rebuilt"
proves "catalog and index, made anew from the ledger, answer $(wc -l <"$work/answers") lines as before"

title "Verify the whole archive, every byte"
chauban 0 verify --deep | shown
segment=$(find "$CHAUBAN_ARCHIVE/segments" -type f | sort | sed -n 1p)
spoilt=$work/spoilt/${segment#"$CHAUBAN_ARCHIVE/"}
cp -a "$CHAUBAN_ARCHIVE" "$work/spoilt"
at=$(($(stat -c %s "$segment") / 2))
flipped=$(printf '%02x' $((0x$(xxd -s "$at" -l 1 -p "$spoilt") ^ 1)))
chmod u+w "$spoilt"
printf '%b' "\\x$flipped" | dd of="$spoilt" bs=1 seek="$at" conv=notrunc status=none
! cmp -s "$segment" "$spoilt" || fail "the byte was not flipped"
status=0
"$program" --archive "$work/spoilt" --custody "$CHAUBAN_ARCHIVE.custody" --key-copy "$CHAUBAN_ARCHIVE.key-copy" \
    verify --deep >"$work/spoilt.out" 2>&1 || status=$?
case $status in
1 | 6) tail -n 4 "$work/spoilt.out" | shown ;;
*) fail "verify --deep says $status of a copy with one bit flipped in the middle of its segment" ;;
esac
rm -rf "$work/spoilt"
proves "the archive is whole, and one flipped bit in a copy of it is noticed"

. tests/demo-disposal.sh

title "Serve the ledger"
"$program" serve --listen 127.0.0.1:0 2>"$work/serve.log" &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
for _ in $(seq 100); do ! grep -q listening "$work/serve.log" || break; sleep 0.1; done
address=$(sed -n 's/^listening on //p' "$work/serve.log")
[ -n "$address" ] || fail "the server did not start: $(cat "$work/serve.log")"
curl -fsS "${address}healthz" | shown
find "$CHAUBAN_ARCHIVE/ledger" -type f -printf '%P\n' | sort >"$work/ledger-files"
while read -r file; do
    curl -fsS "${address}ledger/$file" -o "$work/served"
    cmp "$work/served" "$CHAUBAN_ARCHIVE/ledger/$file" || fail "ledger/$file is served otherwise"
done <"$work/ledger-files"
is "status of a file beside the ledger" 404 "$(curl -s -o "$work/served" -w '%{http_code}' --path-as-is "${address}ledger/../FORMAT")"
kill $server
wait $server || fail "the server did not end well"
trap - EXIT
proves "all $(wc -l <"$work/ledger-files") files of the ledger are served as they lie on disk, and nothing beside them"

title "Proved by tools that nobody here wrote"
openssl version | shown
tests/interop/openssl.sh "$demo/published.vkey" "$CHAUBAN_ARCHIVE/ledger/checkpoint" "$demo/first-checkpoint" | shown
tests/interop/openssl.sh "$demo/published.vkey" "$demo"/receipts/*.tlog-proof | shown
sed '2s/.*/999999/' "$CHAUBAN_ARCHIVE/ledger/checkpoint" >"$work/false-checkpoint"
status=0
tests/interop/openssl.sh "$demo/published.vkey" "$work/false-checkpoint" >"$work/refused" || status=$?
is "openssl's exit status for a checkpoint of another size" 1 "$status"
shown <"$work/refused"
proves "OpenSSL accepts the signatures of the ledger and of every receipt, and refuses a checkpoint of another size"
# RFC 6962: a leaf's hash is SHA-256 of a zero byte and the entry; the ledger's first tile begins with entry 0's.
bundle=$(find "$CHAUBAN_ARCHIVE/ledger/tile/entries" -type f | sort -V | tail -n 1)
length=$((0x$(xxd -l 2 -p "$bundle")))
is "hash of entry 0 in ${bundle#"$demo/"}" \
    "$({ printf '\0'; tail -c +3 "$bundle" | head -c "$length"; } | sha256sum | cut -d ' ' -f 1)" \
    "$(xxd -l 32 -p -c 32 "${bundle/entries/0}")"
proves "sha256sum gives the hash that the ledger's tile has for its first entry"

# ---------------------------------------------------------------- what was proved
rm -rf "$work"
title "Proved"
printf '  - %s\n' "${proven[@]}"
cat <<END

The archive is left in $CHAUBAN_ARCHIVE. To go on:

  export CHAUBAN_ARCHIVE=$CHAUBAN_ARCHIVE PATH=$(dirname "$program"):\$PATH
  chauban search 'ke hoach'
  chauban show $signed
  chauban verify-receipt $receipt \\
      $original --key $demo/published.vkey
  chauban serve            then open http://127.0.0.1:8080/healthz, /metrics, /ledger/checkpoint
  make interop             the other foreign verifiers, on a ledger of its own
END
