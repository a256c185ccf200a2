/*
 * Tests of the template directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "template ANY ANY", "" },
	{ "template IN A a.test b.test", "" },
	{ "template", "CF2001" },
	{ "template IN", "CF2001" },
	{ "template XX A", "CF2002" },
	{ "template IN NONSENSE", "CF2002" },
	{ "template IN A a..b", "CF2002" },
	{ "template IN A\ntemplate IN AAAA", "" },
	{ "template IN A example.org {\n match \"^ip-(?P<a>[0-9]*)-(?P<b>[0-9]*)[.]$\"\n answer \"{{ .Name }} 60 IN A 10.0.{{ .Group.a }}.{{ .Group.b }}\"\n additional \"{{ .Zone }} 60 IN A 10.0.0.1\"\n authority \"{{ .Zone }} 60 IN NS ns.{{ .Zone }}\"\n rcode NXDOMAIN\n ederror 21 \"Blocked\"\n fallthrough\n}",
	  "" },
	{ "template IN A example.org {\n match (\n}", "CF2002" },
	{ "template IN A example.org {\n match\n}", "CF2001" },
	{ "template IN A example.org {\n answer\n}", "CF2001" },
	{ "template IN A example.org {\n rcode FOO\n}", "CF2002" },
	{ "template IN A example.org {\n rcode\n}", "CF2001" },
	{ "template IN A example.org {\n ederror\n}", "CF2001" },
	{ "template IN A example.org {\n ederror 70000\n}", "CF2003" },
	{ "template IN A example.org {\n ederror x\n}", "CF2002" },
	{ "template IN A example.org {\n ederror 1 a b\n}", "CF2001" },
	{ "template IN A example.org {\n upstream\n}", "CF2011w" },
	{ "template IN A example.org {\n anwser x\n}", "CF2004" },
	{ "template IN A example.org {\n answer \"{{ .Name\"\n}", "CF2031" },
	{ "template IN A example.org {\n answer \"{{ if .Name }}x\"\n}", "CF2031" },
	{ "template IN A example.org {\n answer \"{{ end }}\"\n}", "CF2031" },
	{ "template IN A example.org {\n answer \"{{ else }}\"\n}", "CF2031" },
	{ "template IN A example.org {\n answer \"{{ Name }}\"\n}", "CF2031" },
	{ "template IN A example.org {\n answer \"{{ lower .Name }}\"\n}", "CF2031" },
	{ "template IN A example.org {\n answer \"{{ .Nam }}\"\n}", "CF2017w" },
	{ "template IN A example.org {\n answer \"{{ $x }}\"\n}", "CF2031" },
	{ "template IN A example.org {\n answer \"{{ $x := .Name }}{{ $x }} {{ $x = .Zone }}\"\n}",
	  "" },
	{ "template IN A example.org {\n answer \"{{ .Group.x }}\"\n}", "CF2017w" },
	{ "template IN A example.org {\n match (?P<x>a)\n answer \"{{ .Group.x }}\"\n}", "" },
	{ "template IN A example.org {\n answer \"{{ index .Match 1 }} {{ .Meta `a/b` }} {{ .Remote }} {{ .Question.Name }} {{ .Message.Id }}\"\n}",
	  "CF3008w" },
	{ "template IN A example.org {\n answer \"{{ range $i, $l := .Match }}{{ $i }}{{ .x }}{{ break }}{{ else }}{{ .Name }}{{ end }}\"\n}",
	  "" },
	{ "template IN A example.org {\n answer \"{{ with .Name }}{{ . }}{{ end }}{{- /* c */ -}}\"\n}",
	  "" },
	{ "template IN A example.org {\n answer \"{{ if eq .Type `A` }}a{{ else if gt (len .Name) 3 }}b{{ else }}c{{ end }}\"\n}",
	  "" },
	{ "template IN A example.org {\n answer \"{{ printf `%d` (parseInt .Name 16 32) }}\"\n}",
	  "" },
	{ "template IN A example.org {\n answer \"{{ .Name | printf `%s` | len }}\"\n}", "" },
	{ "template IN A example.org {\n answer \"{{ .Name | 5 }}\"\n}", "CF2031" },
	{ "template IN A example.org {\n answer \"{{ (.Name }}\"\n}", "CF2031" },
	{ "template IN A example.org {\n answer \"{{ .Name) }}\"\n}", "CF2031" },
	{ "template IN A example.org {\n answer \"{{ }}\"\n}", "CF2031" },
	{ "template IN A example.org {\n answer \"{{ `x }}\"\n}", "CF2031" },
	{ "template IN A example.org {\n answer \"{{ break }}\"\n}", "CF2031" },
	{ "template IN A example.org {\n answer \"{{ if .A }}{{ else }}{{ else }}{{ end }}\"\n}",
	  "CF2017w CF2031" },
	{ "template IN A example.org {\n answer \"a.test. 60 IN A 192.0.2.1\"\n}", "" },
	{ "template IN A example.org {\n answer \"a.test IN TXT x\"\n}", "" },
	{ "template IN A example.org {\n answer \"a.test 60 IN A 192.0.2\"\n}", "CF2017" },
	{ "template IN A example.org {\n answer \"no record\"\n}", "CF2017" },
	{ "template IN A example.org {\n answer \"\"\n}", "CF2017" },
	{ "template IN A example.org {\n expr incidr(client_ip(), '10.0.0.0/8')\n}", "" },
	{ "template IN A example.org {\n expr name\n}", "CF2030w" },
	{ "template IN A example.org {\n expr name() ==\n}", "CF2030" },
	{ "template IN A example.org {\n expr\n}", "CF2001" },
	{ "template IN A example.org {\n var x len(name())\n expr x > 3\n answer \"{{ .Name }} {{ .Var.x }} IN A 10.0.0.1\"\n}",
	  "" },
	{ "template IN A example.org {\n var x\n}", "CF2001" },
	{ "template IN A example.org {\n var 1x 5\n}", "CF2002" },
	{ "template IN A example.org {\n var name 5\n}", "CF2002" },
	{ "template IN A example.org {\n var len 5\n}", "CF2002" },
	{ "template IN A example.org {\n var x name()\n expr x > 3\n}", "CF2030" },
	{ "template IN A example.org {\n answer \"{{ .Var.y }}\"\n}", "CF2017w" },
	{ "template IN A example.org {\n expr group('a') == 'b' && group(1) != ''\n}", "" },
	{ "template IN A example.org {\n expr group() == 'b'\n}", "CF2030" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

TEST_MAIN("template_setup", accepts_and_refuses)
