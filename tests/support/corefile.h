/*
 * Corefiles in tests: compile a text, look at what came out, and throw it away.
 *
 *	struct front f;
 *	front_open(&f);
 *	front_expand(&f, ". {\n whoami\n}\n");
 *	ck_assert_str_eq(front_tree(&f), "[.]{whoami}");
 *	ck_assert_str_eq(front_ids(&f), "");
 *	front_close(&f);
 *
 * The environment is that of `front_env`: ZONE=example.org, UP="10.0.0.1 10.0.0.2", EMPTY="",
 * COMMA="a.org,", VIA="{$ZONE}", SELF="{$SELF}", and nothing
 * of the process. Returned texts live until front_close.
 */
#ifndef TESTS_SUPPORT_COREFILE_H
#define TESTS_SUPPORT_COREFILE_H

#include <stdbool.h>

#include "compiler/cfc.h"
#include "compiler/syntax/expand.h"
#include "compiler/tree.h"

struct front {
	struct cfc c;
	struct cfc_source *unit;
	struct cfc_tree tree;
	bool good; /* of the last front_expand or front_parse */
};

void front_open(struct front *f);
void front_close(struct front *f);

/* Value of a variable of the test environment. */
const char *front_env(void *arg, const char *name);

/* Parse a text as the unit "Corefile"; len bytes, or NUL-terminated. */
void front_parse(struct front *f, const char *text);
void front_parse_bytes(struct front *f, const char *text, size_t len);

/* The same, and expand it. */
void front_expand(struct front *f, const char *text);
void front_expand_bytes(struct front *f, const char *text, size_t len);

/* Read a file and expand it. */
void front_expand_file(struct front *f, const char *path);

/*
 * The syntax tree in short: words parted by '|', lines by ';', blocks in { }, comments in < >.
 * "a b {\n c # d\n}\n" is "a|b{c<# d>}".
 */
const char *front_lines(struct front *f);

/* The effective tree in short: keys in [ ], otherwise the same. */
const char *front_tree(struct front *f);

/* Ids of all reports in order of place: "CF1001 w:CF1004 i:CF2019", without severity for errors. */
const char *front_ids(struct front *f);

/* All reports as they are printed. */
const char *front_diags(struct front *f);

#endif
