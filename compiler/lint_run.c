/*
 * lint_run.c - Corefiles through the compiler up to the plan, and what is said about them.
 */
#include "config.h"

#include "compiler/lint.h"

#include <stdio.h>

#include "base/buf.h"
#include "compiler/command.h"

struct run {
	const struct lint_options *o;
	struct cfc_findings findings;
	size_t counts[3]; /* of what was printed as text */
	size_t nfiles;
	int status; /* the worst so far */
};

static bool
is_found(const struct cfc *c, enum cfc_severity fail_on)
{
	return c->diags.nerrors > 0 ||
	       (fail_on >= CFC_SEVERITY_WARNING && c->diags.nwarnings > 0) ||
	       (fail_on >= CFC_SEVERITY_INFO && c->diags.ninfos > 0);
}

static void
dump(struct cfc *c, const struct cfc_program *program, const struct lint_options *o)
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

static bool
is_error(void *arg, const struct cfc_diag *d)
{
	(void)arg;
	return d->severity == CFC_SEVERITY_ERROR;
}

static void
report(struct run *r, struct cfc *c, const char *path)
{
	if (r->o->quiet)
		cfc_diags_filter(c, is_error, NULL);
	r->nfiles++;
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
lint_file(struct run *r, const char *path)
{
	const struct lint_options *o = r->o;
	struct cfc_program program;
	struct cfc c;

	cfc_init(&c);
	c.compat = o->compat;
	c.profile = o->profile;
	c.root_dir = o->root;
	cfc_load(&c, path, &program);
	dump(&c, &program, o);
	int status = cfc_load_status(&c, &program);
	if (status == CFC_EXIT_OK && is_found(&c, o->fail_on))
		status = CFC_EXIT_FINDINGS;
	if (status > r->status)
		r->status = status;
	report(r, &c, path != NULL ? path : "Corefile");
	cfc_release(&c);
}

static void
print_count(size_t n, const char *what, const char *after)
{
	fprintf(stderr, "%zu %s%s%s", n, what, n == 1 ? "" : "s", after);
}

static void
print_summary(const struct run *r)
{
	print_count(r->counts[CFC_SEVERITY_ERROR], "error", ", ");
	print_count(r->counts[CFC_SEVERITY_WARNING], "warning", ", ");
	print_count(r->counts[CFC_SEVERITY_INFO], "hint", " in ");
	print_count(r->nfiles, "file", "\n");
}

int
lint_run(const struct lint_options *o, char *const *paths, size_t n)
{
	struct run r = { .o = o };

	cfc_findings_init(&r.findings);
	r.findings.fail_on = o->fail_on;
	if (n == 0)
		lint_file(&r, NULL);
	for (size_t i = 0; i < n; i++)
		lint_file(&r, paths[i]);
	if (o->format->print != NULL)
		o->format->print(&r.findings, stdout);
	else if (o->summary && !o->quiet)
		print_summary(&r);
	cfc_findings_release(&r.findings);
	return r.status;
}
