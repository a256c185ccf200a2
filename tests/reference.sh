#!/bin/sh
# doc/reference.md is what `corefilec plugins --reference` prints, after its heading.
# ./dev golden-update writes it anew.
set -u
cd "${srcdir:-.}" || exit 1
corefilec=${builddir:?}/corefilec

if [ "${1:-}" = --update ]; then
	{ sed '/^## /,$d' doc/reference.md; "$corefilec" plugins --reference; } >doc/reference.md.new &&
		mv doc/reference.md.new doc/reference.md
	exit
fi
"$corefilec" plugins --reference | sed -n '/^## /,$p' >"${TMPDIR:-/tmp}/reference.$$"
sed -n '/^## /,$p' doc/reference.md | diff -u - "${TMPDIR:-/tmp}/reference.$$"
status=$?
rm -f "${TMPDIR:-/tmp}/reference.$$"
exit $status
