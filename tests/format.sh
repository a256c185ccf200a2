#!/bin/sh
# Sources are laid out as clang-format 14 (Debian 12's) lays them out; `./dev format` mends them.
# Other versions differ in details, so without that one the test is skipped.
set -u
cd "${srcdir:-.}" || exit 1
# The package clang-format-14 brings no plain clang-format.
format=clang-format
if command -v clang-format-14 >/dev/null; then
	format=clang-format-14
fi
case $("$format" --version 2>/dev/null) in
*"version 14."*) ;;
*) echo "clang-format 14 is not installed: skipped"; exit 77 ;;
esac
failed=0
for f in $(find compiler grammar runtime plugins tests bench -name '*.[ch]' 2>/dev/null | sort); do
	if ! "$format" --dry-run --Werror "$f" 2>/dev/null; then
		echo "$f: not formatted; run ./dev format"
		failed=1
	fi
done
[ "$failed" -eq 0 ]
