/*
 * cmd_run.c - `corefilec run`: builds into a cache and becomes the server.
 *
 * The cache is a folder of programs called by the hash of everything that went into them: Corefile,
 * imports, version, options and the runtime's archives.  A second run only parses the Corefile.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/command/settings.h"
#include "base/buf.h"
#include "compiler/emit/emit.h"
#include "compiler/emit/toolchain.h"

static bool
make_dirs(char *path)
{
	for (char *p = path + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		int rc = mkdir(path, 0755);
		*p = '/';
		if (rc != 0 && errno != EEXIST)
			return false;
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static const char *
cache_dir(struct cfc *c)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *dir;

	if (xdg != NULL && xdg[0] == '/')
		dir = cfc_printf(c, "%s/corefilec", xdg);
	else if (home != NULL && home[0] == '/')
		dir = cfc_printf(c, "%s/.cache/corefilec", home);
	else
		dir = cfc_printf(c, "/tmp/corefilec-%ld", (long)geteuid());
	if (make_dirs(dir))
		return dir;
	cfc_error(c, cfc_no_span(), "CF9004", "cannot make the cache folder '%s': %s", dir,
		  strerror(errno));
	cfc_note(c, cfc_no_span(), "XDG_CACHE_HOME chooses another place");
	return NULL;
}

/* What else decides the program: an archive that was rebuilt makes another one. */
static const char *
runtime_stamp(struct cfc *c, const struct cfc_toolchain *tc)
{
	static const char *const files[] = { "librt.a",   "libplugins.a",  "libdns.a",
					     "libbase.a", "libzonefile.a", "toolchain.conf" };
	const char *stamp = "";

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct stat st;

		if (stat(cfc_printf(c, "%s/%s", tc->dir, files[i]), &st) == 0)
			stamp = cfc_printf(c, "%s%lld.%lld,", stamp, (long long)st.st_size,
					   (long long)st.st_mtime);
	}
	return stamp;
}

static const char *
cached_path(struct cfc *c, const struct cfc_program *program, const struct cfc_build_options *o)
{
	struct cfc_toolchain tc;
	const char *dir = cache_dir(c), *dirs = "";
	struct buf source;

	if (dir == NULL || !cfc_toolchain_find(c, &tc))
		return NULL;
	for (size_t i = 0; i < o->plugin_dirs.count; i++)
		dirs = cfc_printf(c, "%s%s,", dirs, o->plugin_dirs.list[i]);
	/* The C too: values of variables are in it, and in no source. */
	cfc_build_source(c, program, false, &source);
	/* Not a source of the program: only to hash it with the others. */
	const char *extra = cfc_printf(c, "%s %d %s%s\n%s", PACKAGE_VERSION, o->release,
				       runtime_stamp(c, &tc), dirs, buf_cstr(&source));
	buf_release(&source);
	if (cfc_source_text(c, "build", extra, strlen(extra)) == NULL)
		return NULL;
	return cfc_printf(c, "%s/%s", dir, cfc_sources_hash(c));
}

/* Returns only when it could not start the program. */
static int
become(struct cfc *c, const char *path, char **args)
{
	args[0] = cfc_printf(c, "%s", path);
	cfc_load_report(c); /* warnings, before the server's own lines */
	execv(path, args);
	fprintf(stderr, "corefilec: cannot run '%s': %s\n", path, strerror(errno));
	return CFC_EXIT_BUILD;
}

static int
build_and_become(struct cfc *c, const struct cfc_program *program, struct cfc_build_options *o,
		 char **args)
{
	/* Out-of-tree plugins may have been edited: those are built anew. */
	bool fresh = o->plugin_dirs.count > 0;
	size_t nsources = c->nsources;

	o->output = cached_path(c, program, o);
	c->nsources = nsources; /* the program's hash is that of its Corefile */
	if (o->output == NULL)
		return CFC_EXIT_BUILD;
	if ((fresh || access(o->output, X_OK) != 0) && !cfc_build(c, program, o))
		return CFC_EXIT_BUILD;
	return become(c, o->output, args);
}

static int
run_run(struct cfc_call *call)
{
	struct cfc_build_options *o = call->args;
	char **word = call->words;
	const char *corefile = NULL;
	struct cfc_program program;
	struct cfc c;

	/* "run -- -quiet": getopt has passed over the dashes, which separate server arguments. */
	if (*word != NULL && strcmp(word[-1], "--") != 0)
		corefile = *word++;
	if (*word != NULL && strcmp(*word, "--") == 0)
		word++;
	call->settings->plan_wanted = true;
	cfc_init(&c);
	c.building = true;
	o->plugin_dirs = call->settings->plugin_dirs;
	int status = cfc_settings_load(call->settings, &c, corefile, &program);
	if (status == CFC_EXIT_OK)
		status = build_and_become(&c, &program, o, word - 1);
	cfc_load_report(&c);
	cfc_release(&c);
	return status;
}

/* ---- command line ---- */

static const struct option longs[] = {
	{ "release", no_argument, NULL, 'r' },
	{ "help", no_argument, NULL, 'h' },
	CFC_SETTINGS_LONGS,
	{ NULL, 0, NULL, 0 },
};

static const char *
take_option(struct cfc_call *call, int ch, const char *argument)
{
	struct cfc_build_options *o = call->args;

	(void)argument;
	o->release = o->release || ch == 'r';
	return NULL;
}

const struct cfc_command cfc_cmd_run = {
	.name = "run",
	.synopsis = "[OPTION...] [COREFILE [--] [SERVER OPTION...]]",
	.summary = "Compiles a Corefile and serves it",
	.help = "      --release          link-time optimisation: slower build, faster server\n" CFC_SETTINGS_HELP
		"Built servers are kept in ~/.cache/corefilec, so that a second run starts at once.\n"
		"SERVER OPTIONs go to the server: corefilec run Corefile -- -dns.port 1053\n"
		"The project file, its variables and comments that suppress count as they do for lint.\n",
	.letters = "+:h",
	.longs = longs,
	.args_size = sizeof(struct cfc_build_options),
	.take = take_option,
	.run = run_run,
};
