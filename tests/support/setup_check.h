/*
 * Tests of plugins' compile-time halves: a Corefile in a string, bound to the plan.
 *
 *	static const struct setup_row rows[] = {
 *		{ "cache 30", "" },
 *		{ "cache 30s", "CF2002" },
 *		{ "cache {\n success 1 2 3 4\n}", "CF2001" },
 *	};
 *	START_TEST(accepts_and_refuses)
 *	{
 *		setup_check_rows(rows, ARRAY_SIZE(rows));
 *	}
 *	END_TEST
 *
 * and, to look at what came out:
 *
 *	struct setup s;
 *	setup_open(&s, ". {\n cache 30\n}\n");
 *	const struct cache_config *config = setup_config(&s, "cache", 0);
 *	...
 *	setup_close(&s);
 *
 * Ids are written in the order of the places they are reported at, with a blank between: "CF2001"
 * for an error, "CF2010w" for a warning, "CF3005i" for advice.  Four are left out: CF3016, that nothing
 * answers in a block, CF3022, that it does for some names only, and CF3013, that nothing answers behind a
 * plugin, so that a test need not add one that does; and CF3017, that a plugin is checked but not served.
 *
 * Threads: as Check's tests.  Memory: until setup_close.
 */
#ifndef TESTS_SUPPORT_SETUP_CHECK_H
#define TESTS_SUPPORT_SETUP_CHECK_H

#include <stddef.h>

#include "compiler/cfc.h"
#include "compiler/plan.h"
#include "compiler/tree.h"

struct setup {
	struct cfc c;
	struct cfc_tree tree;
	struct cfc_plan *plan; /* never NULL */
};

/* Reads, expands and binds the text, and runs the rules about the whole program. */
void setup_open(struct setup *s, const char *corefile);
/* The same as lint --compat does. */
void setup_open_compat(struct setup *s, const char *corefile);
/* ... and with --resolve, where lookup is asked instead of the system. */
void setup_open_lookup(struct setup *s, const char *corefile, cfc_lookup_fn *lookup, void *arg);
void setup_close(struct setup *s);

/* The ids of everything that was reported. */
const char *setup_ids(struct setup *s);

/* The config of the nth (from 0) instance of a plugin in the program; fails the test if none. */
const void *setup_config(struct setup *s, const char *plugin, unsigned nth);

/* The instance itself; NULL if there is none. */
const struct cfc_instance *setup_instance(struct setup *s, const char *plugin, unsigned nth);

struct setup_row {
	const char *
		text; /* directives of one server block; a whole Corefile in setup_check_programs */
	const char *ids; /* expected */
};

/* Each row's text as the inside of ". { ... }". */
void setup_check_rows(const struct setup_row *rows, size_t n);

/*
 * The same with CoreDNS's verdict instead of ours (lint --compat): "" where CoreDNS starts.  Files are
 * looked up below tests/support/root.
 */
void setup_check_compat(const struct setup_row *rows, size_t n);

/* Each row's text as it is. */
void setup_check_programs(const struct setup_row *rows, size_t n);

#endif
