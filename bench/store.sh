#!/bin/sh
# Ours and Python's sqlite3, in one run: bench/store.sh [BUILD_FOLDER]
set -eu
here=$(dirname "$0")
"${1:-$here/../build/bench}/bench/bench_store" --benchmark_min_time=0.2 --benchmark_repetitions=5
python3 "$here/store_rival.py"
