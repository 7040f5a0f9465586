#!/usr/bin/env bash
# Has a whole archive read by read_format.py, which knows docs/format.md and nothing else, compares every document with
# what was handed over, then alters copies of the archive in one place each and demands that it notices.
#
# usage: read_format.sh ARCHIVE CUSTODY KEY_COPY ORIGINAL...
#   ORIGINAL  every file that the archive took, no other; the archive must be at rest
# A line per check: ok or FAIL. Exit status: 0 if none failed.
set -euo pipefail
[ $# -ge 4 ] || { sed -n '5,6s/^# //p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=${PYTHON:-$("$here/install.sh" | tail -n 1)/venv/bin/python}
archive=$(realpath "$1") custody=$(realpath "$2") key_copy=$(realpath "$3")
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
pass() { printf 'ok    %-10s  %s\n' "$@"; passed=$((passed + 1)); }
fail() { printf 'FAIL  %-10s  %s\n' "$@"; failed=$((failed + 1)); }
digests() { find "$@" -type f -exec sha256sum {} + | cut -d ' ' -f 1 | sort; }
read_format() { "$python" "$here/read_format.py" "$1" "$2" "$3" "$work/out" >"$work/said" 2>&1; }

echo "== as it is"
status=0
read_format "$archive" "$custody" "$key_copy" || status=$?
if [ "$status" = 0 ]; then pass reads "$(cat "$work/said")"; else fail reads "$(tail -n 1 "$work/said")"; fi
if [ "$status" = 0 ] && cmp -s <(digests "$@") <(digests "$work/out"); then
    pass sha256sum "of $# documents is that of the originals"
else
    fail sha256sum "the documents are not the originals"
fi
if [ "$failed" -gt 0 ]; then
    echo "== not altered: it must be whole first"
    echo "$passed passed, $failed failed"
    exit 1
fi

echo "== altered"
# noticed WHAT: the copy must be found wrong, not merely unreadable as files.
noticed() {
    local status=0
    read_format "$work/copy/archive" "$work/copy/custody" "$work/copy/key-copy" || status=$?
    case "$status $(head -n 1 "$work/said")" in
    "1 NOT SO: "*) pass notices "$1: $(sed -n '1s/^NOT SO: //p' "$work/said")" ;;
    0\ *) fail notices "DOES NOT NOTICE $1" ;;
    *) fail notices "could not check $1: $(tail -n 1 "$work/said")" ;;
    esac
}
# copy: of links, which corrupt.py replaces and never writes through; without catalog and index, which are no truth.
copy() {
    rm -rf "$work/copy" "$work/out"
    mkdir -p "$work/copy/archive"
    cp -as "$archive"/{FORMAT,segments,ledger,keys,state} "$work/copy/archive/"
    cp -as "$custody" "$work/copy/custody"
    cp -as "$key_copy" "$work/copy/key-copy"
}
# altered PART FILE...: that part of each file, and all of them in one copy.
altered() {
    local part=$1 file
    shift
    copy
    for file in "$@"; do "$python" "$here/corrupt.py" "$part" "$work/copy/$file"; done
    noticed "$part of $*"
}
mapfile -t segments < <(cd "$archive" && printf 'archive/%s\n' segments/*)
first=${segments[0]} last=${segments[-1]} generation=$(cd "$custody" && printf '%s\n' *.epochs | sort | tail -n 1)
generation=${generation%.epochs}

altered middle archive/FORMAT
for part in middle blob key entry-frame commit; do altered "$part" "$first"; done
if [ "${first##*.}" = seg ]; then
    altered seal "$first"
    altered end "$first"
fi
altered end "$last"
altered root archive/ledger/checkpoint
altered ed25519 archive/ledger/checkpoint
altered middle custody/root.key
altered middle "custody/$generation.epochs" "archive/keys/$generation.epochs"
altered middle "key-copy/$generation.scopes" "archive/keys/$generation.scopes"
altered middle archive/state/high-water
altered middle custody/high-water
copy
rm "$work/copy/$last"
noticed "that $last is not there"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
