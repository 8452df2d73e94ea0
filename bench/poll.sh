#!/usr/bin/env bash
# Many emulated inverters in one process, polled every 20 s by another: the poller's share of a core.
# usage: bench/poll.sh GRIDPILOT BENCH_POLL [INVERTERS] [SECONDS]
set -euo pipefail
gridpilot=$1 poller=$2 inverters=${3:-1000} seconds=${4:-60}
port=21000
"$gridpilot" emulate goodwe --count "$inverters" --listen "127.0.0.1:$port" 2>/dev/null &
emulator=$!
trap 'kill "$emulator"' EXIT
"$poller" "$port" "$inverters" "$seconds"
