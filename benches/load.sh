#!/usr/bin/env bash
# The service under load: reads and searches a second with their times, and the first page after a start.
#
#   benches/load.sh ARCHIVE [PROGRAM]
#
# ARCHIVE: an archive with its custody and key copy beside it and an archivist called $NAME with password $PASSWORD
# (default `load`); it is served on loopback, without limits on requests, and not written but for sessions. Needs wrk, curl
# and jq. SECONDS_EACH (10) and CONNECTIONS (8) may be set. Prints one line for each figure; fails on no time, but on any
# answer that is no 2xx.
set -euo pipefail

archive=$1 program=${2:-target/release/chauban}
name=${NAME:-load} password=${PASSWORD:?the password of the archivist}
each=${SECONDS_EACH:-10} connections=${CONNECTIONS:-8}
work=$(mktemp -d)
serving=
trap '[ -z "$serving" ] || kill "$serving"; rm -rf "$work"' EXIT

export CHAUBAN_LANG=en CHAUBAN_LIMITS_REQUESTS_PER_MINUTE=0
started=$(date +%s%N)
"$program" --archive "$archive" serve --listen 127.0.0.1:0 --stamp-every 0 2>"$work/log" &
serving=$!
until place=$(sed -n 's|^listening on \(http://[^/]*\)/$|\1|p' "$work/log") && [ -n "$place" ]; do
    kill -0 "$serving"
    sleep 0.01
done
curl -sf -o "$work/page" "$place/sign-in"
echo "first page after the start: $((($(date +%s%N) - started) / 1000000)) ms, $(wc -c <"$work/page") B"

jq -n --arg name "$name" --arg password "$password" '{name: $name, password: $password}' >"$work/who"
curl -sf -D "$work/head" -o "$work/session" -H 'content-type: application/json' --data "@$work/who" "$place/api/v1/session"
cookie=$(sed -n 's/^set-cookie: \(chauban=[^;]*\).*/\1/p' "$work/head" | tr -d '\r')

# Paths of 1,000 records spread over the archive, and words of their subjects.
"$program" --archive "$archive" search --from 1900-01-01 --limit 1000 --json >"$work/found"
jq -r '.records[].doc_code' "$work/found" | sort -R --random-source=<(yes) >"$work/codes"
jq -r '.records[].subject | split(" ") | map(select(length > 2)) | .[2:4] | join("+")' "$work/found" |
    grep -v '[^[:alnum:]+]' | sort -u >"$work/words"

# measure TITLE PREFIX FILE: requests to PREFIX and each line of FILE in turn
measure() {
    cat >"$work/load.lua" <<LUA
local paths, at = {}, 0
for line in io.lines("$3") do paths[#paths + 1] = "$2" .. line:gsub("[^%w%.%-%+/]", function(c) return ("%%%02X"):format(c:byte()) end) end
wrk.headers["cookie"] = "$cookie"
function request() at = at % #paths + 1; return wrk.format("GET", paths[at]) end
function done(summary, latency)
  io.write(("%-24s %6.0f/s  p50 %6.1f ms  p99 %6.1f ms  failed %d\n"):format("$1", summary.requests * 1e6 / summary.duration,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
LUA
    wrk -t 1 -c "$connections" -d "${each}s" -s "$work/load.lua" "$place" | grep "/s  p50" | tee "$work/line"
    grep -q 'failed 0$' "$work/line"
}
measure 'record, API' /api/v1/records/ "$work/codes"
measure 'record, page' /records/ "$work/codes"
measure 'search, API' '/api/v1/records?words=' "$work/words"
measure 'search, page' '/search?words=' "$work/words"
echo "memory: $(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$serving/status") MiB at most"
