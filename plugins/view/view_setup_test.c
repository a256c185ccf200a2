/*
 * Tests of the view directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "view v", "" },
	{ "view v {\n}", "" },
	{ "view", "CF2001" },
	{ "view a b", "CF2001" },
	{ "view v {\n exp true\n}", "CF2004" },
	{ "view a\nview b", "CF2010" },
	{ "metadata\nview v {\n expr incidr(client_ip(), '127.0.0.0/24')\n}", "" },
	{ "metadata\nview v {\n expr name() == 'example.org.' && type() in ['A', `AAAA`]\n}", "" },
	{ "metadata\nview v {\n expr name() matches '^[a-z]+\\\\.example\\\\.org\\\\.$'\n}", "" },
	{ "metadata\nview v {\n expr not (proto() == 'udp') or bufsize() > 1232 and do()\n}", "" },
	{ "metadata\nview v {\n expr metadata('geoip/country/code') == 'NL' ? true : id() % 2 == 0\n}",
	  "" },
	{ "metadata\nview v {\n expr server_port() == '53' || port() != '53'\n}", "" },
	{ "metadata\nview v {\n expr \"any(['a','b'], {name() startsWith #})\"\n}", "" },
	{ "metadata\nview v {\n expr \"all(['a','b'], name() contains #)\"\n}", "" },
	{ "metadata\nview v {\n expr len(name()) > 3 and upper(class()) == 'IN'\n}", "" },
	{ "metadata\nview v {\n expr let n = name(); n endsWith '.org.'\n}", "" },
	{ "metadata\nview v {\n expr name() not in ['a.', 'b.']\n}", "" },
	{ "metadata\nview v {\n expr opcode() in 0..5\n}", "" },
	{ "metadata\nview v {\n expr size() ** 2 / 3 - 1 + 2 > 0x10\n}", "" },
	{ "metadata\nview v {\n expr name() | lower() startsWith 'www.'\n}", "" },
	{ "metadata\nview v {\n expr \"type() in {'A': 1, AAAA: 2, (name()): 3,}\"\n}", "" },
	{ "metadata\nview v {\n expr \"get({'A': 1}, type()) == 1\"\n}", "" },
	{ "metadata\nview v {\n expr \"any(['a'], {# in {'a': name()}})\"\n}", "" },
	{ "metadata\nview v {\n expr \"type() in {'A' 1}\"\n}", "CF2030" },
	{ "metadata\nview v {\n expr \"type() in {size(): 1}\"\n}", "CF2030" },
	{ "metadata\nview v {\n expr \"all(#, {true})\"\n}", "CF2030" },
	{ "metadata\nview v {\n expr metadata('a/b') != nil\n}", "" },
	{ "metadata\nview v {\n expr name == nil\n}", "CF2030" },
	{ "metadata\nview v {\n expr name() < nil\n}", "CF2030" },
	{ "metadata\nview v {\n expr true // all\n}", "CF3003w" },
	{ "metadata\nview v {\n expr (metadata('a/b') ?? 'x') == 'x'\n}", "" },
	{ "metadata\nview v {\n expr metadata('a/b') ?? 'x' == 'x'\n}", "CF2030" },
	{ "metadata\nview v {\n expr \n}", "CF2030" },
	{ "metadata\nview v {\n expr name() ==\n}", "CF2030" },
	{ "metadata\nview v {\n expr name == 'a'\n}", "CF2030" },
	{ "metadata\nview v {\n expr nam() == 'a'\n}", "CF2030" },
	{ "metadata\nview v {\n expr incidr(client_ip())\n}", "CF2030" },
	{ "metadata\nview v {\n expr incidr(1, '10.0.0.0/8')\n}", "CF2030" },
	{ "metadata\nview v {\n expr incidr(client_ip(), '10.0.0.1')\n}", "CF2030w" },
	{ "metadata\nview v {\n expr name() == 5\n}", "CF2030" },
	{ "metadata\nview v {\n expr name() and true\n}", "CF2030" },
	{ "metadata\nview v {\n expr not name()\n}", "CF2030" },
	{ "metadata\nview v {\n expr name() + 1 == 'a'\n}", "CF2030" },
	{ "metadata\nview v {\n expr name() > 5\n}", "CF2030" },
	{ "metadata\nview v {\n expr bufsize() contains 'a'\n}", "CF2030" },
	{ "metadata\nview v {\n expr name() matches '('\n}", "CF2002" },
	{ "metadata\nview v {\n expr (true\n}", "CF2030" },
	{ "metadata\nview v {\n expr true)\n}", "CF2030" },
	{ "metadata\nview v {\n expr 'open\n}", "CF2030" },
	{ "metadata\nview v {\n expr name().x == 1\n}", "CF2030" },
	{ "metadata\nview v {\n expr name() in 'abc'\n}", "CF2030" },
	{ "metadata\nview v {\n expr true true\n}", "CF2030" },
	{ "metadata\nview v {\n expr 1 @ 2\n}", "CF2030" },
	{ "metadata\nview v {\n expr 5\n}", "CF2030w CF3003w" },
	{ "metadata\nview v {\n expr name()\n}", "CF2030w" },
	{ "metadata\nview v {\n expr len()\n}", "CF2030" },
	{ "metadata\nview v {\n expr len\n}", "CF2030" },
	{ "metadata\nview v {\n expr type('x') == 'A'\n}", "CF2030" },
	{ "metadata\nview v {\n expr - name() == 1\n}", "CF2030" },
	{ "metadata\nview v {\n expr # == 1\n}", "CF2030" },
	{ "metadata\nview v {\n expr 12ab == 1\n}", "CF2030" },
	{ "view v {\n expr metadata('a/b') == 'c'\n}", "CF3008w" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

static const struct setup_row programs[] = {
	{ "example.org {\n view a {\n  expr do()\n }\n whoami\n}\nexample.org {\n whoami\n}", "" },
	{ "example.org {\n whoami\n}\nexample.org {\n view a\n whoami\n}", "CF3003w" },
};

START_TEST(whole_programs)
{
	setup_check_programs(programs, ARRAY_SIZE(programs));
}
END_TEST

TEST_MAIN("view_setup", accepts_and_refuses, whole_programs)
