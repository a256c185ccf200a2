#!/bin/sh
# Every id that the sources report has one row in the rule table, and each row is reported by somebody
# or has a function.
set -u
cd "${srcdir:-.}" || exit 1
table=compiler/rules.c
status=0

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
exit $status
