#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A card of three workers: traffic, attacks, and its core killed under both.
set -u
here=$(dirname "$0")
for script in traffic.sh hostile.sh firmware.sh; do
	WORKERS=3 "$here/$script"
	code=$?
	[ "$code" = 0 ] || exit "$code"
done
