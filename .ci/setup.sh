#!/usr/bin/env bash
# What `make demo` and `make test` need, made ready: the Debian packages that are missing, and a virtual environment
# with exactly the locked Python packages. Run again it finds everything in place and is done in well under a second.
#
#   .ci/setup.sh run     what the gateway, the simulator and the demo need
#   .ci/setup.sh test    that, and compilers, browser, linters and test runner
#   .ci/setup.sh gateway as run, with the programs copied into VENV: for systemd/install.sh
#
#   PYTHON=python3.13 VENV=.venv-313 .ci/setup.sh test    another interpreter beside the first
#
# Nothing outside this folder is touched but Debian's packages (and pip's own cache). No service is started or enabled.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

set_name=${1:-run}
venv=${VENV:-.venv}
oldest="3.11"

case $set_name in
    run | gateway) lock=.ci/lock-run.txt ;;
    test) lock=.ci/lock-test.txt ;;
    *)
        echo "usage: .ci/setup.sh run|test|gateway" >&2
        exit 2
        ;;
esac

# mosquitto: the broker of the demo and the tests, started by them on a free loopback port.
# libzbar0: pyzbar loads it.  dbus-daemon: the private bus on which the stand-in BlueZ answers bleak.
# fonts-noto-cjk: Chinese on printed passes, rendered pictures and screenshots.
run_packages="mosquitto libzbar0 dbus-daemon fonts-noto-cjk"
# gcc-avr ... make: the door node's firmware is compiled and run in an emulated microcontroller.
# chromium: drives the pages.  systemd: systemd-analyze and its kin check the units (nothing of it is started).
test_packages="$run_packages gcc-avr avr-libc simavr libsimavr-dev libelf-dev gcc libc6-dev make chromium systemd"

say() { echo "menshen set-up: $*"; }
fail() {
    printf 'menshen set-up: %s\n' "$@" >&2
    exit 1
}

# --- Debian packages ---------------------------------------------------------------------------------------------

# Every installed package, and what it stands in for: on Debian 13 libzbar0 is libzbar0t64, which provides libzbar0.
installed_packages() {
    if command -v dpkg-query >/dev/null; then
        dpkg-query --show --showformat='${db:Status-Status} ${Package}, ${Provides}\n' |
            sed -n 's/^installed //p' | tr ',' '\n' | sed 's/(.*//; s/ //g'
    fi
}

# The arguments that are not installed, one a line.
missing_of() {
    local package installed
    installed=$(installed_packages)
    for package in "$@"; do
        grep -qxF "$package" <<<"$installed" || echo "$package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    elif command -v sudo >/dev/null && [ -t 0 ]; then
        say "asking sudo for: $*"
        sudo "$@"
    else
        return 126 # nobody here may install anything; the caller says what to type
    fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "$@" </dev/null
}

install_packages() {
    local by_hand="apt-get update && apt-get install --no-install-recommends $*"
    if ! command -v apt-get >/dev/null; then
        fail "this is not a Debian system (no apt-get); please install by other means: $*"
    fi
    if ! as_root true; then
        fail "Debian packages are missing, and this account may not install them. As root, run:" \
            "    $by_hand" "then start again."
    fi
    say "installing Debian packages: $*"
    # Debian starts and enables the system's broker when the package arrives; here it is wanted as a program only.
    # The mask stands in /run, so it cannot outlive this boot whatever happens in between.
    local tame_broker=""
    if [[ " $* " == *" mosquitto "* && -d /run/systemd/system ]]; then
        tame_broker=yes
        as_root systemctl mask --quiet --runtime mosquitto.service
    fi
    local done_well=yes
    if [ -z "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -print -quit 2>/dev/null)" ]; then
        as_root apt-get update --quiet </dev/null || true # the install below fails if this was needed and failed
    fi
    if ! apt_install "$@"; then
        say "once more with fresh package lists"
        as_root apt-get update --quiet </dev/null && apt_install "$@" || done_well=""
    fi
    if [ -n "$tame_broker" ]; then
        as_root systemctl unmask --quiet --runtime mosquitto.service
        as_root systemctl disable --quiet mosquitto.service || true # not there if the install failed
        say "the system's own mosquitto service is left switched off (systemctl enable --now mosquitto turns it on)"
    fi
    if [ -z "$done_well" ]; then
        fail "Debian's packages could not be installed (the lines above say why; most often there is no network)." \
            "Once they can be fetched, run: $by_hand"
    fi
}

