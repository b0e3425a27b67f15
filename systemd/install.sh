#!/usr/bin/env bash
# Puts the gateway onto this machine: programs into /opt/menshen, units, accounts and udev rules into /etc.
# Run as root from a clone, again after each update. It enables and starts nothing.
#
#   systemd/install.sh               this machine
#   systemd/install.sh --root DIR    only the files, into a tree below DIR (an image being built, a test)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

root=""
case ${1:-} in
    "") ;;
    --root) root=${2:?"--root wants a folder"} ;;
    *)
        echo "usage: systemd/install.sh [--root DIR]" >&2
        exit 2
        ;;
esac

put() { install -D --mode=0644 "systemd/$1" "$root/etc/$2"; }

if [ -z "$root" ]; then
    umask 022 # the services' accounts read these programs
    [ "$(id -u)" = 0 ] || { echo "systemd/install.sh: run it as root" >&2; exit 1; }
    VENV=/opt/menshen/venv bash .ci/setup.sh gateway
fi

put menshen.service systemd/system/menshen.service
put menshen-centre.service systemd/system/menshen-centre.service
put menshen.sysusers sysusers.d/menshen.conf
put menshen.tmpfiles tmpfiles.d/menshen.conf
put 99-menshen.rules udev/rules.d/99-menshen.rules
[ -z "$root" ] || exit 0

systemd-sysusers menshen.conf
systemd-tmpfiles --create menshen.conf
# An image that is being built has neither of the two running.
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
if [ -S /run/udev/control ]; then udevadm control --reload && udevadm trigger --subsystem-match=usb --subsystem-match=tty; fi

if [ -e /usr/lib/udev/rules.d/85-brltty.rules ]; then
    # brltty takes CH340 and CP210x adapters for braille displays and unbinds them from their driver.
    echo "brltty is installed and takes USB serial adapters away. Unless a braille display is in use here:"
    echo "    ln -s /dev/null /etc/udev/rules.d/85-brltty.rules && udevadm control --reload"
fi
if [ -e /etc/menshen/menshen.toml ]; then
    echo "Installed. To run the new version: systemctl restart menshen"
else
    echo "Installed. Next: write /etc/menshen/menshen.toml, try it with"
    echo "    /opt/menshen/venv/bin/menshen config check --config /etc/menshen/menshen.toml"
    echo "then: systemd-tmpfiles --create menshen.conf && systemctl enable --now menshen"
fi
