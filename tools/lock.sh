#!/bin/sh
# Writes requirements.lock from pyproject.toml: every dependency with its hashes and no index address.
set -eu
cd "$(dirname "$0")/.."
uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header --no-annotate -o requirements.lock tools/build.in "$@"
