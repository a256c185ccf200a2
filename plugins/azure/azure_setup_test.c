/*
 * Tests of the azure directive.
 */
#include "config.h"

#include "base/compiler.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

static const struct setup_row rows[] = {
	{ "azure group:example.org", "" },
	{ "azure g:a.test g:b.test {\n tenant t\n client c\n secret s\n subscription s\n environment AzureChinaCloud\n access private\n fallthrough\n}",
	  "" },
	{ "azure", "" },
	{ "azure a", "CF2002" },
	{ "azure g:", "CF2002" },
	{ "azure g:a g:a", "CF2010" },
	{ "azure g:a {\n tenant\n}", "CF2001" },
	{ "azure g:a {\n environment Moon\n}", "CF2002" },
	{ "azure g:a {\n environment azurechinacloud\n}", "" },
	{ "azure g:a {\n access open\n}", "CF2002" },
	{ "azure g:a {\n region x\n}", "CF2004" },
	{ "azure g:a\nazure g:b", "" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "azure {\n environment AzureStackCloud\n}", "CF1006" },
	{ "azure {\n environment azurechinacloud\n}", "" },
	{ "azure {\n tenant a client b\n}", "" },
	{ "azure {\n tenant a b\n}", "CF2004" },
};

START_TEST(accepts_and_refuses)
{
	setup_check_rows(rows, ARRAY_SIZE(rows));
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

TEST_MAIN("azure_setup", accepts_and_refuses, judges_as_coredns)
