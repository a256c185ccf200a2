/*
 * setup_check.c - a Corefile in a string, bound to the plan; see setup_check.h.
 */
#include "config.h"

#include "tests/support/setup_check.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/checks/checks.h"
#include "compiler/syntax/expand.h"
#include "compiler/plugins.h"

static void
open_text(struct setup *s, const char *corefile)
{
	struct cfc_source *source = cfc_source_text(&s->c, "Corefile", corefile, strlen(corefile));
	ck_assert_ptr_nonnull(source);
	cfc_expand(&s->c, source, &s->tree);
	s->plan = cfc_plan_build(&s->c, &s->tree);
	if (!cfc_has_errors(&s->c))
		cfc_check(&s->c, s->plan);
}

void
setup_open(struct setup *s, const char *corefile)
{
	cfc_init(&s->c);
	cfc_plugins_init(&s->c);
	s->c.building = true;
	open_text(s, corefile);
}

void
setup_open_compat(struct setup *s, const char *corefile)
{
	setup_open_lookup(s, corefile, NULL, NULL);
}

void
setup_open_lookup(struct setup *s, const char *corefile, cfc_lookup_fn *lookup, void *arg)
{
	const char *srcdir = getenv("srcdir");

	cfc_init(&s->c);
	cfc_plugins_init(&s->c);
	s->c.compat = true;
	s->c.lookup = lookup;
	s->c.lookup_arg = arg;
	s->c.root_dir = cfc_printf(&s->c, "%s/tests/support/root", srcdir != NULL ? srcdir : ".");
	open_text(s, corefile);
}

void
setup_close(struct setup *s)
{
	cfc_release(&s->c);
}

const char *
setup_ids(struct setup *s)
{
	static const char *const marks[] = {
		[CFC_SEVERITY_ERROR] = "",
		[CFC_SEVERITY_WARNING] = "w",
		[CFC_SEVERITY_INFO] = "i",
	};
	const char *text = "";

	cfc_diags_sort(&s->c);
	for (size_t i = 0; i < s->c.diags.count; i++) {
		const struct cfc_diag *d = s->c.diags.list[i];

		if (strcmp(d->id, "CF3013") == 0 || strcmp(d->id, "CF3016") == 0 ||
		    strcmp(d->id, "CF3022") == 0 || strcmp(d->id, "CF3017") == 0)
			continue;
		text = cfc_printf(&s->c, "%s%s%s%s", text, text[0] != '\0' ? " " : "", d->id,
				  marks[d->severity]);
	}
	return text;
}

const struct cfc_instance *
setup_instance(struct setup *s, const char *plugin, unsigned nth)
{
	for (size_t i = 0; i < s->plan->nblocks; i++) {
		const struct cfc_instance *in = s->plan->blocks[i]->instances;

		for (; in != NULL; in = in->next) {
			if (strcmp(in->plugin->name, plugin) == 0 && nth-- == 0)
				return in;
		}
	}
	return NULL;
}

const void *
setup_config(struct setup *s, const char *plugin, unsigned nth)
{
	const struct cfc_instance *in = setup_instance(s, plugin, nth);

	ck_assert_msg(in != NULL, "no instance %u of '%s'", nth, plugin);
	return in->config;
}

/* All rows are looked at before the test fails, so that one run shows every mistake. */
static void
check_texts(const struct setup_row *rows, size_t n, void (*opens)(struct setup *, const char *),
	    const char *before, const char *after)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < n; i++) {
		size_t room = strlen(before) + strlen(rows[i].text) + strlen(after) + 1;
		char text[room];
		struct setup s;

		snprintf(text, room, "%s%s%s", before, rows[i].text, after);
		opens(&s, text);
		const char *ids = setup_ids(&s);
		if (strcmp(ids, rows[i].ids) != 0) {
			fprintf(stderr, "row %zu: expected '%s', got '%s' for:\n%s\n", i,
				rows[i].ids, ids, rows[i].text);
			cfc_diags_print(&s.c, stderr);
			wrong++;
		}
		setup_close(&s);
	}
	ck_assert_msg(wrong == 0, "%u of %zu rows are wrong, see above", wrong, n);
}

void
setup_check_rows(const struct setup_row *rows, size_t n)
{
	check_texts(rows, n, setup_open, ". {\n", "\n}\n");
}

void
setup_check_compat(const struct setup_row *rows, size_t n)
{
	check_texts(rows, n, setup_open_compat, ". {\n", "\n}\n");
}

void
setup_check_programs(const struct setup_row *rows, size_t n)
{
	check_texts(rows, n, setup_open, "", "");
}
