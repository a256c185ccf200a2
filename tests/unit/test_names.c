/*
 * What CoreDNS's libraries take for a name.
 */
#include "config.h"

#include "compiler/syntax/names.h"

#include <string.h>

#include "base/compiler.h"
#include "tests/support/check_main.h"

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X63 X50 "xxxxxxxxxxxxx"

struct row {
	const char *text;
	bool domain, host;
};

static const struct row rows[] = {
	{ "example.org", true, true },
	{ "example.org.", true, true },
	{ ".", true, true },
	{ "", false, false },
	{ "..", false, false },
	{ ".org", false, false },
	{ "a..b", false, false },
	{ "a-b", true, true },
	{ "-a", true, false },
	{ "a-", true, false },
	{ "a-.b", true, false },
	{ "a.-b", true, false },
	{ "_dns.a_b", true, true },
	{ "*.example.org", true, false },
	{ "a b", true, false },
	{ "\xc3\xa9.example", true, false },
	{ "1", true, false },
	{ "1.5", true, false },
	{ "1.5.", true, false },
	{ "1-5", true, true },
	{ "0x7f", true, true },
	{ X63, true, true },
	{ X63 "x", false, false },
	{ X63 "." X63 "." X63 "." X50, true, true },
	{ X63 "." X63 "." X63 "." X50 "xxxxxxxxxxxx", true, false }, /* 254 characters */
	{ X63 "." X63 "." X63 "." X50 "xxxxxxxxxxx.", true, true },
	{ X63 "." X63 "." X63 "." X63, true, false }, /* 256 octets */
	{ X63 "." X63 "." X63 "." X50 "xxxxxxxxxxx.xx", false, false },
	{ "a\\.b", true, false },
	{ "a\\", false, false },
	{ "a\\\\", true, false },
	{ "\\300", true, false },
	{ "\\", false, false },
};

START_TEST(names)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *text = rows[i].text;

		ck_assert_msg(cfc_is_domain_name(text, strlen(text)) == rows[i].domain,
			      "domain name: '%s'", text);
		ck_assert_msg(cfc_is_host_name(text, strlen(text)) == rows[i].host,
			      "name of a host: '%s'", text);
	}
}
END_TEST

TEST_MAIN("names", names)