need_packages() {
    local missing
    missing=$(missing_of "$@")
    if [ -n "$missing" ]; then
        # shellcheck disable=SC2086  # one word, one package
        install_packages $missing
    fi
}

# --- Python ------------------------------------------------------------------------------------------------------

# Succeeds if "$1" is a Python that is new enough; with a second word, if it has these modules too.
fits() {
    "$1" -c "import sys; sys.exit(sys.version_info < (${oldest/./, }))" 2>/dev/null &&
        { [ $# -lt 2 ] || "$1" -c "import $2" 2>/dev/null; }
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3 /usr/bin/python3}; do
        if fits "$candidate" "${1:-sys}"; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

# The packages without which no venv can be made here. Debian ships venv and ensurepip apart from the interpreter, in a
# package named after its version.
packages_of_python() {
    local python
    if find_python "venv, ensurepip" >/dev/null; then
        return
    elif python=$(find_python); then
        "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
    elif [ -z "${PYTHON:-}" ]; then
        echo python3 python3-venv
    fi
}

make_venv() {
    local python
    if ! python=$(find_python "venv, ensurepip"); then
        [ -z "${PYTHON:-}" ] || fail "PYTHON=$PYTHON is no Python of $oldest or newer"
        fail "no Python of $oldest or newer with its venv module was found"
    fi
    say "making $venv with $("$python" -V)"
    rm -rf "$venv"
    "$python" -m venv "$venv"
}

# A venv's scripts name the interpreter by its full path, so one that was moved or copied with its folder is of no use.
stands_where_it_was_made() {
    local first_line
    read -r first_line <"$venv/bin/pip" || return 1
    # Paths too long for a "#!" line go by way of the shell.
    [ "$first_line" = "#!/bin/sh" ] || [ "$(dirname "${first_line#\#!}")" -ef "$venv/bin" ]
}

# The venv at hand serves unless it is broken, too old, moved, or PYTHON asks for another version than it has.
venv_serves() {
    [ -f "$venv/bin/pip" ] && fits "$venv/bin/python" pip && stands_where_it_was_made || return 1
    [ -z "${PYTHON:-}" ] && return
    local version='import sys; print(sys.version_info[:3])'
    [ "$("$venv/bin/python" -c "$version")" = "$("$PYTHON" -c "$version" 2>&1)" ]
}

pip_install() {
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input --no-deps "$@" </dev/null
}

install_python_packages() {
    say "installing the Python packages of $lock"
    case $(uname -m) in
        x86_64 | aarch64) ;;
        *) say "no ready-made packages are promised for $(uname -m), only for x86_64 and aarch64 (64-bit systems)" ;;
    esac
    # --require-hashes: these files and no others, whatever index or mirror this machine has set.
    if ! pip_install --require-hashes --only-binary :all: --requirement "$lock"; then
        fail "the Python packages could not be installed. The lines above say why; most often there is no network, or" \
            "one whose proxy signs for itself (CERTIFICATE_VERIFY_FAILED: name its certificate in PIP_CERT)."
    fi
    if [ "$set_name" = gateway ]; then
        rm -rf build # setuptools would pack what an older build left there
        pip_install --no-build-isolation --force-reinstall .
        rm -rf build
    else
        pip_install --no-build-isolation --editable .
    fi
    local verdict
    verdict=$("$venv/bin/python" -m pip check --disable-pip-version-check) || fail "the lock does not fit: $verdict"
}

# --- in order ----------------------------------------------------------------------------------------------------

# All that is missing in one go: whoever has to ask somebody else to install it asks once.
packages=$run_packages
[ "$set_name" != test ] || packages=$test_packages
venv_serves || packages="$packages $(packages_of_python)"
# shellcheck disable=SC2086  # one word, one package
need_packages $packages

venv_serves || make_venv

# The stamp names what the venv was made of. The test lock holds all of the run lock, so its stamp serves both.
made_of() { sha256sum ".ci/lock-$1.txt" pyproject.toml; }
if [ "$set_name" = gateway ]; then
    install_python_packages # always: the programs are copied, and may have changed
    exit 0
fi
for made in "$set_name" test; do
    if [ -f "$venv/menshen-$made.stamp" ] && made_of "$made" | cmp --silent - "$venv/menshen-$made.stamp"; then
        exit 0
    fi
done
install_python_packages
rm -f "$venv"/menshen-*.stamp
made_of "$set_name" >"$venv/menshen-$set_name.stamp"
say "$venv is ready"
