/*
 * CoreDNS's verdicts on Corefiles of our own: tests/verdicts/coredns.txt.
 *
 * Each line is '+' (CoreDNS started) or '-' (it refused), a tab, and the Corefile, with \n for the end of
 * a line and \\ for a backslash.  Measured once with CoreDNS 1.14.7; lint --compat has to agree with all.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

enum { LEAST = 1500 }; /* rows; the file must not get lost */

static FILE *
open_verdicts(void)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/verdicts/coredns.txt",
		 srcdir == NULL ? "." : srcdir);
	FILE *f = fopen(path, "r");
	ck_assert_msg(f != NULL, "cannot open %s", path);
	return f;
}

/* In place: \n and \\. */
static void
unescape(char *text)
{
	char *out = text;

	for (; *text != '\0' && *text != '\n'; text++) {
		bool escaped = *text == '\\';

		if (escaped)
			text++;
		*out++ = escaped && *text == 'n' ? '\n' : *text;
	}
	*out = '\0';
}

static bool
starts(const char *corefile)
{
	struct setup s;

	setup_open_compat(&s, corefile);
	bool good = s.c.diags.nerrors == 0;
	setup_close(&s);
	return good;
}

START_TEST(agrees_with_coredns)
{
	FILE *f = open_verdicts();
	char *line = NULL;
	size_t size = 0;
	unsigned rows = 0, wrong = 0;

	while (getline(&line, &size, f) > 0) {
		if (line[0] == '#')
			continue;
		bool expected = line[0] == '+';
		unescape(line + 2);
		rows++;
		if (starts(line + 2) == expected)
			continue;
		wrong++;
		fprintf(stderr, "CoreDNS %s, --compat says otherwise:\n%s\n",
			expected ? "starts" : "refuses", line + 2);
	}
	free(line);
	fclose(f);
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_ge(rows, LEAST);
}
END_TEST

TEST_MAIN("verdicts", agrees_with_coredns)
