/*
 * cmd_diff.c - `corefilec diff`: what a change of a Corefile means.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "compiler/command/command.h"
#include "compiler/command/compare.h"
#include "compiler/command/explain.h"
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
print_places(const struct cfc_difference *x)
{
	if (x->old_place == NULL && x->new_place == NULL)
		return;
	fputs("  (", stdout);
	if (x->old_place != NULL)
		printf("%s:%u", x->old_place->source->path, (unsigned)x->old_place->line);
	if (x->old_place != NULL && x->new_place != NULL)
		fputs(" -> ", stdout);
	if (x->new_place != NULL)
		printf("%s:%u", x->new_place->source->path, (unsigned)x->new_place->line);
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
	cfc_json_print(cfc_json("{s:b, s:o, s:o, s:i}", "equal",
				(int)(d->nchanges == 0 && d->nwitnesses == 0), "changes", changes,
				"queries", queries, "tried", (int)d->tried),
		       stdout);
}

/* ---- command line ---- */

/* Each in a compilation of its own: files that both import are read for each. */
static bool
load(struct cfc *c, const char *path, struct cfc_program *program)
{
	cfc_init(c);
	cfc_load(c, path, program);
	if (cfc_load_status(c, program) == CFC_EXIT_OK)
		return true;
	cfc_load_report(c);
	return false;
}

static int
diff_files(const char *old_path, const char *new_path, bool json)
{
	struct cfc a, b;
	struct cfc_program old, new;
	struct cfc_comparison d;
	int status = CFC_EXIT_INPUT;
	bool good = load(&a, old_path, &old);

	good = load(&b, new_path, &new) && good;
	if (good) {
		cfc_compare(&b, old.plan, new.plan, &d);
		if (json)
			print_json(&d);
		else
			print_text(&d);
		status = d.nchanges == 0 && d.nwitnesses == 0 ? CFC_EXIT_OK : CFC_EXIT_FINDINGS;
	}
	cfc_release(&b);
	cfc_release(&a);
	return status;
}

static int
run_diff(const struct cfc_command *self, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "format", required_argument, NULL, 'F' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool json = false;

	for (int ch; (ch = getopt_long(argc, argv, ":h", longs, NULL)) != -1;) {
		if (ch == 'h')
			return cfc_help(self);
		if (ch != 'F' || (strcmp(optarg, "json") != 0 && strcmp(optarg, "text") != 0))
			return cfc_usage(self, "bad option or value '%s'", argv[optind - 1]);
		json = strcmp(optarg, "json") == 0;
	}
	if (argc - optind != 2)
		return cfc_usage(self, "two Corefiles are compared, %d given", argc - optind);
	return diff_files(argv[optind], argv[optind + 1], json);
}

const struct cfc_command cfc_cmd_diff = {
	.name = "diff",
	.synopsis = "[--format text|json] OLD NEW",
	.summary = "Tells what a change means: listeners, zones, chains, options, queries",
	.help = "      --format FORMAT   text or json\n"
		"Compares what two Corefiles mean, not how they are written, and follows queries at the\n"
		"borders of what they name through both.  '-' is standard input.  Secrets are masked.\n"
		"Exit status: 0 the same meaning, 1 a different one, 2 a Corefile is unreadable or has\n"
		"errors, 3 wrong usage.\n",
	.run = run_diff,
};
