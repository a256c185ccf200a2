/*
 * lint_run.c - Corefiles through the compiler up to the plan, and what is said about them.
 */
#include "config.h"

#include "compiler/command/lint.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "compiler/command/command.h"
#include "compiler/report/suppress.h"

#define ROUNDS_MAX 10u /* fixes that make others possible */

struct run {
	const struct lint_options *o;
	struct cfc keeper; /* inputs and project files; its diagnostics are about these */
	struct cfc_findings findings;
	struct cfc_project project; /* of the Corefile looked at last */
	struct cfc_variables variables;
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

/* Variables of the command line, once; those of the project are added for each project. */
static bool
start_variables(struct run *r, struct cfc_variables *v)
{
	const struct lint_options *o = r->o;
	bool good = true;

	cfc_variables_init(v);
	v->no_process = o->no_env;
	for (size_t i = 0; i < o->nenv_files; i++)
		good = cfc_variables_file(&r->keeper, v, o->env_files[i]) && good;
	for (size_t i = 0; i < o->nsets; i++)
		cfc_variables_assign(v, o->sets[i]);
	return good && cfc_project_variables(&r->keeper, &r->project, v);
}

/* The project file for a Corefile; false = it has faults. */
static bool
enter_project(struct run *r, const char *path)
{
	const char *file = r->o->config;

	if (r->o->no_config)
		return true;
	if (file == NULL)
		file = cfc_project_find(&r->keeper, path);
	if (file == NULL && r->project.path == NULL)
		return true;
	if (file != NULL && r->project.path != NULL && strcmp(file, r->project.path) == 0)
		return !r->project.broken;
	memset(&r->project, 0, sizeof(r->project));
	if (file != NULL)
		cfc_project_read(&r->keeper, file, &r->project);
	cfc_variables_release(&r->variables);
	if (!start_variables(r, &r->variables))
		r->project.broken = true;
	return !r->project.broken;
}

static void
set_up(struct run *r, struct cfc *c)
{
	const struct lint_options *o = r->o;
	const struct cfc_project *p = &r->project;

	cfc_init(c);
	c->compat = o->compat;
	c->profile = p->has_profile && !o->has_profile ? p->profile : o->profile;
	c->root_dir = o->root != NULL ? o->root : p->root;
	c->getenv = cfc_variables_get;
	c->getenv_arg = &r->variables;
	if (o->fix) {
		c->overlay = lint_fixed_text;
		c->overlay_arg = &r->fixes;
	}
}

static enum cfc_severity
fail_on(const struct run *r)
{
	return r->project.has_fail_on && !r->o->has_fail_on ? r->project.fail_on : r->o->fail_on;
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
load(struct run *r, struct cfc *c, const struct lint_input *in, struct cfc_program *program)
{
	memset(program, 0, sizeof(*program));
	if (!in->is_stdin) {
		cfc_load(c, in->path, program);
		return;
	}
	struct cfc_source *unit = read_stdin(r, c, in->path);
	if (unit != NULL)
		cfc_load_unit(c, unit, program);
}

/* Load and judge; with --fix again and again, until there is nothing more to fix. */
static void
judge(struct run *r, struct cfc *c, const struct lint_input *in, struct cfc_program *program)
{
	for (unsigned round = 0;; round++) {
		set_up(r, c);
		load(r, c, in, program);
		cfc_suppress(c, !cfc_has_errors(c));
		cfc_project_judge(c, &r->project);
		if (!r->o->fix || round == ROUNDS_MAX || lint_fix(&r->fixes, c) == 0)
			return;
		cfc_release(c);
	}
}

static int
status_of(const struct run *r, const struct cfc *c, const struct cfc_program *program)
{
	enum cfc_severity level = fail_on(r);

	/* Unless the errors of the language were ours alone, and suppressed. */
	if (!program->parsed && cfc_has_errors(c))
		return cfc_load_status(c, program);
	if (c->diags.nerrors > 0 || (level >= CFC_SEVERITY_WARNING && c->diags.nwarnings > 0) ||
	    (level >= CFC_SEVERITY_INFO && c->diags.ninfos > 0))
		return CFC_EXIT_FINDINGS;
	return CFC_EXIT_OK;
}

static void
lint_input(struct run *r, const struct lint_input *in)
{
	struct cfc_program program;
	struct cfc c;

	if (!enter_project(r, in->path != NULL ? in->path : "Corefile")) {
		raise(r, CFC_EXIT_USAGE);
		return;
	}
	if (in->from_folder && cfc_project_excludes(&r->keeper, &r->project, in->path))
		return;
	judge(r, &c, in, &program);
	dump(&c, &program, r->o);
	raise(r, status_of(r, &c, &program));
	r->nfiles++;
	report(r, &c, in->path != NULL ? in->path : "Corefile");
	cfc_release(&c);
}

static void
lint_inputs(struct run *r, char *const *paths, size_t n)
{
	static const struct lint_input here = { .path = NULL };
	struct lint_inputs in;

	lint_inputs_find(&r->keeper, r->o, paths, n, &in);
	if (cfc_has_errors(&r->keeper))
		raise(r, CFC_EXIT_INPUT);
	if (n == 0)
		lint_input(r, &here);
	for (size_t i = 0; i < in.count; i++)
		lint_input(r, &in.list[i]);
}

int
lint_run(const struct lint_options *o, char *const *paths, size_t n)
{
	struct run r = { .o = o };

	cfc_init(&r.keeper);
	r.fixes.keeper = &r.keeper;
	cfc_findings_init(&r.findings);
	r.findings.fail_on = o->fail_on;
	if (start_variables(&r, &r.variables))
		lint_inputs(&r, paths, n);
	else
		raise(&r, CFC_EXIT_USAGE);
	if (o->fix && !lint_fixes_put(&r.fixes, o->diff))
		raise(&r, CFC_EXIT_INPUT);
	if (r.keeper.diags.count > 0)
		report(&r, &r.keeper, n > 0 ? paths[0] : "Corefile");
	if (o->format->print != NULL)
		o->format->print(&r.findings, stdout);
	else if (o->summary && !o->quiet)
		print_summary(&r);
	cfc_findings_release(&r.findings);
	cfc_variables_release(&r.variables);
	cfc_release(&r.keeper);
	return r.status;
}
