#!/usr/bin/env bash
# Checks the Ed25519 line of checkpoints with OpenSSL alone: no library of ours or of a log's.
# usage: openssl.sh KEY NOTE...    exit status: 0 all are signed, 1 one is not, 2 it could not be asked
# A NOTE is a checkpoint, or a receipt: then the checkpoint in it.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
refuse() { echo "$*"; exit 1; }
hex() { od -An -v -tx1 | tr -d ' \n'; }

# vkey: name+ID+base64(0x01 || public key); the base64 may hold a + too.
vkey=$(cat "$1") name=${vkey%%+*} rest=${vkey#*+}
id=${rest%%+*}
base64 -d <<<"${rest#*+}" >"$dir/typed" 2>/dev/null || refuse "the key is not base64"
[ "$(head -c 1 "$dir/typed" | hex)" = 01 ] && [ "$(wc -c <"$dir/typed")" = 33 ] || refuse "not an Ed25519 vkey"
computed=$({ printf '%s\n' "$name"; cat "$dir/typed"; } | openssl dgst -sha256 -binary | head -c 4 | hex)
[ "$computed" = "$id" ] || refuse "the vkey's ID is not the ID of its key"
{ printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00'; tail -c 32 "$dir/typed"; } >"$dir/key.der" # SPKI

for note in "${@:2}"; do
    shown=$(basename "$note")
    if [ "$(head -n 1 "$note")" = "c2sp.org/tlog-proof@v1" ]; then
        sed '1,/^$/d' "$note" >"$dir/note"
    else
        cp "$note" "$dir/note"
    fi
    blank=$(grep -n '^$' "$dir/note" | tail -n 1 | cut -d : -f 1) || refuse "$shown: not a signed note"
    head -n $((blank - 1)) "$dir/note" >"$dir/text"
    [ "$(head -n 1 "$dir/text")" = "$name" ] || refuse "$shown: not of the log $name"
    found=no
    while read -r dash by signature; do
        [ "$dash $by" = "— $name" ] || continue
        base64 -d <<<"$signature" >"$dir/line" 2>/dev/null || refuse "$shown: a signature is not base64"
        [ "$(head -c 4 "$dir/line" | hex)" = "$id" ] || continue
        tail -c +5 "$dir/line" >"$dir/signature"
        openssl pkeyutl -verify -pubin -keyform DER -inkey "$dir/key.der" -rawin -in "$dir/text" \
            -sigfile "$dir/signature" >"$dir/said" 2>&1 || refuse "$shown: $(head -n 1 "$dir/said")"
        found=yes
    done < <(tail -n +$((blank + 1)) "$dir/note")
    [ $found = yes ] || refuse "$shown: no line by $name+$id"
done
echo "$(($# - 1)) signed by $name"
