#!/usr/bin/env bash
# README's two commands as a newcomer gives them: ./dev run until the demo answers and has decided, then ./dev test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
grep -qx './dev run' README.md && grep -qx './dev test' README.md # else this no longer runs what README says

port=${1:-8975}

# Status line of GET /healthz, without needing a client: empty where nobody listens.
health() {
  exec 3<>"/dev/tcp/127.0.0.1/$port" || return 0
  printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
  head -1 <&3
  exec 3<&- 3>&-
} 2>/dev/null

# A process group of its own, so that Ctrl-C reaches the demo behind the script as it does on a terminal.
set -m
./dev run --port "$port" &
demo=$!
set +m
until [[ "$(health)" == *" 200 "* ]]; do
  kill -0 "$demo" 2>/dev/null || { wait "$demo"; echo "the demo ended by itself" >&2; exit 1; }
  sleep 1
done
echo "the demo answers and has decided"
kill -INT -- "-$demo"
wait "$demo"
echo "the demo ended when it was told to"

./dev test
