/*
 * build.c - from a plan to a program: C into a folder of its own, then the C compiler.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "compiler/command/command.h"
#include "compiler/emit/emit.h"
#include "compiler/emit/toolchain.h"

#define SOURCE_MAX ((size_t)1 << 31)
#define SELF       "Corefile.gen.c"

void
cfc_build_source(struct cfc *c, const struct cfc_program *program, bool no_line, struct buf *out)
{
	struct cfc_emit_options options = {
		.self = SELF,
		.no_line = no_line,
		.version = PACKAGE_VERSION,
		.hash = cfc_sources_hash(c),
		.main = program->main,
	};

	buf_init(out, SOURCE_MAX);
	cfc_emit(c, program->plan, &options, out);
}

/* The libraries that the plugins in use want, each set once, in chain order. */
static const char *
plugin_libs(struct cfc *c, const struct cfc_plan *plan)
{
	const char *libs = "";

	for (size_t i = 0; i < c->nplugins; i++) {
		bool used = false;

		for (size_t j = 0; j < plan->nblocks; j++)
			used = used || cfc_block_find(plan->blocks[j], c->plugins[i]->name) != NULL;
		if (used && c->plugins[i]->libs != NULL)
			libs = cfc_printf(c, "%s %s", libs, c->plugins[i]->libs);
	}
	return libs;
}

/* Run-time halves of out-of-tree plugins: DIR/NAME.c, and DIR's parent for "NAME/NAME.h". */
static void
external_sources(struct cfc *c, const struct cfc_build_options *o, struct cfc_link_options *link)
{
	const char **extra, **include;
	size_t n = o->plugin_dirs.count;

	if (n == 0)
		return;
	extra = cfc_array(c, n + 1, sizeof(*extra));
	include = cfc_array(c, n + 1, sizeof(*include));
	for (size_t i = 0; i < n; i++) {
		char *dir = realpath(o->plugin_dirs.list[i], NULL);

		if (dir == NULL)
			continue; /* gone since it was loaded: the C compiler will tell */
		extra[i] = cfc_printf(c, "%s/%s.c", dir, strrchr(dir, '/') + 1);
		include[i] = cfc_printf(c, "%s/..", dir);
		free(dir);
	}
	link->extra = extra;
	link->include = include;
}

static const char *
absolute(struct cfc *c, const char *path)
{
	char *cwd = path[0] == '/' ? NULL : getcwd(NULL, 0);
	const char *full = cwd == NULL ? path : cfc_printf(c, "%s/%s", cwd, path);

	free(cwd);
	return full;
}

static bool
fail(struct cfc *c, const char *what, const char *path)
{
	cfc_error(c, cfc_no_span(), "CF9004", "cannot %s '%s': %s", what, path, strerror(errno));
	if (errno == ENOSPC)
		cfc_note(c, cfc_no_span(),
			 "the disk is full; TMPDIR chooses another folder for "
			 "intermediate files");
	return false;
}

/* The folder for intermediate files: --keep's, or a new one below TMPDIR. */
static const char *
make_dir(struct cfc *c, const char *keep)
{
	const char *tmp = getenv("TMPDIR");

	if (keep != NULL) {
		if (mkdir(keep, 0777) != 0 && errno != EEXIST) {
			fail(c, "make folder", keep);
			return NULL;
		}
		return absolute(c, keep);
	}
	char *dir =
		cfc_printf(c, "%s/corefilec.XXXXXX", tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
	if (mkdtemp(dir) == NULL) {
		fail(c, "make a folder in", tmp != NULL ? tmp : "/tmp");
		return NULL;
	}
	return dir;
}

static bool
compile_in(struct cfc *c, const struct cfc_toolchain *tc, const struct cfc_program *program,
	   const struct cfc_build_options *o, const char *dir, const char *output)
{
	const char *path = cfc_printf(c, "%s/" SELF, dir);
	struct cfc_link_options link = {
		.release = o->release,
		.is_static = o->is_static,
		.libs = plugin_libs(c, program->plan),
		.seed = cfc_sources_hash(c),
	};
	struct buf source;

	external_sources(c, o, &link);
	cfc_build_source(c, program, o->no_line, &source);
	int rc = cfc_write_file(path, buf_cstr(&source), source.len);
	buf_release(&source);
	if (rc != 0)
		return fail(c, "write", path);
	return cfc_toolchain_build(c, tc, dir, SELF, output, &link);
}

bool
cfc_build(struct cfc *c, const struct cfc_program *program, const struct cfc_build_options *o)
{
	struct cfc_toolchain tc;
	struct stat st;
	const char *output = absolute(c, o->output);
	/* Built beside its place and moved there: a running server's file is never written to. */
	const char *fresh = cfc_printf(c, "%s.new.%ld", output, (long)getpid());

	if (stat(output, &st) == 0 && !S_ISREG(st.st_mode)) {
		cfc_error(c, cfc_no_span(), "CF9004", "cannot write '%s': it is no file", output);
		return false;
	}
	if (!cfc_toolchain_find(c, &tc))
		return false;
	const char *dir = make_dir(c, o->keep);
	if (dir == NULL)
		return false;
	bool ok = compile_in(c, &tc, program, o, dir, fresh);
	if (ok && rename(fresh, output) != 0)
		ok = fail(c, "write", output);
	if (!ok)
		unlink(fresh);
	if (o->keep == NULL) {
		unlink(cfc_printf(c, "%s/" SELF, dir));
		rmdir(dir);
	}
	return ok;
}
