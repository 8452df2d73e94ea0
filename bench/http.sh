#!/bin/sh
# Requests per second of the HTTP server on one core, 1 kB a reply: bench/http.sh build/bench/bench/bench_http_server
# The server has one core and wrk the other. On a machine that does other things too, the second figure, requests per
# second of the server's own processor time, is the one to look at. Needs wrk and taskset.
set -eu
program=${1:?usage: bench/http.sh PROGRAM [SECONDS]}
seconds=${2:-5}
directory=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$directory"' EXIT
taskset -c 0 "$program" >"$directory/port" &
server=$!
while [ ! -s "$directory/port" ]; do sleep 0.05; done
url="http://127.0.0.1:$(cat "$directory/port")/"
ticks=$(getconf CLK_TCK)
used() { awk '{print $14 + $15}' "/proc/$server/stat"; }
for connections in 1 16 64; do
  before=$(used)
  taskset -c 1 wrk -t1 -c"$connections" -d"${seconds}s" --latency "$url" >"$directory/seen"
  awk -v connections="$connections" -v cpu="$(($(used) - before))" -v ticks="$ticks" '
    /99%/ {p99 = $2} /Requests\/sec/ {rate = $2} /requests in/ {count = $1} /Non-2xx|Socket errors/ {print "FAULT: " $0}
    END {printf "%d connections: %d requests/s, %d per second of processor time, p99 %s\n",
                connections, rate, count * ticks / cpu, p99}' "$directory/seen"
done
