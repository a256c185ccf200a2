#!/bin/sh
# rule-pages.sh PAGE...: prints compiler/checks/rule_pages.c, the pages of doc/rules as C text, in order of
# their ids.
set -eu
export LC_ALL=C

cat <<'END'
/* Made from doc/rules by compiler/checks/rule-pages.sh. */
#include "config.h"

#include "compiler/checks/checks.h"

#include <string.h>

static const struct {
	const char *id, *text;
} pages[] = {
END
for page; do
	id=${page##*/}
	printf '\t{ "%s",\n' "${id%.md}"
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/	/\\t/g' -e 's/?/\\?/g' -e 's/^/\t  "/' -e 's/$/\\n"/' "$page"
	printf '\t},\n'
done
cat <<'END'
};

const char *
cfc_rule_page(const char *id)
{
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		if (strcmp(pages[i].id, id) == 0)
			return pages[i].text;
	}
	return NULL;
}
END
