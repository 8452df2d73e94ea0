#!/bin/sh
# Whether web/dist is what web/src builds to, byte by byte.
set -eu
cd "$(dirname "$0")"
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
./build "$fresh"
diff -r "$fresh" dist && echo "web/dist is up to date"
