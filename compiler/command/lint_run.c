/*
 * lint_run.c - Corefiles through the compiler up to the plan, and what is said about them.
 */
#include "config.h"

#include "compiler/command/lint.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "compiler/bind/lookup.h"
#include "compiler/command/command.h"
#include "compiler/manifest/manifest.h"

#define ROUNDS_MAX 10u /* fixes that make others possible */

struct run {
	const struct lint_options *o;
	struct cfc_settings *settings;
	struct cfc
		*keeper; /* of the settings; inputs too, and its diagnostics are about all these */
	struct cfc_findings findings;
	struct lint_fixes fixes;
	size_t counts[3]; /* of what was printed as text */
	size_t nfiles;
	int status; /* the worst so far */
};

static void
raise(struct run *r, int status)
{
	if (status > r->status)
		r->status = status;
}

/* ---- reporting ---- */

static void
dump_one(struct cfc *c, const struct cfc_program *program, const struct lint_options *o)
{
	struct buf text;

	if (o->dump_ast && program->main != NULL)
		cfc_tree_dump(&program->tree, stdout);
	if (!o->dump_plan || program->plan == NULL)
		return;
	buf_init(&text, (size_t)1 << 31);
	cfc_plan_dump(c, program->plan, &text);
	if (text.len > 0)
		fwrite(buf_cstr(&text), 1, text.len, stdout);
	buf_release(&text);
}

static void
dump(struct cfc *c, const struct cfc_programs *l, const struct lint_options *o)
{
	for (size_t i = 0; i < l->count; i++)
		dump_one(c, &l->list[i], o);
}

static int
only_errors(void *arg, const struct cfc_diag *d)
{
	(void)arg;
	return d->severity == CFC_SEVERITY_ERROR ? CFC_SEVERITY_ERROR : CFC_DIAG_DROP;
}

static void
report(struct run *r, struct cfc *c, const char *path)
{
	if (r->o->quiet)
		cfc_diags_judge(c, only_errors, NULL);
	if (r->o->format->print != NULL) {
		cfc_findings_add(&r->findings, c, path);
		return;
	}
	r->counts[CFC_SEVERITY_ERROR] += c->diags.nerrors;
	r->counts[CFC_SEVERITY_WARNING] += c->diags.nwarnings;
	r->counts[CFC_SEVERITY_INFO] += c->diags.ninfos;
	c->diags.colour = r->o->colour;
	cfc_load_report(c);
}

static void
print_count(size_t n, const char *what, const char *after)
{
	fprintf(stderr, "%zu %s%s%s", n, what,
		n == 1                     ? ""
		: strcmp(what, "fix") == 0 ? "es"
					   : "s",
		after);
}

static void
print_summary(const struct run *r)
{
	print_count(r->counts[CFC_SEVERITY_ERROR], "error", ", ");
	print_count(r->counts[CFC_SEVERITY_WARNING], "warning", ", ");
	print_count(r->counts[CFC_SEVERITY_INFO], "hint", " in ");
	print_count(r->nfiles, "file", "\n");
	if (r->fixes.applied > 0)
		print_count(r->fixes.applied, "fix", r->o->diff ? " possible\n" : " applied\n");
}

/* ---- settings ---- */

static void
set_up(struct run *r, struct cfc *c)
{
	cfc_init(c);
	cfc_settings_apply(r->settings, c);
	c->lookup = r->o->resolve ? cfc_lookup_system : NULL;
	if (r->o->fix) {
		c->overlay = lint_fixed_text;
		c->overlay_arg = &r->fixes;
	}
}

static enum cfc_severity
fail_on(const struct run *r)
{
	const struct cfc_project *p = &r->settings->project;

	return p->has_fail_on && !r->o->has_fail_on ? p->fail_on : r->o->fail_on;
}

/* ---- one Corefile ---- */

/* Standard input can be read once; afterwards its text is among the fixed ones. */
static struct cfc_source *
read_stdin(struct run *r, struct cfc *c, const char *name)
{
	size_t len;
	const char *text = r->o->fix ? lint_fixed_text(&r->fixes, name, &len) : NULL;

	if (text != NULL)
		return cfc_source_text(c, name, text, len);
	struct cfc_source *unit = cfc_source_fd(c, STDIN_FILENO, name);
	if (unit != NULL && r->o->fix)
		lint_fixes_take(&r->fixes, unit);
	return unit;
}

