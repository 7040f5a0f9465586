#!/usr/bin/env bash
# Has the ledger checked by implementations that are not ours, then spoils it byte by byte and demands that each of
# them notices. README.md says what each proves.
#
# usage: run.sh ARCHIVE_LEDGER_DIR OLD_CHECKPOINT RECEIPTS_DIR
#   KEYS=DIR       folder of ed25519.vkey and ml-dsa-44.vkey: those one trusts; without it the ledger's own keys/
#   CHECK_S=600    longest time of one check, seconds
# A line per check: ok or FAIL, the tool, the check, what it says. Exit status: 0 if none failed.
set -euo pipefail
[ $# = 3 ] || { sed -n '5,8s/^# //p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$("$here/install.sh" | tail -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 limit_s=${CHECK_S:-600}

# What is checked is a picture of the ledger taken now, so that an archive may go on writing: links to its files,
# which never change, and the checkpoint, which does, copied first.
source=$(realpath "$1") ledger=$work/ledger
mkdir -p "$ledger" "$work/receipts"
cp "$source/checkpoint" "$work/checkpoint"
cp -as "$source/." "$ledger/"
cp --remove-destination "$work/checkpoint" "$ledger/checkpoint"
cp "$2" "$work/old-checkpoint"
keys=$(realpath "${KEYS:-$source/keys}")
ed25519=$keys/ed25519.vkey ml_dsa_44=$keys/ml-dsa-44.vkey
find "$(realpath "$3")" -maxdepth 1 -name '*.tlog-proof' -exec cp -t "$work/receipts" {} +
receipts=("$work/receipts"/*.tlog-proof)
[ -e "${receipts[0]}" ] || { echo "no NAME.tlog-proof in $3" >&2; exit 2; }

line() { printf '%-4s  %-10s %-14s %s\n' "$@"; }
pass() { line ok "$@"; passed=$((passed + 1)); }
fail() { line FAIL "$@"; failed=$((failed + 1)); }

python() { "$tools/venv/bin/python" "$here/verify.py" "$@"; }
# Tessera's command exits 0 whatever it found, so only its own word of success counts.
fsck() {
    "$tools/bin/fsck" --ui=false -v=1 --storage_url="file://$ledger" --public_key="$ed25519" >"$work/fsck" 2>&1
    sed -nE "s/^([EF][0-9]{4} [^]]*|I[^]]*)\] (Successfully.*|fsck failed.*|Invalid.*|Failed.*)/\2/p" "$work/fsck"
    grep -q "Successfully fsck'd log" "$work/fsck"
}

# The checks, by tool and name. $receipt is one receipt, or all.
check() {
    case "$1 $2" in
    'x/mod signature') "$tools/bin/xmod" signature "$ed25519" "$ledger/checkpoint" ;;
    'x/mod old') "$tools/bin/xmod" signature "$ed25519" "$work/old-checkpoint" ;;
    'x/mod consistency') "$tools/bin/xmod" consistency "$ledger" "$work/old-checkpoint" ;;
    'x/mod inclusion') "$tools/bin/xmod" inclusion "$ed25519" "${receipt[@]}" ;;
    'x/mod prefix') "$tools/bin/xmod" consistency "$ledger" "${receipt[@]}" ;;
    'x/mod tree') "$tools/bin/xmod" tree "$ledger" ;;
    'tessera fsck') fsck ;;
    'tessera consistency') "$tools/bin/tessera" consistency "$ed25519" "$ledger" "$work/old-checkpoint" ;;
    'tessera prefix') "$tools/bin/tessera" consistency "$ed25519" "$ledger" "${receipt[@]}" ;;
    'tessera inclusion') "$tools/bin/tessera" inclusion "$ed25519" "${receipt[@]}" ;;
    'openssl signature') "$here/openssl.sh" "$ed25519" "$ledger/checkpoint" ;;
    'openssl old') "$here/openssl.sh" "$ed25519" "$work/old-checkpoint" ;;
    'openssl receipts') "$here/openssl.sh" "$ed25519" "${receipt[@]}" ;;
    'mldsa signature') "$tools/bin/mldsa" signature "$ml_dsa_44" "$ledger/checkpoint" ;;
    'mldsa old') "$tools/bin/mldsa" signature "$ml_dsa_44" "$work/old-checkpoint" ;;
    'mldsa receipts') "$tools/bin/mldsa" signature "$ml_dsa_44" "${receipt[@]}" ;;
    'dilithium signature') python ml-dsa-44 "$ml_dsa_44" "$ledger/checkpoint" ;;
    'dilithium old') python ml-dsa-44 "$ml_dsa_44" "$work/old-checkpoint" ;;
    'dilithium receipts') python ml-dsa-44 "$ml_dsa_44" "${receipt[@]}" ;;
    'pymerkle root') python root "$ledger" "$work/old-checkpoint" ;;
    'sigstore inclusion') python inclusion "${receipt[@]}" ;;
    'hmac commitment') python commitment "${receipt[@]}" ;;
    *) echo "no check $1 $2" >&2; return 2 ;;
    esac
}

# Makes a check under the time limit $1: its exit status, 124 for the limit; what it says is in $work/said.
timed() {
    local status=0
    (limited "$@") >"$work/said" 2>"$work/errors" || status=$?
    [ -s "$work/said" ] || cp "$work/errors" "$work/said"
    said=$(head -n 3 "$work/said" | tr '\n' ' ')
    said=${said% } said=${said:0:120}
    return $status
}
limited() {
    local limit_s=$1 began=$SECONDS # pid is not local: the trap runs later
    shift
    set -m # its own process group, so that the limit ends the children too
    check "$@" &
    pid=$!
    set +m
    trap 'kill -KILL -- "-$pid" 2>/dev/null || true' EXIT
    while kill -0 "$pid" 2>/dev/null; do
        if [ $((SECONDS - began)) -ge "$limit_s" ]; then
            return 124
        fi
        sleep 0.05
    done
    wait "$pid"
}

declare -A took_s
intact() {
    local began=$SECONDS status=0
    timed "$limit_s" "$@" || status=$?
    took_s[$*]=$((SECONDS - began + 1))
    case $status in
    0) pass "$@" "$said" ;;
    124) fail "$@" "no answer within $limit_s s" ;;
    *) fail "$@" "$said" ;;
    esac
}

# noticed WHAT TOOL CHECK: the check must fail by verifying, not by being unable to (status 2 and others). Tessera's
# fsck may hang, but then its log must say that it has met something invalid (tessera issue 1098).
noticed() {
    local what=$1 status=0
    shift
    timed $((took_s[$*] * 3 + 3)) "$@" || status=$?
    case "$status $*" in
    1\ *) pass "$@" "notices $what: $said" ;;
    124\ *)
        if [ "$*" = "tessera fsck" ] && grep -q ':Invalid' "$work/fsck"; then
            pass "$@" "notices $what: marks it invalid, then hangs (its known fault)"
        else
            fail "$@" "hangs on $what"
        fi
        ;;
    0\ *) fail "$@" "DOES NOT NOTICE $what: $said" ;;
    *) fail "$@" "could not check $what: $said" ;;
    esac
}

# spoilt PART FILE WHAT, then pairs TOOL CHECK: flips the byte, has it noticed, puts the byte back.
spoilt() {
    local part=$1 file=$2 what=$3
    shift 3
    cp -P "$file" "$work/before"
    "$tools/venv/bin/python" "$here/corrupt.py" "$part" "$file"
    while [ $# -gt 0 ]; do
        noticed "$what" "$1" "$2"
        shift 2
    done
    mv -f "$work/before" "$file"
}

receipt=("${receipts[@]}")
echo "== as it is"
for tool in x/mod openssl mldsa dilithium; do intact $tool signature; done
for tool in x/mod openssl mldsa dilithium; do intact $tool old; done
for tool in openssl mldsa dilithium; do intact $tool receipts; done
for tool in x/mod tessera; do intact $tool consistency; done
for tool in x/mod tessera sigstore; do intact $tool inclusion; done
for tool in x/mod tessera; do intact $tool prefix; done
intact hmac commitment
intact x/mod tree
intact tessera fsck
intact pymerkle root

if [ "$failed" -gt 0 ]; then
    echo "== not spoilt: it must be whole first"
    echo "$passed passed, $failed failed"
    exit 1
fi

echo "== one byte flipped"
# Of the ledger the tile and the bundle in the middle, which no check meets by chance.
size=$(sed -n 2p "$ledger/checkpoint")
number=$((size / 512)) path=
[ "$size" -ge 256 ] || path=.p/$size
path=$(printf '%03d' $((number % 1000)))$path
while number=$((number / 1000)) && [ "$number" -gt 0 ]; do path=$(printf 'x%03d/' $((number % 1000)))$path; done
if [ "$size" -gt 0 ]; then
    spoilt middle "$ledger/tile/0/$path" "tile/0/$path" x/mod tree tessera fsck
    spoilt entry "$ledger/tile/entries/$path" "tile/entries/$path" x/mod tree tessera fsck pymerkle root
fi
spoilt ed25519 "$ledger/checkpoint" "the checkpoint's Ed25519 line" \
    x/mod signature openssl signature tessera consistency tessera fsck
spoilt ml-dsa-44 "$ledger/checkpoint" "the checkpoint's ML-DSA-44 line" mldsa signature dilithium signature
spoilt root "$ledger/checkpoint" "the checkpoint's root" x/mod signature openssl signature mldsa signature \
    dilithium signature x/mod consistency tessera consistency x/mod tree tessera fsck pymerkle root
if [ "$(sed -n 2p "$work/old-checkpoint")" -gt 0 ]; then
    spoilt root "$work/old-checkpoint" "the older checkpoint's root" x/mod old openssl old mldsa old dilithium old \
        x/mod consistency tessera consistency pymerkle root
fi

# Of the receipts the one with the longest proof.
longest=0
for file in "${receipts[@]}"; do
    lines=$(sed '/^$/q' "$file" | wc -l)
    if [ "$lines" -gt "$longest" ]; then longest=$lines receipt=("$file"); fi
done
what="a receipt's"
inclusion=(x/mod inclusion tessera inclusion sigstore inclusion)
if [ "$longest" -gt 4 ]; then
    spoilt hash "${receipt[0]}" "$what proof hash" "${inclusion[@]}"
else
    line skip - - "no receipt has a proof hash: its ledger had one entry"
fi
spoilt entry-text "${receipt[0]}" "$what entry" "${inclusion[@]}"
spoilt opening "${receipt[0]}" "$what opening" hmac commitment
spoilt root "${receipt[0]}" "$what checkpoint" "${inclusion[@]}" openssl receipts mldsa receipts dilithium receipts
spoilt ed25519 "${receipt[0]}" "$what Ed25519 line" x/mod inclusion tessera inclusion openssl receipts
spoilt ml-dsa-44 "${receipt[0]}" "$what ML-DSA-44 line" mldsa receipts dilithium receipts

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
