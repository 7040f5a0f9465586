#!/usr/bin/env bash
# Runs the official test suites (PKITS, x509-limbo, XML signatures, attacks on signed PDFs) in the folder that
# CHAUBAN_SUITES names; exit 3 when one is missing, so that what did not run is never taken for what passed. Arguments
# go to cargo.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for suite in pkits/cases.json limbo/limbo.json xmldsig/keys/README.md pdf-attacks/isa_A.pdf; do
    if [ ! -f "${CHAUBAN_SUITES:-}/$suite" ]; then
        echo "SKIPPED: no $suite in the folder of suites (CHAUBAN_SUITES=${CHAUBAN_SUITES:-})" >&2
        exit 3
    fi
done
cargo test "$@" --lib conformance_ -- --ignored --nocapture
