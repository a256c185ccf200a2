/*
 * cmd_diff.c - `corefilec diff`: what a change of a Corefile means.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "compiler/command/compare.h"
#include "compiler/command/explain.h"
#include "compiler/command/settings.h"
#include "compiler/embed.h"
#include "compiler/report/json.h"

#define WITNESSES_SHOWN 20u

/* ---- in words ---- */

static const char *const kind_words[] = {
	[CFC_LISTENER_ADDED] = "listener added",
	[CFC_LISTENER_REMOVED] = "listener removed",
	[CFC_ZONE_ADDED] = "zone added",
	[CFC_ZONE_REMOVED] = "zone removed",
	[CFC_ZONE_MOVED] = "zone moved to another server block",
	[CFC_DIRECTIVE_ADDED] = "added",
	[CFC_DIRECTIVE_REMOVED] = "removed",
	[CFC_OPTION_CHANGED] = "changed",
	[CFC_ORDER_CHANGED] = "order changed",
};

static void
print_place(const struct cfc_span *place)
{
	struct cfc_span shown = cfc_span_shown(*place);

	printf("%s:%u", shown.source->path, (unsigned)shown.line);
}

static void
print_places(const struct cfc_difference *x)
{
	if (x->old_place == NULL && x->new_place == NULL)
		return;
	fputs("  (", stdout);
	if (x->old_place != NULL)
		print_place(x->old_place);
	if (x->old_place != NULL && x->new_place != NULL)
		fputs(" -> ", stdout);
	if (x->new_place != NULL)
		print_place(x->new_place);
	putchar(')');
}

static void
print_change(const struct cfc_difference *x)
{
	printf("  %s: %s", kind_words[x->kind], x->subject);
	print_places(x);
	putchar('\n');
	if (x->old_text != NULL)
		printf("    - %s\n", x->old_text);
	if (x->new_text != NULL)
		printf("    + %s\n", x->new_text);
}

static void
print_path(char mark, const char *path)
{
	while (*path != '\0') {
		size_t len = strcspn(path, "\n");
		printf("    %c %.*s\n", mark, (int)len, path);
		path += len + 1;
	}
}

static void
print_witnesses(const struct cfc_comparison *d)
{
	if (d->nwitnesses > 0)
		printf("\nqueries that take another way:\n");
	for (size_t i = 0; i < d->nwitnesses && i < WITNESSES_SHOWN; i++) {
		const struct cfc_witness *w = &d->witnesses[i];

		printf("  %s, to %s", w->query, w->listener);
		if (w->others > 0)
			printf(", and %u more like it", w->others);
		putchar('\n');
		print_path('-', w->old_path);
		print_path('+', w->new_path);
	}
	if (d->nwitnesses > WITNESSES_SHOWN)
		printf("  ... and %zu other ways (--format json has them)\n",
		       d->nwitnesses - WITNESSES_SHOWN);
}

static bool
is_complete(const struct cfc_comparison *d)
{
	return d->untried + d->untried_types + d->untried_clients + d->unkept == 0;
}

/* What was left out of the search. */
static void
print_limits(const struct cfc_comparison *d)
{
	if (is_complete(d))
		return;
	puts("\nnot all queries at the borders were tried, so more may take another way:");
	if (d->untried > 0)
		printf("  the search stopped after %zu queries, %zu were left (--tries N tries more)\n",
		       d->tried, d->untried);
	if (d->untried_types > 0)
		printf("  %zu more record types are named\n", d->untried_types);
	if (d->untried_clients > 0)
		printf("  %zu more networks of clients are named\n", d->untried_clients);
	if (d->unkept > 0)
		printf("  %zu queries took other ways than the %zu that are kept\n", d->unkept,
		       d->nwitnesses);
}

static void
print_text(const struct cfc_comparison *d)
{
	const char *where = NULL;

	for (size_t i = 0; i < d->nchanges; i++) {
		const struct cfc_difference *x = &d->changes[i];

		if (where == NULL || strcmp(where, x->where) != 0)
			printf("%s%s:\n", i > 0 ? "\n" : "", x->where);
		where = x->where;
		print_change(x);
	}
	print_witnesses(d);
	if (d->nchanges > 0 && d->nwitnesses == 0)
		printf("\nof %zu queries that were followed through both, none takes another way\n",
		       d->tried);
	if (d->nchanges > 0)
		print_limits(d);
}

/* ---- as JSON ---- */

static const char *const kind_names[] = {
	[CFC_LISTENER_ADDED] = "listener-added",
	[CFC_LISTENER_REMOVED] = "listener-removed",
	[CFC_ZONE_ADDED] = "zone-added",
	[CFC_ZONE_REMOVED] = "zone-removed",
	[CFC_ZONE_MOVED] = "zone-moved",
	[CFC_DIRECTIVE_ADDED] = "directive-added",
	[CFC_DIRECTIVE_REMOVED] = "directive-removed",
	[CFC_OPTION_CHANGED] = "option-changed",
	[CFC_ORDER_CHANGED] = "order-changed",
};

static json_t *
path_json(const char *path)
{
	json_t *lines = cfc_json("[]");

	while (*path != '\0') {
		size_t len = strcspn(path, "\n");
		json_array_append_new(lines, cfc_json("s%", path, len));
		path += len + 1;
	}
	return lines;
}

