#!/usr/bin/env bash
# chauban beside restic, borg, bagit and b3sum: the same documents, the same run, caches warm.
#
#   benches/peers.sh DOCS [WORKDIR]
#
# DOCS is a folder of X.pdf with X.json (the corpus generator's OUT/docs). WORKDIR (default: a new folder in /tmp)
# takes every archive, repository and bag: about five times the size of DOCS; it is emptied again unless KEEP=1.
#
#   CHAUBAN  the program             [default: release/chauban in cargo's target folder]
#   PYTHON   a Python with bagit     [default: python3]
#   ROUNDS   rounds of long commands [default: 2]      N  repetitions of short ones [default: 3]
#   REPS     repetitions of one-document commands [default: 20]
#   ONLY     parts to run            [default: "ingest verify one evidence rebuild"]
#
# Each peer's command stands between two of chauban's (A B A C A D), because a shared machine drifts: only ratios of
# one run mean something. A peer that is not installed is skipped, with a word.
set -uo pipefail
export LC_ALL=C.UTF-8
docs=$(realpath "${1:?usage: benches/peers.sh DOCS [WORKDIR]}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=${2:-$(mktemp -d "${TMPDIR:-/tmp}/chauban-peers.XXXXXX")}
mkdir -p "$work" && work=$(realpath "$work")
rounds=${ROUNDS:-2} short=${N:-3} reps=${REPS:-20} only=" ${ONLY:-ingest verify one evidence rebuild} "
python=${PYTHON:-python3}
target() { cargo metadata --offline --no-deps --format-version 1 --manifest-path "$here/Cargo.toml" |
           sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'; }
chauban=${CHAUBAN:-$(target)/release/chauban}
[ -x "$chauban" ] || { echo "no program at $chauban: cargo build --release, or name it in CHAUBAN" >&2; exit 2; }
[ -x /usr/bin/time ] || { echo "GNU time is needed: apt-get install time" >&2; exit 2; }
cp "$chauban" "$work/chauban" && chauban=$work/chauban # the one in target/ may be rebuilt meanwhile

export RESTIC_PASSWORD=bench RESTIC_REPOSITORY=$work/restic RESTIC_CACHE_DIR=$work/restic-cache
export BORG_REPO=$work/borg BORG_BASE_DIR=$work/borg-base
export BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes BORG_RELOCATED_REPO_ACCESS_IS_OK=yes
export CHAUBAN_ARCHIVE=$work/kho CHAUBAN_LANG=en
raw=$work/raw.tsv # label, wall s, CPU s, peak RSS kB, sync s
: > "$raw"

has() { case $1 in
  restic | borg | b3sum) command -v "$1" > /dev/null ;;
  bagit) "$python" -c 'import bagit' 2> /dev/null ;;
  deep) [ -n "$deep" ] ;;
  *) true ;;
esac; }
wants() { [[ $only == *" $1 "* ]]; }
say() { echo "[$(date +%T)] $*" >&2; }
warm() { find "$docs" -type f -print0 | xargs -0 cat > /dev/null; }
now() { echo "${EPOCHREALTIME/./}"; } # microseconds
seconds() { awk -v us="$1" 'BEGIN { printf "%.6f", us / 1e6 }'; }

# measure LABEL COMMAND...: one row of raw.tsv. Standard output goes to $work/out. `rc` is the exit status.
measure() {
  local label=$1 start end wall user sys rss; shift
  /usr/bin/time -q -o "$work/time" -f '%U %S %M' "$@" > "$work/out" 2> "$work/err" < /dev/null & local child=$!
  start=$(now); wait $child; rc=$?; end=$(now)
  read -r user sys rss < "$work/time"
  wall=$(seconds $((end - start)))
  start=$(now); sync -f "$work"; end=$(now)
  printf '%s\t%s\t%s\t%s\t%s\n' "$label" "$wall" "$(awk "BEGIN { print $user + $sys }")" "$rss" "$(seconds $((end - start)))" >> "$raw"
}
# must LABEL COMMAND...: measure, and stop if it failed.
must() { measure "$@"; [ $rc = 0 ] || { say "$1 failed ($rc):"; tail -5 "$work/err" >&2; exit 1; }; }
# quick LABEL COMMAND...: wall time of a short command, from fork to exit.
quick() {
  local label=$1 start end; shift
  start=$(now); "$@" > "$work/out" 2> "$work/err" < /dev/null; rc=$?; end=$(now)
  printf '%s\t%s\t\t\t\n' "$label" "$(seconds $((end - start)))" >> "$raw"
  [ $rc = 0 ] || { say "$label failed ($rc): $*"; tail -3 "$work/err" >&2; exit 1; }
}
# median LABEL COLUMN (2 wall, 3 CPU, 4 RSS, 5 sync); empty if there is no such row.
median() {
  awk -F'\t' -v l="$1" -v c="$2" '$1 == l && $c != "" { print $c }' "$raw" | sort -g |
    awk '{ v[NR] = $1 } END { if (NR) print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2) }'
}
fresh() { # an empty chauban archive
  rm -rf "$CHAUBAN_ARCHIVE"{,.custody,.key-copy} "$work/sheet"
  "$chauban" init "$CHAUBAN_ARCHIVE" --origin bench.example/kho-1 --archive-code H26.LT --recovery-sheet "$work/sheet" > /dev/null || exit 1
}

