/*
 * cmd_fmt.c - `corefilec fmt`.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "compiler/command/command.h"
#include "compiler/embed.h"
#include "compiler/fix.h"
#include "compiler/manifest/manifest.h"
#include "compiler/syntax/fmt.h"

struct fmt_args {
	bool write, check, diff;
};

static int
put_result(struct cfc *c, const struct cfc_source *s, const char *text, size_t len,
	   const struct fmt_args *a)
{
	bool same = cfc_fmt_same(s, text, len);

	if (a->diff && !same)
		fputs(cfc_diff(c, s->path, s->text, s->len, text, len), stdout);
	if (a->check) {
		if (!same && !a->diff)
			printf("%s\n", s->path);
		return same ? CFC_EXIT_OK : CFC_EXIT_FINDINGS;
	}
	if (a->write && s->kind == CFC_SOURCE_FILE) {
		if (same || cfc_write_file(s->path, text, len) == 0)
			return CFC_EXIT_OK;
		cfc_error(c, cfc_no_span(), "CF9004", "cannot write '%s': %s", s->path,
			  strerror(errno));
		return CFC_EXIT_INPUT;
	}
	if (!a->diff)
		fwrite(text, 1, len, stdout);
	return CFC_EXIT_OK;
}

/* ---- manifests ---- */

/* Whether a text in a block is formatted but for line ends at its end: the block says what it keeps. */
static bool
is_same(const struct cfc_source *s, const char *text, size_t len)
{
	size_t old = s->len;

	while (old > 0 && s->text[old - 1] == '\n')
		old--;
	while (len > 0 && text[len - 1] == '\n')
		len--;
	return old == len && memcmp(s->text, text, len) == 0;
}

/* The edit that formats a Corefile where it stands; false: reported. */
static bool
fmt_part(struct cfc *c, const struct cfc_manifest_part *part, struct cfc_edit *edit, bool *needed)
{
	struct cfc_source *unit = part->key->unit;
	size_t len;
	char *text;

	if (!cfc_fmt(c, unit, &text, &len))
		return false;
	*needed = !is_same(unit, text, len);
	if (!*needed || cfc_embedded_replace(c, unit, text, len, edit))
		return true;
	cfc_error(c, part->key->at, "CF1014", "a Corefile in a %s is not formatted",
		  unit->inside->what);
	cfc_note(c, part->key->at, "write it as a block: '%s: |'", part->key->name);
	return false;
}

static int
compare_edits(const void *a, const void *b)
{
	const struct cfc_edit *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* The host with the edits made; two Corefiles that are one, by an anchor, are edited once. */
static char *
edited(struct cfc *c, const struct cfc_source *host, struct cfc_edit *edits, size_t n, size_t *len)
{
	struct buf b;
	size_t done = 0;

	qsort(edits, n, sizeof(edits[0]), compare_edits);
	buf_init(&b, CFC_SOURCE_MAX * 2);
	for (size_t i = 0; i < n; i++) {
		if (edits[i].offset < done)
			continue;
		buf_add(&b, host->text + done, edits[i].offset - done);
		buf_puts(&b, edits[i].text);
		done = edits[i].offset + edits[i].length;
	}
	buf_add(&b, host->text + done, host->len - done);
	char *text = cfc_array(c, b.len + 1, 1);
	memcpy(text, buf_cstr(&b), b.len);
	*len = b.len;
	buf_release(&b);
	return text;
}

/* All Corefiles of a manifest, or one; directives alone (*.override) are no Corefile.  false: reported. */
static bool
fmt_manifest(struct cfc *c, const struct cfc_source *host, const char *object, char **text,
	     size_t *len)
{
	const struct cfc_manifest_part *only = NULL;
	struct cfc_manifest m;
	size_t n = 0;
	bool good = cfc_manifest_read(c, host, &m);

	if (good && m.nparts == 0)
		cfc_manifest_report_none(c, host);
	if (good && object != NULL)
		only = cfc_manifest_find(c, &m, object);
	if (!good || m.nparts == 0 || (object != NULL && only == NULL))
		return false;
	struct cfc_edit *edits = cfc_array(c, m.nparts, sizeof(edits[0]));
	for (size_t i = 0; i < m.nparts; i++) {
		bool needed = false;

		if ((only != NULL && only != &m.parts[i]) ||
		    m.parts[i].kind == CFC_MANIFEST_OVERRIDE)
			continue;
		good = fmt_part(c, &m.parts[i], &edits[n], &needed) && good;
		n += needed;
	}
	if (good)
		*text = edited(c, host, edits, n, len);
	return good;
}

/* ---- the command ---- */

static int
fmt_file(const char *path, const struct fmt_args *a)
{
	const char *object;
	struct cfc c;
	size_t len;
	char *text;
	int status = CFC_EXIT_INPUT;

	cfc_init(&c);
	struct cfc_source *s = cfc_load_open(&c, path, &object);
	if (s != NULL &&
	    ((object != NULL || cfc_manifest_is(&c, s)) ? fmt_manifest(&c, s, object, &text, &len)
							: cfc_fmt(&c, s, &text, &len)))
		status = put_result(&c, s, text, len, a);
	cfc_load_report(&c);
	cfc_release(&c);
	return status;
}

static int
run_fmt(struct cfc_call *call)
{
	const struct fmt_args *a = call->args;
	int worst = CFC_EXIT_OK;

	if (a->check && a->write)
		return cfc_usage(call->self, "--check writes nothing, so -w cannot go with it");
	if (call->nwords == 0)
		return fmt_file("Corefile", a);
	for (size_t i = 0; i < call->nwords; i++) {
		int status = fmt_file(call->words[i], a);

		worst = status > worst ? status : worst;
	}
	return worst;
}

/* ---- command line ---- */

static const struct option longs[] = {
	{ "write", no_argument, NULL, 'w' },
	{ "check", no_argument, NULL, 'c' },
	{ "diff", no_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char *
take_option(struct cfc_call *call, int ch, const char *argument)
{
	struct fmt_args *a = call->args;

	(void)argument;
	a->write = a->write || ch == 'w';
	a->check = a->check || ch == 'c';
	a->diff = a->diff || ch == 'd';
	return NULL;
}

const struct cfc_command cfc_cmd_fmt = {
	.name = "fmt",
	.synopsis = "[-w] [--check] [--diff] [COREFILE...]",
	.summary = "Brings Corefiles into canonical form, comments kept",
	.help = "  -w, --write   write the result back into the file\n"
		"      --check   name the files that are not formatted, and exit 1 if there are "
		"any\n"
		"      --diff    print what would change\n"
		"Without these the result goes to standard output.  COREFILE is ./Corefile when "
		"not\n"
		"given; '-' is standard input; of a Kubernetes manifest the Corefiles in it are formatted.\n",
	.letters = ":wh",
	.longs = longs,
	.args_size = sizeof(struct fmt_args),
	.take = take_option,
	.run = run_fmt,
};