static void
load(struct run *r, struct cfc *c, const struct lint_input *in, struct cfc_programs *l)
{
	const char *object = NULL;
	struct cfc_source *unit =
		in->is_stdin ? read_stdin(r, c, in->path) : cfc_load_open(c, in->path, &object);

	memset(l, 0, sizeof(*l));
	if (unit != NULL && object == NULL && cfc_manifest_is(c, unit)) {
		size_t n = cfc_manifest_load_all(c, unit, l);

		if (n == 0 && l->parsed) {
			cfc_manifest_report_none(c, unit);
			l->parsed = false;
		}
		return;
	}
	unit = unit == NULL ? NULL : cfc_load_choose(c, unit, object);
	if (unit == NULL)
		return;
	l->list = cfc_array(c, 1, sizeof(l->list[0]));
	l->count = 1;
	cfc_load_unit(c, unit, &l->list[0]);
	l->parsed = l->list[0].parsed;
}

/* Load and judge; with --fix again and again, until there is nothing more to fix. */
static void
judge(struct run *r, struct cfc *c, const struct lint_input *in, struct cfc_programs *l)
{
	for (unsigned round = 0;; round++) {
		set_up(r, c);
		load(r, c, in, l);
		cfc_settings_judge(r->settings, c);
		if (!r->o->fix || round == ROUNDS_MAX || lint_fix(&r->fixes, c) == 0)
			return;
		cfc_release(c);
	}
}

static int
status_of(const struct run *r, const struct cfc *c, const struct cfc_programs *l)
{
	enum cfc_severity level = fail_on(r);

	/* Unless the errors of the language were ours alone, and suppressed. */
	if (!l->parsed && cfc_has_errors(c))
		return r->settings->compat && l->count > 0 ? CFC_EXIT_FINDINGS : CFC_EXIT_INPUT;
	if (c->diags.nerrors > 0 || (level >= CFC_SEVERITY_WARNING && c->diags.nwarnings > 0) ||
	    (level >= CFC_SEVERITY_INFO && c->diags.ninfos > 0))
		return CFC_EXIT_FINDINGS;
	return CFC_EXIT_OK;
}

static void
lint_input(struct run *r, const struct lint_input *in)
{
	struct cfc_programs l;
	struct cfc c;

	if (!cfc_settings_enter(r->settings, in->path)) {
		raise(r, CFC_EXIT_USAGE);
		return;
	}
	if (in->from_folder && cfc_project_excludes(r->keeper, &r->settings->project, in->path))
		return;
	judge(r, &c, in, &l);
	dump(&c, &l, r->o);
	raise(r, status_of(r, &c, &l));
	r->nfiles++;
	report(r, &c, in->path != NULL ? in->path : "Corefile");
	cfc_release(&c);
}

static void
lint_inputs(struct run *r, char *const *paths, size_t n)
{
	static const struct lint_input here = { .path = NULL };
	struct lint_inputs in;

	lint_inputs_find(r->keeper, r->o, paths, n, &in);
	if (cfc_has_errors(r->keeper))
		raise(r, CFC_EXIT_INPUT);
	if (n == 0)
		lint_input(r, &here);
	for (size_t i = 0; i < in.count; i++)
		lint_input(r, &in.list[i]);
}

int
lint_run(const struct lint_options *o, struct cfc_settings *settings, char *const *paths, size_t n)
{
	struct run r = {
		.o = o,
		.settings = settings,
		.keeper = settings->keeper,
		.fixes = { .keeper = settings->keeper },
	};

	cfc_findings_init(&r.findings);
	r.findings.fail_on = o->fail_on;
	lint_inputs(&r, paths, n);
	if (o->fix && !lint_fixes_put(&r.fixes, o->diff))
		raise(&r, CFC_EXIT_INPUT);
	if (r.keeper->diags.count > 0)
		report(&r, r.keeper, n > 0 ? paths[0] : "Corefile");
	if (o->format->print != NULL)
		o->format->print(&r.findings, stdout);
	else if (o->summary && !o->quiet)
		print_summary(&r);
	cfc_findings_release(&r.findings);
	return r.status;
}