say "counting and warming $docs"
count=$(find "$docs" -name '*.pdf' | wc -l)
bytes=$(find "$docs" -type f -printf '%s\n' | awk '{ s += $1 } END { printf "%.0f", s }')
warm
for tool in restic borg bagit b3sum; do has $tool || say "$tool is not installed: skipped"; done
for tool in true "$chauban --version"; do for ((i = 0; i < reps; i++)); do quick "start ${tool##*/}" $tool; done; done

# ---------------------------------------------------------------------------------------------------------- ingest
ingest() {
  fresh; warm; sync -f "$work"
  measure ingest:chauban "$chauban" ingest --json "$docs"
  # Exit status 1 says that documents were refused; the summary says that the rest was taken.
  grep -q '^{"summary"' "$work/out" || { say "chauban ingest failed ($rc):"; tail -5 "$work/err" >&2; exit 1; }
  cp "$work/out" "$work/taken.jsonl"
}
ingest_restic() { rm -rf "$work"/restic{,-cache}; restic -q init; warm; sync -f "$work"; must ingest:restic restic -q backup "$docs"; }
ingest_borg() { rm -rf "$work"/borg{,-base}; borg init -e none; warm; sync -f "$work"; must ingest:borg borg create -C zstd,3 ::all "$docs"; }
ingest_bagit() {
  rm -rf "$work/bag"; warm; sync -f "$work"
  must "copy:cp -r" cp -r "$docs" "$work/bag"
  must ingest:bagit "$python" -m bagit --processes 2 --sha256 "$work/bag"
}
ingest_b3sum() { warm; must ingest:b3sum bash -c 'find "$0" -type f -print0 | xargs -0 b3sum --num-threads 2' "$docs"; }
if wants ingest; then
  for ((round = 1; round <= rounds; round++)); do
    for peer in restic borg bagit b3sum; do
      has $peer || continue
      say "ingest, round $round: chauban, $peer"
      ingest; ingest_$peer
    done
  done
  say "ingest: chauban once more"; ingest
else
  ingest; has restic && ingest_restic; has borg && ingest_borg; has bagit && ingest_bagit
fi
taken=$(sed -n 's/^{"summary".*"taken":\([0-9]*\).*/\1/p' "$work/taken.jsonl")
size_of() { du -sb --apparent-size "$1" 2> /dev/null | cut -f1; }

# ---------------------------------------------------------------------------------------------------------- verify
deep=
"$chauban" verify --deep --json > "$work/out" 2> "$work/err" && [ -s "$work/out" ] && deep=1
verify_bagit() { must verify:bagit "$python" -m bagit --processes 2 --validate "$work/bag"; }
verify_borg() { must verify:borg borg check --verify-data; }
verify_restic() { must verify:restic restic -q check --read-data; }
if wants verify; then
  has deep || say "this chauban has no verify --deep yet"
  for ((round = 1; round <= short; round++)); do
    for peer in bagit borg restic; do
      has $peer || continue
      [ $round -gt "$rounds" ] && [ $peer != bagit ] && continue
      say "verify, round $round: chauban, $peer"
      if has deep; then find "$CHAUBAN_ARCHIVE" -type f -print0 | xargs -0 cat > /dev/null; must verify:chauban "$chauban" verify --deep --json; fi
      case $peer in bagit) find "$work/bag" -type f -print0 | xargs -0 cat > /dev/null ;; *) find "$work/$peer" -type f -print0 | xargs -0 cat > /dev/null ;; esac
      verify_$peer
    done
  done
fi

