#!/usr/bin/env bash
# Makes the golden archive of the present format version, once. Afterwards it is never made again: later versions of the
# program must open what this one wrote. Usage: tests/golden/make.sh VERSION (the folder must not exist yet).
set -euo pipefail
cd "$(dirname "$0")"
version=$1
chauban=${CHAUBAN:-chauban}
[[ ! -e $version ]] || { echo "$version exists: a golden archive is never remade" >&2; exit 1; }
mkdir "$version"
export CHAUBAN_ARCHIVE=$version/archive CHAUBAN_ACTOR=golden
"$chauban" init "$version/archive" --origin "golden.example/$version" --archive-code GOLDEN >"$version/init.txt"
"$chauban" ingest ../sample/dossier --receipts "$version/receipts"
# A second run of the program, refusals and warnings among it: exit status 1 is expected.
"$chauban" ingest ../sample/transfer/008 ../sample/transfer/010 --receipts "$version/receipts" || [[ $? == 1 ]]
"$chauban" verify --deep
for code in $("$chauban" search --limit 1000 --json | grep -o '"doc_code":"[^"]*"' | cut -d'"' -f4 | sort); do
  printf '%s %s\n' "$code" "$("$chauban" get "$code" -o - | sha256sum | cut -d' ' -f1)"
done >"$version/records.txt"
rm -r "$version/archive/catalog" "$version/archive/index" "$version/archive/state/lock"
