#!/usr/bin/env bash
# pyproject.toml in, the two lock files out: one set of versions for every Python from 3.11 on, with the hashes of
# every file that the package index has of them. Versions already locked stay, unless asked:
#
#   .ci/lock.sh                                what pyproject.toml now needs
#   .ci/lock.sh --upgrade                      everything as new as it goes
#   .ci/lock.sh --upgrade-package cryptography
#
# Afterwards: make test, then commit the locks with .ci/wheels-aarch64.json and THIRD_PARTY.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=${VENV:-.venv}/bin/python
locker=.venv-lock
[ -x "$locker/bin/uv" ] || { "$python" -m venv "$locker" && "$locker/bin/pip" install --quiet "uv>=0.9"; }

build_requirement=$("$python" -c "
import tomllib
print(*tomllib.load(open('pyproject.toml', 'rb'))['build-system']['requires'], sep='\n')")

compile() { # lock file, further arguments
    # uv reads none of pip's settings, so no private index of this machine can get into a lock.
    "$locker/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --custom-compile-command "make lock" --output-file "$@"
}
# The build back end is locked too: the package itself is installed from its folder without fetching anything.
# Tests first: the gateway then runs on the very versions that are tested (cwt holds cbor2 below 6, for one).
compile .ci/lock-test.txt --extra test pyproject.toml - "$@" <<<"$build_requirement"
compile .ci/lock-run.txt --constraint .ci/lock-test.txt pyproject.toml - <<<"$build_requirement"

"$python" -m tests.wheels --update
"$python" -m tests.licences --update
