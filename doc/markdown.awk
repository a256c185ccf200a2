# markdown.awk - the Markdown of our own pages as HTML or as a manual page.
#
#	awk -v format=html|man -f markdown.awk page.md
#
# Knows what doc/ and plugins/*/README.md use: headings, paragraphs, lists in lists, fenced text, tables,
# `code`, **bold**, *emphasis*, [links](to).  Headings of the second level become <h3> or .SH; those of the
# first are passed over, since the caller has its own.

function html_escape(s)
{
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	gsub(/>/, "\\&gt;", s)
	return s
}

function man_escape(s)
{
	gsub(/\\/, "\\e", s)
	gsub(/-/, "\\-", s)
	gsub(/~/, "\\(ti", s)
	gsub(/\^/, "\\(ha", s)
	return s
}

# [text](target): plugins lead to their part of the page, other pages to nowhere, addresses to themselves.
function link(text, target, name)
{
	if (format == "man")
		return text
	if (target ~ /^\.\.\/[a-z0-9_]+\/README\.md/) {
		name = target
		sub(/^\.\.\//, "", name)
		sub(/\/.*/, "", name)
		return "<a href=\"#" name "\">" text "</a>"
	}
	if (target ~ /^https?:/)
		return "<a href=\"" target "\">" text "</a>"
	return text
}

function links(s, out, part, middle)
{
	out = ""
	while (match(s, /\[[^]]*\]\([^)]*\)/)) {
		part = substr(s, RSTART, RLENGTH)
		middle = index(part, "](")
		out = out substr(s, 1, RSTART - 1) \
			link(substr(part, 2, middle - 2), substr(part, middle + 2, length(part) - middle - 2))
		s = substr(s, RSTART + RLENGTH)
	}
	return out s
}

function paired(s, mark, size, before, after, out, inner)
{
	out = ""
	while (match(s, mark)) {
		inner = substr(s, RSTART + size, RLENGTH - 2 * size)
		out = out substr(s, 1, RSTART - 1) before inner after
		s = substr(s, RSTART + RLENGTH)
	}
	return out s
}

# Text between code spans.
function plain(s)
{
	s = format == "man" ? man_escape(s) : html_escape(s)
	s = links(s)
	if (format == "man") {
		s = paired(s, "\\*\\*[^*]+\\*\\*", 2, "\\fB", "\\fR")
		return paired(s, "\\*[A-Za-z0-9_]+\\*", 1, "\\fI", "\\fR")
	}
	s = paired(s, "\\*\\*[^*]+\\*\\*", 2, "<strong>", "</strong>")
	return paired(s, "\\*[A-Za-z0-9_]+\\*", 1, "<em>", "</em>")
}

function inline(s, n, part, i, out)
{
	n = split(s, part, "`")
	out = ""
	for (i = 1; i <= n; i++) {
		if (i % 2 == 1)
			out = out plain(part[i])
		else if (format == "man")
			out = out "\\fB" man_escape(part[i]) "\\fR"
		else
			out = out "<code>" html_escape(part[i]) "</code>"
	}
	return out
}

# A line of a manual page that begins with '.' or "'" would be a request.
function man_line(s)
{
	if (s ~ /^[.']/)
		s = "\\&" s
	print s
}

# A new paragraph of a manual page; a heading has begun one.
function paragraph()
{
	if (!headed)
		print ".PP"
	headed = 0
}

function flush_text()
{
	if (text == "")
		return
	if (format == "man") {
		if (depth == 0)
			paragraph()
		else if (!fresh)
			print ".IP"
		man_line(inline(text))
	} else if (depth > 0 && fresh) {
		print inline(text)
	} else {
		print "<p>" inline(text) "</p>"
	}
	fresh = 0
	text = ""
}

function close_lists(to)
{
	flush_text()
	for (; depth > to; depth--) {
		if (format == "html")
			print "</li></ul>"
		else if (depth > 1)
			print ".RE"
	}
}

function end_table()
{
	if (!in_table)
		return
	print format == "html" ? "</tbody></table>" : ".EE"
	in_table = 0
}

function item(level, rest)
{
	flush_text()
	end_table()
	if (level > depth) {
		level = depth + 1
		if (format == "html")
			print "<ul>"
		else if (depth > 0)
			print ".RS 2"
		depth++
	} else {
		close_lists(level)
		if (format == "html")
			print "</li>"
	}
	if (format == "html")
		print "<li>"
	else
		print ".IP \\(bu 2"
	headed = 0
	text = rest
	fresh = 1
}

function table_row(line, n, cell, i, tag)
{
	gsub(/^\| *| *\|$/, "", line)
	if (line ~ /^[-| :]+$/)
		return
	if (!in_table) {
		close_lists(0)
		if (format == "man") {
			paragraph()
			print ".EX"
		} else {
			print "<table><thead>"
		}
	}
	if (format == "man") {
		gsub(/`|\*\*/, "", line)
		man_line(man_escape(line))
		in_table = 1
		return
	}
	tag = in_table ? "td" : "th"
	n = split(line, cell, / *\| */)
	printf "<tr>"
	for (i = 1; i <= n; i++)
		printf "<%s>%s</%s>", tag, inline(cell[i]), tag
	print "</tr>" (in_table ? "" : "</thead><tbody>")
	in_table = 1
}

function fence(line)
{
	if (fenced) {
		print format == "html" ? "</code></pre>" : ".EE"
		fenced = 0
		return
	}
	flush_text()
	if (line ~ /^```/)
		close_lists(0)
	if (format == "html") {
		printf "<pre><code>"
	} else {
		if (depth > 0)
			print ".IP"
		else
			paragraph()
		print ".EX"
	}
	fenced = 1
	margin = match(line, /[^ ]/) - 1
}

/^ *```/ {
	fence($0)
	next
}
fenced {
	line = substr($0, 1, margin) ~ /^ *$/ ? substr($0, margin + 1) : $0
	if (format == "man")
		man_line(man_escape(line))
	else
		print html_escape(line)
	next
}
/^#/ {
	close_lists(0)
	end_table()
	level = match($0, /[^#]/) - 1
	sub(/^#+ */, "")
	if (level > 1 && format == "html")
		printf "<h%d>%s</h%d>\n", level + 1, inline($0), level + 1
	else if (level == 2)
		print ".SH " toupper(man_escape($0))
	else if (level > 2)
		print ".SS " man_escape($0)
	headed = 1
	next
}
/^\|/ {
	table_row($0)
	next
}
/^ *$/ {
	flush_text()
	end_table()
	was_blank = 1
	next
}
/^ *[*-] / {
	level = int((match($0, /[^ ]/) - 1) / 2) + 1
	sub(/^ *[*-] /, "")
	item(level, $0)
	was_blank = 0
	next
}
{
	if (was_blank && depth > 0)
		close_lists($0 ~ /^  / ? depth : 0)
	was_blank = 0
	sub(/^ +/, "")
	text = text == "" ? $0 : text " " $0
}
END {
	close_lists(0)
	end_table()
}
