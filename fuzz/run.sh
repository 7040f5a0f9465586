#!/usr/bin/env bash
# Runs every fuzz target for so many seconds, from the seeds in the sample and the fixtures; an input that takes 5 seconds,
# or 512 MB at once, is a failure as a panic is. Needs rustup's nightly and cargo-fuzz, and installs them; compiles no
# RocksDB (src/fuzz.rs says why).
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
mkdir -p "$corpus"/{sidecar,dossier,asn1,c14n,x509,crl,ocsp,cms,timestamp,evidence_record,xml_signature,zip,package,pdf_revisions,wanted,retention_rules,validate}
cp tests/sample/transfer/*/*.json "$corpus/sidecar"
cp tests/sample/dossier/dossier.json "$corpus/dossier"
cp retention_rules/*.toml "$corpus/retention_rules"
for folder in signatures attacks verdicts; do
    for file in tests/fixtures/$folder/*.pdf; do cp "$file" "$corpus/pdf_revisions/$folder-${file##*/}"; done
done
cp tests/fixtures/pkits/certs/*.crt "$corpus/x509"
cp tests/fixtures/pkits/crls/*.crl "$corpus/crl"
cp tests/fixtures/ocsp/*.ocsp "$corpus/ocsp"
cp tests/fixtures/sources/authority.{crl,crt,p7c,crl.pem,chain.pem,p7c.pem} tests/fixtures/sources/signer.ocsp "$corpus/wanted"
cp tests/fixtures/{xmldsig,verdicts}/*.xml "$corpus/xml_signature"
cp tests/fixtures/{xmldsig,verdicts}/*.asic? "$corpus/zip"
cp "$corpus"/zip/*.asic? "$corpus/package"
cp "$corpus"/xml_signature/*.xml "$corpus/c14n"
cp "$corpus"/{x509,crl,ocsp}/*.* "$corpus/asn1"
cp tests/fixtures/verdicts/*.p7? "$corpus/cms"
# What the signatures in PDF files hold: CMS, and of document time-stamps tokens, which evidence records hold too.
contents() { grep -aoP '/Contents *<\K[0-9a-fA-F]{200,}' "$1" | tail -n 1 | xxd -r -p; }
for file in tests/fixtures/{signatures,verdicts}/*.pdf; do
    contents "$file" > "$corpus/cms/${file##*/}.cms" || rm "$corpus/cms/${file##*/}.cms"
done
cp "$corpus/cms/document_timestamp.pdf.cms" "$corpus/timestamp"
cp "$corpus/cms/document_timestamp.pdf.cms" "$corpus/evidence_record"
cp "$corpus"/{cms,timestamp}/*.cms "$corpus"/{xml_signature,zip,pdf_revisions}/*.{xml,asics,asice,pdf} tests/fixtures/verdicts/*.p7? \
    "$corpus/validate" 2>/dev/null || true
for name in "$@"; do
    mkdir -p "$corpus/$name"
    cargo +nightly fuzz run --release --target-dir "$target" "$name" "$corpus/$name" -- \
        -max_total_time="$seconds" -print_final_stats=1 -timeout=5 -malloc_limit_mb=512 -rss_limit_mb=2048
done
