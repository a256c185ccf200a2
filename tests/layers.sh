#!/bin/sh
# Who may include whom (doc/architecture.md):
#
#	base <- dns <- runtime <- plugins/X/X.c
#	base, dns <- grammar, compiler <- plugins/X/X_setup.c
#	plugins/X/X.h: base, dns and rt_config.h only, since both halves of a plugin include it
#
# Prints each include that breaks a rule.
set -u
cd "${srcdir:-.}" || exit 1

find compiler grammar runtime plugins -name '*.[chly]' | sort | xargs awk '
# The layer of a file, by its path.
function layer(path, part, n) {
	n = split(path, part, "/")
	if (path ~ /^runtime\/(base|dns)\//)
		return part[2]
	if (part[1] != "plugins" || n < 3)
		return part[1]
	if (part[3] ~ /_test\.[ch]$/)
		return "test"
	if (part[3] == part[2] ".h")
		return "contract"
	return part[3] ~ /_setup/ ? "setup" : "serve"
}

# The layer of an included name: how it is written tells.
function target(name, self, part) {
	split(name, part, "/")
	if (name == "config.h" || name == "plugins/order.def")
		return "any"
	if (name == "rt_config.h")
		return "config"
	if (name ~ /^(base|dns|compiler|grammar|tests)\//)
		return part[1]
	if (name !~ /\//)
		return "runtime"
	if (self ~ "^plugins/" part[1] "/")
		return "own"
	return "another plugin"
}

BEGIN {
	allow["base"] = "base"
	allow["dns"] = "base dns"
	allow["runtime"] = "base dns config runtime"
	allow["grammar"] = "base grammar compiler"
	allow["compiler"] = "base dns config grammar compiler"
	allow["contract"] = "base dns config"
	allow["setup"] = "base dns config compiler own"
	allow["serve"] = "base dns config runtime own"
	allow["test"] = "base dns config runtime compiler own tests"
}

FNR == 1 { from = layer(FILENAME) }

/^[[:space:]]*#[[:space:]]*include[[:space:]]*"/ {
	split($0, quoted, "\"")
	to = target(quoted[2], FILENAME)
	if (to != "any" && index(" " allow[from] " ", " " to " ") == 0) {
		printf "%s:%d: a file of %s may not include %s (%s)\n", FILENAME, FNR, from, quoted[2], to
		failed = 1
	}
}

END { exit failed }' /dev/null
