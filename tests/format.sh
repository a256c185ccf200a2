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
bad=$(find compiler grammar runtime plugins tests bench -name '*.[ch]' -print0 2>/dev/null |
	xargs -0 "$format" --dry-run --Werror 2>&1)
[ -z "$bad" ] && exit 0
echo "$bad" | grep -E '^[^ ].*:[0-9]+:' || echo "$bad"
echo "not formatted; run ./dev format"
exit 1
