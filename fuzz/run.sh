#!/usr/bin/env bash
# Runs every fuzz target for so many seconds, from the seeds in the sample and the fixtures. Needs rustup's nightly and
# cargo-fuzz, and installs them; compiles no RocksDB (src/fuzz.rs says why).
# usage: run.sh SECONDS [TARGET...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:?seconds}
shift
target=${CARGO_TARGET_DIR:-$HOME/.cache/chauban/target}-fuzz
corpus=${XDG_CACHE_HOME:-$HOME/.cache}/chauban/fuzz
cargo +nightly --version >/dev/null 2>&1 || rustup toolchain install nightly --profile minimal
command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
[ $# -gt 0 ] || set -- $(sed -n 's|^path = "targets/\(.*\)\.rs"|\1|p' fuzz/Cargo.toml)
mkdir -p "$corpus"/{sidecar,dossier,signature,x509,crl,ocsp,xml_signature,zip}
cp tests/sample/transfer/*/*.json "$corpus/sidecar"
cp tests/sample/dossier/dossier.json "$corpus/dossier"
cp tests/fixtures/signatures/*.pdf "$corpus/signature"
cp tests/fixtures/pkits/certs/*.crt "$corpus/x509"
cp tests/fixtures/pkits/crls/*.crl "$corpus/crl"
cp tests/fixtures/ocsp/*.ocsp "$corpus/ocsp"
cp tests/fixtures/xmldsig/*.xml "$corpus/xml_signature"
cp tests/fixtures/xmldsig/*.asice "$corpus/zip"
for name in "$@"; do
    mkdir -p "$corpus/$name"
    cargo +nightly fuzz run --release --target-dir "$target" "$name" "$corpus/$name" -- \
        -max_total_time="$seconds" -print_final_stats=1 -rss_limit_mb=4096
done
