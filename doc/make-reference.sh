#!/bin/sh
# make-reference.sh COREFILEC SRCDIR OUTDIR: a manual page for each plugin, and all of them in one HTML file.
#
# A page is the plugin's README with what the option tables say: `corefilec plugins --reference NAME`.
set -eu
corefilec=$1 src=$2 out=$3
here=$src/doc
mkdir -p "$out"

# The README without its name, with the tables' part behind the syntax.
page()
{
	"$corefilec" plugins --reference "$1" >"$out/part"
	awk -v part="$out/part" '
		# The arguments of the directive itself stand before its options, as one list.  Without options there
		# is nothing to say that does not stand in the syntax.
		function options(line, inside, in_options) {
			done = 1
			while ((getline line <part) > 0)
				in_options = in_options || line ~ /^- /
			close(part)
			if (!in_options)
				return
			in_options = 0
			print "## Options\n"
			while ((getline line <part) > 0) {
				in_options = in_options || line ~ /^- /
				if (!in_options)
					sub(/^  - /, "- ", line)
				if (line ~ /^```/)
					inside = !inside
				else if (!inside && line !~ /^## / && ++n > 2)
					print line
			}
			print ""
		}
		/^```/ { fenced = !fenced }
		!fenced && /^## / {
			if (syntax && !done)
				options()
			skip = $0 == "## Name"
			syntax = $0 == "## Syntax"
		}
		!skip && !/^# / { print }
		END { if (!done) options() }' "$src/plugins/$1/README.md"
}

man_page()
{
	name=$1 summary=$2
	printf '.TH COREFILE\\-%s 5 2026-11-25 corefilec "Plugins of a Corefile"\n' "$(echo "$name" | tr a-z A-Z)"
	printf '.SH NAME\ncorefile\\-%s \\- %s\n' "$name" "$(echo "$summary" | sed 's/-/\\-/g')"
	page "$name" | awk -v format=man -f "$here/markdown.awk"
	printf '.SH SEE ALSO\n.BR corefilec (1),\n.BR corefile\\-lint (1),\n.BR corefile (5)\n'
}

html_section()
{
	name=$1 state=$2 summary=$3
	printf '<section id="%s" class="%s">\n<h2><a href="#%s">%s</a> <small>%s</small></h2>\n' \
		"$name" "$state" "$name" "$name" "$state"
	printf '<p class="summary">%s</p>\n' "$(echo "$summary" | sed 's/&/\&amp;/g; s/</\&lt;/g')"
	page "$name" | awk -v format=html -f "$here/markdown.awk"
	printf '</section>\n'
}

"$corefilec" plugins | LC_ALL=C sort >"$out/list"
rm -f "$out"/*.5
{
	sed '/@LIST@/,$d' "$here/reference.html.in"
	while read -r name state summary; do
		printf '<li><a href="#%s">%s</a></li>\n' "$name" "$name"
	done <"$out/list"
	sed '1,/@LIST@/d; /@PAGES@/,$d' "$here/reference.html.in"
	while read -r name state summary; do
		man_page "$name" "$summary" >"$out/corefile-$name.5"
		html_section "$name" "$state" "$summary"
	done <"$out/list"
	sed '1,/@PAGES@/d' "$here/reference.html.in"
} >"$out/reference.html"
rm -f "$out/part" "$out/list"
