/*
 * cmd_migrate.c - `corefilec migrate`.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "compiler/command/command.h"
#include "compiler/syntax/expand.h"
#include "compiler/fix.h"
#include "compiler/syntax/fmt.h"
#include "compiler/command/migrate.h"
#include "compiler/embed.h"

struct migrate_args {
	bool write, diff;
	bool has_to; /* otherwise to the newest release */
	uint32_t from, to;
};

/*
 * One unit: its new text goes where it is wanted; adds to *done how many changes were made.  false: it
 * could not be written.
 */
static bool
put_unit(struct cfc *c, const struct cfc_source *unit, bool is_main, const struct migrate_args *a,
	 size_t *done)
{
	struct buf text;
	bool good = true;

	buf_init(&text, CFC_SOURCE_MAX * 2);
	size_t applied = cfc_fixes_apply(c, unit, &text);
	*done += applied;
	if (a->diff && applied > 0)
		fputs(cfc_diff(c, unit->path, unit->text, unit->len, buf_cstr(&text), text.len),
		      stdout);
	if (a->write && applied > 0 && unit->kind == CFC_SOURCE_FILE) {
		good = cfc_write_file(unit->path, buf_cstr(&text), text.len) == 0;
		if (!good)
			cfc_error(c, cfc_no_span(), "CF9004", "cannot write '%s': %s", unit->path,
				  strerror(errno));
	}
	if (!a->diff && is_main && (!a->write || unit->kind != CFC_SOURCE_FILE))
		fwrite(buf_cstr(&text), 1, text.len, stdout);
	buf_release(&text);
	return good;
}

/* Edits of one line may stand in each other's way; then some have to wait. */
static size_t
wanted(const struct cfc *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->diags.count; i++)
		n += c->diags.list[i]->fixes != NULL;
	return n;
}

/* Changes without an edit: the manifest around the Corefile cannot take it. */
static size_t
unmade(const struct cfc *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->diags.count; i++)
		n += c->diags.list[i]->severity == CFC_SEVERITY_INFO &&
		     c->diags.list[i]->fixes == NULL;
	return n;
}

/* Whether there is more to do, for a person or in another run. */
static bool
is_left(const struct cfc *c, size_t done)
{
	return c->diags.nwarnings > 0 || done < wanted(c) || unmade(c) > 0;
}

static void
summarize(const struct cfc *c, size_t done)
{
	if (done < wanted(c))
		fprintf(stderr, "corefilec: %zu more must wait: run it again on the result\n",
			wanted(c) - done);
	if (c->diags.ninfos + c->diags.nwarnings == 0)
		fputs("corefilec: nothing to migrate\n", stderr);
	else
		fprintf(stderr, "corefilec: %zu changed, %zu for a person to decide\n", done,
			c->diags.nwarnings + unmade(c));
}

/* What the language itself has to say about the file is the business of lint. */
static void
keep_own_reports(struct cfc *c)
{
	size_t n = 0;

	c->diags.nwarnings = 0;
	c->diags.ninfos = 0;
	for (size_t i = 0; i < c->diags.count; i++) {
		struct cfc_diag *d = c->diags.list[i];
		if (strcmp(d->id, CFC_MIGRATE_ID) != 0)
			continue;
		c->diags.nwarnings += d->severity == CFC_SEVERITY_WARNING;
		c->diags.ninfos += d->severity == CFC_SEVERITY_INFO;
		c->diags.list[n++] = d;
	}
	c->diags.count = n;
}

static int
migrate_file(const char *path, const struct migrate_args *a)
{
	struct cfc_tree tree = { .servers = NULL };
	struct cfc c;
	int status = CFC_EXIT_INPUT;
	size_t done = 0;

	cfc_init(&c);
	struct cfc_source *s = cfc_load_main(&c, path);
	if (s != NULL && cfc_expand(&c, s, &tree)) {
		cfc_migrate(&c, &tree, a->from, a->has_to ? a->to : UINT32_MAX);
		keep_own_reports(&c);
		size_t nsources = c.nsources;
		bool good = true;
		for (size_t i = 0; i < nsources; i++)
			good = put_unit(&c, c.sources[i], c.sources[i] == cfc_source_shown(s), a,
					&done) &&
			       good;
		status = !good               ? CFC_EXIT_INPUT
			 : is_left(&c, done) ? CFC_EXIT_FINDINGS
					     : CFC_EXIT_OK;
	}
	cfc_load_report(&c);
	if (status != CFC_EXIT_INPUT)
		summarize(&c, done);
	cfc_release(&c);
	return status;
}

static int
run_migrate(struct cfc_call *call)
{
	const struct migrate_args *a = call->args;

	if (a->has_to && a->from > a->to)
		return cfc_usage(call->self, "--from is later than --to");
	if (call->nwords > 1)
		return cfc_usage(call->self, "unexpected '%s'", call->words[1]);
	return migrate_file(call->nwords > 0 ? call->words[0] : "Corefile", a);
}

/* ---- command line ---- */

static const struct option longs[] = {
	{ "write", no_argument, NULL, 'w' },      { "diff", no_argument, NULL, 'd' },
	{ "from", required_argument, NULL, 'f' }, { "to", required_argument, NULL, 't' },
	{ "help", no_argument, NULL, 'h' },       { NULL, 0, NULL, 0 },
};

static const char *
take_option(struct cfc_call *call, int ch, const char *argument)
{
	static const char version[] = "a release of CoreDNS such as 1.8.0";
	struct migrate_args *a = call->args;

	switch (ch) {
	case 'w':
		a->write = true;
		return NULL;
	case 'd':
		a->diff = true;
		return NULL;
	case 'f':
		return cfc_version_parse(argument, &a->from) ? NULL : version;
	default:
		a->has_to = true;
		return cfc_version_parse(argument, &a->to) ? NULL : version;
	}
}

const struct cfc_command cfc_cmd_migrate = {
	.name = "migrate",
	.synopsis = "[-w] [--diff] [--from VERSION] [--to VERSION] [COREFILE]",
	.summary = "Brings a Corefile for an older CoreDNS up to date",
	.help = "  -w, --write          write the result back, also into imported files\n"
		"      --diff           print what would change\n"
		"      --from VERSION   the release that the Corefile was written for\n"
		"      --to VERSION     the release that it is for now (default: the newest)\n"
		"Without -w and --diff the result goes to standard output.  What was changed, why and\n"
		"since which release stands on standard error.  Comments and layout are kept.\n"
		"Exit status: 0 done, 1 done but for what a person must decide, 2 unreadable, 3 usage.\n",
	.letters = ":wh",
	.longs = longs,
	.args_size = sizeof(struct migrate_args),
	.take = take_option,
	.run = run_migrate,
};
