#!/bin/sh
# Eight sources of 300 ms asked at once, by gridpilot's doors and by Python's aiohttp, in turns in one run, against one
# mock of a process of its own: bench/fetch.sh [BUILD_FOLDER] [ROUNDS]. Needs python3-aiohttp and taskset.
set -eu
here=$(dirname "$0")
program=${1:-$here/../build/bench}/bench/bench_fetch
rounds=${2:-20}
# Debian's python3 has the module; another one in front of it need not.
python=/usr/bin/python3
directory=$(mktemp -d)
trap 'kill "$mock" 2>/dev/null || true; rm -rf "$directory"' EXIT
taskset -c 0 "$python" "$here/fetch_mock.py" >"$directory/port" &
mock=$!
while [ ! -s "$directory/port" ]; do sleep 0.05; done
origin="http://127.0.0.1:$(cat "$directory/port")"
for turn in 1 2 3; do
  taskset -c 1 "$program" "$origin" "$rounds"
  taskset -c 1 "$python" "$here/fetch_rival.py" "$origin" "$rounds"
done
