#!/bin/sh
# Every header compiles alone (after config.h, as in every source file).
# Needs CC and CFC_CFLAGS from make; run it by `make check-headers`.
set -u
srcdir=${srcdir:-.}
failed=0
for h in $(cd "$srcdir" && find compiler grammar runtime plugins tests/support -name '*.h' | sort); do
	# CFC_CFLAGS is a list of words.
	# shellcheck disable=SC2086
	if ! printf '#include "config.h"\n#include "%s"\n' "$h" |
	    $CC $CFC_CFLAGS -fsyntax-only -x c -; then
		echo "$h does not compile alone"
		failed=1
	fi
done
[ "$failed" -eq 0 ]
