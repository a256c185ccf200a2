#!/bin/sh
# Every id that the sources report has one row in the rule table, each row is reported by somebody or has a
# function, and each has a page in doc/rules whose Corefiles show it firing and silent.
set -u
cd "${srcdir:-.}" || exit 1
table=compiler/checks/rules.c
status=0

if [ "${1:-}" = --update ]; then
	COREFILEC=${builddir:?}/corefilec exec "${PYTHON3:-python3}" -B tests/golden/pages.py --update
fi

sources()
{
	find compiler grammar plugins -name '*.[cly]' ! -name '*_test.c' ! -path "$table"
}

for id in $(sources | xargs grep -hoE '"CF[0-9]{4}"' | sort -u); do
	rows=$(grep -cF "{ $id," "$table")
	[ "$rows" = 1 ] || { echo "$id: $rows rows in $table"; status=1; }
done
for id in $(grep -oE '\{ "CF[0-9]{4}"' "$table" | grep -oE '"CF[0-9]{4}"' | sort -u); do
	sources | xargs grep -qF "$id" && continue
	sed -n "/{ $id,/,/},/p" "$table" | grep -q 'cfc_check_' ||
		{ echo "$id: nobody reports it"; status=1; }
done
COREFILEC=${builddir:?}/corefilec "${PYTHON3:-python3}" -B tests/golden/pages.py || status=1
exit $status
