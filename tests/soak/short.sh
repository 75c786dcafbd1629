#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Some seconds of `make soak`, with the programs of this build as they are.
out=$(mktemp -d "${TMPDIR:-/tmp}/svnic-soak-out.XXXXXX") || exit 1
"${top_srcdir:-.}/tests/soak/run" --short "${top_builddir:-.}" "$out"
code=$?
[ $code = 0 ] || [ $code = 77 ] || tail -n 20 "$out"/soak/*.log
rm -rf "$out"
exit $code
