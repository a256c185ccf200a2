/*
 * Values of expressions for one query: what is true, what is false, what is known only when serving.
 */
#include "config.h"

#include <string.h>

#include "base/compiler.h"
#include "compiler/bind/expression.h"
#include "compiler/plan.h"
#include "compiler/bind/value.h"
#include "dns/name.h"
#include "dns/types.h"
#include "tests/support/check_main.h"

struct row {
	const char *text;
	enum cfc_tri with_client; /* www.example.org. A from 10.1.2.3 by UDP */
	enum cfc_tri without;     /* the same, client and transport not said */
};

static const struct row rows[] = {
	{ "true", CFC_YES, CFC_YES },
	{ "not true", CFC_NO, CFC_NO },
	{ "!(1 == 2)", CFC_YES, CFC_YES },
	{ "name() == 'www.example.org.'", CFC_YES, CFC_YES },
	{ "name() != \"www.example.org.\"", CFC_NO, CFC_NO },
	{ "name() contains 'example'", CFC_YES, CFC_YES },
	{ "name() startsWith 'ftp'", CFC_NO, CFC_NO },
	{ "name() endsWith '.org.'", CFC_YES, CFC_YES },
	{ "name() matches '^w+\\\\.example'", CFC_YES, CFC_YES },
	{ "name() matches `^w+\\.net`", CFC_NO, CFC_NO },
	{ "lower(name()) == 'www.example.org.'", CFC_YES, CFC_YES },
	{ "name() | lower() == 'www.example.org.'", CFC_YES, CFC_YES },
	{ "'www' + '.example.org.' == name()", CFC_YES, CFC_YES },
	{ "type() in ['AAAA', 'A']", CFC_YES, CFC_YES },
	{ "type() not in ['AAAA', 'A']", CFC_NO, CFC_NO },
	{ "class() == 'IN'", CFC_YES, CFC_YES },
	{ "client_ip() == '10.1.2.3'", CFC_YES, CFC_MAYBE },
	{ "incidr(client_ip(), '10.0.0.0/8')", CFC_YES, CFC_MAYBE },
	{ "incidr(client_ip(), '192.0.2.0/24')", CFC_NO, CFC_MAYBE },
	{ "not incidr(client_ip(), '10.0.0.0/8')", CFC_NO, CFC_MAYBE },
	{ "proto() == 'udp'", CFC_YES, CFC_MAYBE },
	{ "bufsize() > 512", CFC_MAYBE, CFC_MAYBE },
	{ "metadata('a/b') == 'c'", CFC_MAYBE, CFC_MAYBE },
	/* One side decides. */
	{ "false && metadata('a/b') == 'c'", CFC_NO, CFC_NO },
	{ "metadata('a/b') == 'c' or true", CFC_YES, CFC_YES },
	{ "true and do()", CFC_MAYBE, CFC_MAYBE },
	{ "false || do()", CFC_MAYBE, CFC_MAYBE },
	{ "type() == 'A' ? true : do()", CFC_YES, CFC_YES },
	{ "type() == 'MX' ? true : do()", CFC_MAYBE, CFC_MAYBE },
	{ "1 < 2", CFC_YES, CFC_YES },
	{ "2 <= 2 && 3 >= 4", CFC_NO, CFC_NO },
	{ "-1 > 1", CFC_NO, CFC_NO },
	{ "'a' in ['b', metadata('x/y')]", CFC_MAYBE, CFC_MAYBE },
	{ "len(name()) == 3", CFC_MAYBE, CFC_MAYBE },
	{ "let n = name(); n == 'x'", CFC_MAYBE, CFC_MAYBE },
	{ "name()[0:1] == 'w'", CFC_MAYBE, CFC_MAYBE },
	{ "'a\\tb' == 'x'", CFC_MAYBE, CFC_MAYBE },
};

static enum cfc_tri
evaluate(struct cfc *c, const char *text, const struct cfc_query *q)
{
	struct cfc_token words[2] = { { .text = "expr" }, { .text = text, .len = strlen(text) } };
	const struct cfc_line line = { .tokens = words, .ntokens = 2 };
	struct cfc_expression e;

	ck_assert_msg(cfc_expression_value(c, &line, 1, NULL, q, &e), "%s", text);
	return e.truth;
}

START_TEST(values)
{
	uint8_t wire[DNS_NAME_BUF];
	struct cfc c;
	struct cfc_query q = { .type = DNS_TYPE_A, .qclass = DNS_CLASS_IN };

	cfc_init(&c);
	ck_assert_int_ge(dns_name_from_text(wire, "www.example.org.", 16), 0);
	cfc_name_of_wire(&c, wire, &q.name);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cfc_query known = q;
		known.transport_known = true;
		ck_assert_int_eq(addr_parse(&known.client, "10.1.2.3", 8), 0);
		enum cfc_tri with = evaluate(&c, rows[i].text, &known);
		enum cfc_tri without = evaluate(&c, rows[i].text, &q);
		ck_assert_msg(with == rows[i].with_client, "%s: %d", rows[i].text, (int)with);
		ck_assert_msg(without == rows[i].without, "%s, no client: %d", rows[i].text,
			      (int)without);
	}
	cfc_release(&c);
}
END_TEST

TEST_MAIN("expression_value", values)