static void
print_json(const struct cfc_comparison *d)
{
	json_t *changes = cfc_json("[]"), *queries = cfc_json("[]");

	for (size_t i = 0; i < d->nchanges; i++) {
		const struct cfc_difference *x = &d->changes[i];
		json_array_append_new(changes,
				      cfc_json("{s:s, s:s, s:s, s:s?, s:s?, s:o, s:o}", "kind",
					       kind_names[x->kind], "where", x->where, "subject",
					       x->subject, "old", x->old_text, "new", x->new_text,
					       "oldPlace", cfc_place_json(x->old_place), "newPlace",
					       cfc_place_json(x->new_place)));
	}
	for (size_t i = 0; i < d->nwitnesses; i++) {
		const struct cfc_witness *w = &d->witnesses[i];
		json_array_append_new(
			queries, cfc_json("{s:s, s:s, s:o, s:o, s:i}", "query", w->query,
					  "listener", w->listener, "old", path_json(w->old_path),
					  "new", path_json(w->new_path), "others", (int)w->others));
	}
	cfc_json_print(cfc_json("{s:b, s:o, s:o, s:I, s:b, s:{s:I, s:I, s:I, s:I}}", "equal",
				(int)(d->nchanges == 0 && d->nwitnesses == 0), "changes", changes,
				"queries", queries, "tried", (json_int_t)d->tried, "complete",
				(int)is_complete(d), "left", "queries", (json_int_t)d->untried,
				"types", (json_int_t)d->untried_types, "clients",
				(json_int_t)d->untried_clients, "differences",
				(json_int_t)d->unkept),
		       stdout);
}

/* ---- two Corefiles ---- */

struct diff_args {
	bool json;
	uint32_t tries; /* 0 = as many as there are by default */
};

/* Each in a compilation of its own: files that both import are read for each. */
struct side {
	struct cfc c;
	struct cfc keeper;
	struct cfc_settings settings;
	struct cfc_program program;
};

static int
load(struct side *s, const struct cfc_settings *options, const char *path)
{
	cfc_init(&s->c);
	cfc_init(&s->keeper);
	cfc_settings_copy(&s->settings, options, &s->keeper);
	int status = cfc_settings_load(&s->settings, &s->c, path, &s->program);
	if (status == CFC_EXIT_OK)
		return status;
	cfc_load_report(&s->c);
	return status == CFC_EXIT_USAGE ? status : CFC_EXIT_INPUT;
}

static void
unload(struct side *s)
{
	cfc_settings_release(&s->settings);
	cfc_release(&s->keeper);
	cfc_release(&s->c);
}

static int
diff_files(const char *old_path, const char *new_path, const struct diff_args *a,
	   const struct cfc_settings *options)
{
	struct side old, new;
	struct cfc_comparison d = { .tries_max = a->tries };
	int status = load(&old, options, old_path);

	if (status == CFC_EXIT_USAGE) { /* as it would be for the other one */
		unload(&old);
		return status;
	}
	int other = load(&new, options, new_path);
	status = other > status ? other : status;
	if (status == CFC_EXIT_OK) {
		cfc_compare(&new.c, old.program.plan, new.program.plan, &d);
		if (a->json)
			print_json(&d);
		else
			print_text(&d);
		status = d.nchanges == 0 && d.nwitnesses == 0 ? CFC_EXIT_OK : CFC_EXIT_FINDINGS;
	}
	unload(&new);
	unload(&old);
	return status;
}

static int
run_diff(struct cfc_call *call)
{
	char *const *words = call->words;

	if (call->nwords != 2)
		return cfc_usage(call->self, "two Corefiles are compared, %zu given", call->nwords);
	if (strcmp(words[0], "-") == 0 && strcmp(words[1], "-") == 0)
		return cfc_usage(call->self, "standard input can be one of the two only");
	call->settings->plan_wanted = true;
	return diff_files(words[0], words[1], call->args, call->settings);
}

/* ---- command line ---- */

static const struct option longs[] = {
	{ "format", required_argument, NULL, 'F' },
	{ "tries", required_argument, NULL, 'n' },
	{ "help", no_argument, NULL, 'h' },
	CFC_SETTINGS_LONGS,
	{ NULL, 0, NULL, 0 },
};

static const char *
take_option(struct cfc_call *call, int ch, const char *argument)
{
	struct diff_args *a = call->args;
	uint64_t n;

	if (ch == 'F') {
		a->json = strcmp(argument, "json") == 0;
		return a->json || strcmp(argument, "text") == 0 ? NULL : "text or json";
	}
	if (num_parse_uint(&n, argument, strlen(argument), 10) != 0 || n == 0 || n > UINT32_MAX)
		return "a number from 1 to 4294967295";
	a->tries = (uint32_t)n;
	return NULL;
}

const struct cfc_command cfc_cmd_diff = {
	.name = "diff",
	.synopsis = "[OPTION...] OLD NEW",
	.summary = "Tells what a change means: listeners, zones, chains, options, queries",
	.help = "      --format FORMAT    text or json\n"
		"      --tries N          queries that are followed at most (default: 200000)\n" CFC_SETTINGS_HELP
		"Compares what two Corefiles mean, not how they are written, and follows queries at the\n"
		"borders of what they name through both; when not all were tried, that is said.\n"
		"'-' is standard input.  Secrets are masked.\n"
		"Exit status: 0 the same meaning, 1 a different one, 2 a Corefile is unreadable or has\n"
		"errors, 3 wrong usage.\n",
	.letters = ":h",
	.longs = longs,
	.args_size = sizeof(struct diff_args),
	.take = take_option,
	.run = run_diff,
};
