#!/bin/sh
# doc/reference.md is what `corefilec plugins --reference` prints, after its heading.
# ./dev golden-update writes it anew.  The pages made of it by doc/make-reference.sh are whole: well-formed,
# one for each plugin, with every option, and need nothing from elsewhere.
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

pages=$builddir/reference
html=$pages/reference.html
for name in $("$corefilec" plugins | cut -d' ' -f1); do
	page=$pages/corefile-$name.5
	[ -s "$page" ] || { echo "$name has no manual page"; status=1; continue; }
	options=$("$corefilec" plugins "$name" | sed -n 's/^- `\([^`]*\)`:.*/\1/p')
	for part in NAME DESCRIPTION SYNTAX ${options:+OPTIONS} EXAMPLES "DIFFERENCES FROM COREDNS"; do
		grep -qx "\.SH $part" "$page" || { echo "$page has no $part"; status=1; }
	done
	for option in $options; do
		awk -v id="<section id=\"$name\"" -v code="<code>$option</code>" '
			index($0, "<section ") { inside = index($0, id) }
			inside && index($0, code) { found = 1 }
			END { exit !found }' "$html" || { echo "$html: $name has no $option"; status=1; }
	done
done
if grep -nE 'src=|<link|@import|url\(' "$html"; then
	echo "$html needs something from elsewhere"
	status=1
fi
if command -v xmllint >/dev/null; then
	xmllint --noout "$html" || status=1
fi
if command -v groff >/dev/null; then
	for page in "$pages"/*.5 doc/man/*; do
		complaint=$(groff -K utf8 -man -ww -z -Tutf8 "$page" 2>&1)
		[ -z "$complaint" ] || { echo "$complaint"; status=1; }
	done
fi
if command -v mandoc >/dev/null; then
	mandoc -Tlint -W warning "$pages"/*.5 doc/man/* || status=1
fi
exit $status
