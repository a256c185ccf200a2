#!/bin/sh
# Writes plugins/plugins.inc, an automake include line for each plugin of plugins/order.def.
# Run from the top source folder, by autoconf (configure.ac) and by make when order.def changes.
# Leaves the file alone when nothing changed, so that nothing is rebuilt.
set -eu

names=$(sed -n 's/^CFC_PLUGIN(\([a-z0-9_]*\)).*/\1/p' plugins/order.def)
out=plugins/plugins.inc
new=$(
	echo "# Made from plugins/order.def by plugins/list-plugins.sh; not kept in git."
	for name in $names; do
		if [ ! -f "plugins/$name/Makefile.inc" ]; then
			echo "plugins/order.def names '$name', but plugins/$name/Makefile.inc is missing" >&2
			exit 1
		fi
		echo "include \$(srcdir)/plugins/$name/Makefile.inc"
	done
)
[ -f "$out" ] && [ "$(cat "$out")" = "$new" ] && exit 0
printf '%s\n' "$new" >"$out"
