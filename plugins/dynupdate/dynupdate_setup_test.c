/*
 * Tests of the dynupdate directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "dynupdate example.org {\n file db\n allow key.test host.example.org A AAAA\n}", "" },
	{ "dynupdate example.org {\n file db\n database d.db\n max_records 5\n max_bytes 6\n max_update_records 7\n allow key.test @ *\n allow key.test * ANY\n}",
	  "" },
	{ "dynupdate example.org {\n allow k * *\n}", "CF2005" },
	{ "dynupdate example.org {\n file db\n}", "CF2005" },
	{ "dynupdate", "CF2005" },
	{ "dynupdate example.org {\n file db\n file db\n allow k * *\n}", "CF2010" },
	{ "dynupdate example.org {\n file db\n allow k *\n}", "CF2001" },
	{ "dynupdate example.org {\n file db\n allow @ * *\n}", "CF2002" },
	{ "dynupdate example.org {\n file db\n allow * * *\n}", "CF2002" },
	{ "dynupdate example.org {\n file db\n allow k other.test A\n}", "CF2002" },
	{ "dynupdate example.org {\n file db\n allow k * NONSENSE\n}", "CF2002" },
	{ "dynupdate example.org {\n file db\n allow k * A *\n}", "CF2002" },
	{ "dynupdate example.org {\n file db\n allow k * AXFR\n}", "CF2002" },
	{ "dynupdate example.org {\n file db\n allow k * RRSIG\n}", "CF2002" },
	{ "dynupdate example.org {\n file db\n allow k * txt TYPE257\n}", "" },
	{ "dynupdate example.org {\n file\n allow k * *\n}", "CF2001" },
	{ "dynupdate example.org {\n file db\n allow k * *\n max_records 0\n}", "CF2003" },
	{ "dynupdate example.org {\n file db\n allow k * *\n database \"\"\n}", "CF2002" },
	{ "dynupdate example.org {\n file db\n allow k * *\n data x\n}", "CF2004" },
	{ "dynupdate a.test b.test {\n file db\n allow k * *\n}", "CF2001" },
	{ "dynupdate 10.0.0.0/9 {\n file db\n allow k * *\n}", "CF2002 CF2018w" },
};

/* As CoreDNS's code has it; no release knows the directive yet. */
static const struct setup_row compat_rows[] = {
	{ "dynupdate example.org {\n file db.example.org\n allow k * *\n}", "" },
	{ "dynupdate example.org {\n file db.example.org\n allow k * *\n max_bytes 9999999999\n}",
	  "" },
	{ "dynupdate example.org {\n file db.example.org\n allow \" \" * *\n}", "CF2002" },
	{ "dynupdate example.org {\n file nonesuch\n allow k * *\n}", "CF1000" },
	{ "dynupdate example.org {\n file nonesuch\n database d.db\n allow k * *\n}", "" },
	{ "dynupdate example.org {\n file hosts\n allow k * *\n}", "CF1000" },
	{ "dynupdate a..b {\n file db.example.org\n allow k * *\n}", "CF2002" },
};

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

TEST_MAIN("dynupdate_setup", accepts_and_refuses, judges_as_coredns)