# ------------------------------------------------------------------------------------- one document, fresh process
if wants one; then
  say "one document: $reps added, $reps read"
  mapfile -t codes < <(grep '"outcome":"taken"' "$work/taken.jsonl" | sed 's/.*"doc_code":"\([^"]*\)".*"place":"\([^"]*\)".*/\1 \2/' |
    awk -v n="$reps" '{ line[NR] = $0 } END { for (i = 1; i <= n; i++) print line[int(i * NR / (n + 1)) + 1] }')
  for ((i = 0; i < ${#codes[@]}; i++)); do # new documents: known ones with a line more, which no digest has seen
    pdf=${codes[i]#* } new=$work/new/$i
    mkdir -p "$new"
    { cat "$pdf"; echo "%% $i $RANDOM"; } > "$new/new.pdf"
    sed -e "s/\"sha256\": \"[0-9a-f]*\"/\"sha256\": \"$(sha256sum "$new/new.pdf" | cut -d' ' -f1)\"/" \
      -e "s/\"size\": [0-9]*/\"size\": $(stat -c %s "$new/new.pdf")/" "${pdf%.pdf}.json" > "$new/new.json"
  done
  sync -f "$work"
  for ((i = 0; i < ${#codes[@]}; i++)); do
    code=${codes[i]%% *} pdf=${codes[i]#* }
    quick add:chauban "$chauban" ingest --json "$work/new/$i"
    has restic && quick add:restic restic -q backup "$work/new/$i"
    has borg && quick add:borg borg create -C zstd,3 "::one$i" "$work/new/$i"
    rm -f "$work/read.pdf"
    quick read:chauban "$chauban" get "$code" -o "$work/read.pdf"
    cmp "$work/read.pdf" "$pdf" || exit 1
    has restic && { quick read:restic restic -q dump --path "$docs" latest "$pdf"; cmp "$work/out" "$pdf" || exit 1; }
    has borg && { quick read:borg borg extract --stdout ::all "${pdf#/}"; cmp "$work/out" "$pdf" || exit 1; }
  done
fi

# -------------------------------------------------------------------------------------------------------- receipts
if wants evidence; then
  say "receipts"
  grep '"outcome":"taken"' "$work/taken.jsonl" | sed 's/.*"doc_code":"\([^"]*\)".*"place":"\([^"]*\)".*/\1 \2/' |
    awk -v n="$reps" '{ line[NR] = $0 } END { for (i = 1; i <= n; i++) print line[int(i * NR / (n + 1)) + 2] }' > "$work/receipts.txt"
  while read -r code pdf; do
    rm -f "$work/receipt"
    quick receipt "$chauban" receipt "$code" -o "$work/receipt"
    quick verify-receipt "$chauban" verify-receipt "$work/receipt" "$pdf" --key "$CHAUBAN_ARCHIVE/ledger/keys/ed25519.vkey"
    quick verify-receipt-2 "$chauban" verify-receipt "$work/receipt" "$pdf" --key "$CHAUBAN_ARCHIVE/ledger/keys/ed25519.vkey" --key "$CHAUBAN_ARCHIVE/ledger/keys/ml-dsa-44.vkey"
  done < "$work/receipts.txt"
fi

# --------------------------------------------------------------------------------------------------------- rebuild
if wants rebuild; then
  say "rebuild"
  for ((i = 0; i < short; i++)); do must rebuild "$chauban" rebuild --json; done
  entries=$(sed -n 's/.*"entries":\([0-9]*\).*/\1/p' "$work/out")
  records=$(sed -n 's/.*"records":\([0-9]*\).*/\1/p' "$work/out")
fi

# ---------------------------------------------------------------------------------------------------------- tables
div() { awk -v a="${1:-0}" -v b="${2:-0}" -v d="${3:-2}" 'BEGIN { if (a > 0 && b > 0) printf "%." d "f", a / b; else printf "-" }'; }
ratio() { # peer, chauban, column: how many times the peer's rate chauban's is
  awk -v peer="$(median "$1" "$3")" -v own="$(median "$2" "$3")" -v taken="$taken" -v count="$count" \
    'BEGIN { if (peer > 0 && own > 0) printf "%.2f", (taken / own) / (count / peer); else printf "-" }'
}
ms() { awk -v s="${1:-}" 'BEGIN { if (s == "") print "-"; else printf "%.1f", s * 1000 }'; }
row() { # label, documents, stored bytes
  local wall cpu; wall=$(median "$1" 2) cpu=$(median "$1" 3)
  [ -n "$wall" ] || return 0
  printf '| %-16s | %6.2f | %6.2f | %8s | %10s | %6.1f | %5s | %6s |\n' "${1#*:}" "$wall" "$cpu" \
    "$(div "$2" "$wall" 0)" "$(div "$2" "$cpu" 0)" "$(median "$1" 5)" "$(div "$(median "$1" 4)" 1024 0)" "$(div "${3:-0}" "$bytes" 3)"
}
goal() { # what, value, >= or <=, goal
  local verdict; verdict=$(awk -v v="$2" -v g="$4" -v o="$3" 'BEGIN { if (v == "-") print "not measured"; else print ((o == ">=" ? v >= g : v <= g) ? "reached" : "MISSED") }')
  printf '| %-66s | %10s | %s %-6s | %-12s |\n' "$1" "$2" "$3" "$4" "$verdict"
}
{
  echo
  echo "$count documents, $bytes bytes; $taken taken; $(nproc) cores; load $(cut -d' ' -f1-3 /proc/loadavg); $(date -u +%FT%TZ)"
  echo "$("$chauban" --version); $(has restic && restic version | cut -d' ' -f1,2); $(has borg && borg --version); $(has bagit && "$python" -m bagit --version 2>&1); $(has b3sum && b3sum --version)"
  echo
  echo "| medians          | wall s |  CPU s | docs/s   | docs/CPU s | sync s | MB    | stored |"
  echo "| ---------------- | ------ | ------ | -------- | ---------- | ------ | ----- | ------ |"
  row ingest:chauban "$taken" "$(size_of "$CHAUBAN_ARCHIVE")"
  row ingest:restic "$count" "$(size_of "$work/restic")"
  row ingest:borg "$count" "$(size_of "$work/borg")"
  row "copy:cp -r" "$count"
  row ingest:bagit "$count" "$(size_of "$work/bag")"
  row ingest:b3sum "$count"
  echo
  echo "| all bytes checked | wall s | CPU s | docs/s | docs/CPU s | sync s | MB | |"
  echo "| --- | --- | --- | --- | --- | --- | --- | --- |"
  row verify:chauban "$taken"
  for tool in bagit borg restic; do row verify:$tool "$count"; done
  echo
  echo "| one document, fresh process   | chauban ms | restic ms | borg ms |"
  echo "| ----------------------------- | ---------- | --------- | ------- |"
  for what in add read; do
    printf '| %-29s | %10s | %9s | %7s |\n' "$what" "$(ms "$(median $what:chauban 2)")" "$(ms "$(median $what:restic 2)")" "$(ms "$(median $what:borg 2)")"
  done
  for what in receipt verify-receipt verify-receipt-2; do printf '| %-29s | %10s | | |\n' "$what" "$(ms "$(median $what 2)")"; done
  printf '| %-29s | %10s | | |\n' "(chauban --version)" "$(ms "$(median 'start chauban --version' 2)")" "(an empty process)" "$(ms "$(median 'start true' 2)")"
  echo
  echo "| goal                                                               |   measured | goal      |              |"
  echo "| ------------------------------------------------------------------ | ---------- | --------- | ------------ |"
  # Only documents taken count for chauban: those refused (secret) cost it less and the peers a whole document.
  goal "ingest: documents per CPU-second, of borg's" "$(ratio ingest:borg ingest:chauban 3)" ">=" 1.2
  goal "ingest: documents/s, of restic's" "$(ratio ingest:restic ingest:chauban 2)" ">=" 1.5
  goal "one document added, ms" "$(ms "$(median add:chauban 2)")" "<=" 30
  goal "one document read, ms" "$(ms "$(median read:chauban 2)")" "<=" 30
  goal "receipt, ms" "$(ms "$(median receipt 2)")" "<=" 1000
  goal "verify-receipt, ms" "$(ms "$(median verify-receipt 2)")" "<=" 20
  goal "verify --deep: documents/s, of bagit --validate's" "$(ratio verify:bagit verify:chauban 2)" ">=" 2
  goal "rebuild, records/s" "$(div "${records:-0}" "$(median rebuild 2)" 0)" ">=" 20000
  goal "peak memory of any chauban command, MB" "$(awk -F'\t' '$1 ~ /chauban|rebuild/ && $4 > m { m = $4 } END { printf "%.0f", m / 1024 }' "$raw")" "<=" 400
  [ -n "${entries:-}" ] && echo && echo "rebuild: $entries entries, $records records"
} | tee "$work/table.md"
[ -n "${KEEP:-}" ] || [ -n "${2:-}" ] || rm -rf "$work"
