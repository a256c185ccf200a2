/*
 * toolchain.c - finds the runtime and runs the C compiler.
 */
#include "config.h"

#include "compiler/emit/toolchain.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "compiler/cfc.h"

extern char **environ;

#define ARGS_MAX   256
#define OUTPUT_MAX (256u * 1024) /* of the C compiler's messages */
#define CONF_MAX   (64u * 1024)

/* ---- finding it ---- */

static const char *
program_dir(struct cfc *c)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n <= 0)
		return NULL;
	path[n] = '\0';
	char *slash = strrchr(path, '/');
	return cfc_printf(c, "%.*s", (int)(slash - path), path);
}

static char *
read_conf(struct cfc *c, const char *dir)
{
	char *text = cfc_array(c, 1, CONF_MAX + 1);
	int fd = open(cfc_printf(c, "%s/toolchain.conf", dir), O_RDONLY | O_CLOEXEC);
	size_t len = 0;

	if (fd < 0)
		return NULL;
	for (;;) {
		ssize_t n = read(fd, text + len, CONF_MAX - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	close(fd);
	text[len] = '\0';
	return text;
}

static void
set_key(struct cfc_toolchain *tc, const char *key, const char *value)
{
	const struct {
		const char *key;
		const char **value;
	} keys[] = {
		{ "cc", &tc->cc },
		{ "cflags", &tc->cflags },
		{ "ldflags", &tc->ldflags },
		{ "lto", &tc->lto },
		{ "no_lto", &tc->no_lto },
		{ "libs", &tc->libs },
		{ "static_libs", &tc->static_libs },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(keys[i].key, key) == 0)
			*keys[i].value = value;
	}
}

static void
parse_conf(struct cfc_toolchain *tc, char *text)
{
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *eq = strchr(line, '=');

		if (line[0] == '#' || eq == NULL)
			continue;
		*eq = '\0';
		line[strcspn(line, " \t")] = '\0';
		set_key(tc, line, eq + 1 + strspn(eq + 1, " \t"));
	}
}

bool
cfc_toolchain_find(struct cfc *c, struct cfc_toolchain *tc)
{
	const char *exe = program_dir(c), *named = getenv("COREFILEC_RUNTIME");
	const char *dirs[3] = { named, NULL, NULL };
	char *text = NULL;

	if (named == NULL && exe != NULL) {
		dirs[0] = cfc_printf(c, "%s/stage/lib/corefilec", exe);
		dirs[1] = cfc_printf(c, "%s/../lib/corefilec", exe);
	}
	*tc = (struct cfc_toolchain){ "", "cc", "", "", "", "", "", "" };
	for (size_t i = 0; dirs[i] != NULL && text == NULL; i++) {
		text = read_conf(c, dirs[i]);
		tc->dir = dirs[i];
	}
	if (text == NULL) {
		cfc_error(c, cfc_no_span(), "CF9001",
			  "the runtime of corefilec is not installed: "
			  "no toolchain.conf in '%s'",
			  dirs[1] != NULL ? dirs[1] : tc->dir);
		cfc_note(c, cfc_no_span(),
			 "install corefilec completely, or set COREFILEC_RUNTIME to "
			 "its lib/corefilec folder");
		return false;
	}
	parse_conf(tc, text);
	const char *cc = getenv("CC");
	if (cc != NULL && cc[0] != '\0')
		tc->cc = cfc_printf(c, "%s", cc);
	return true;
}

/* ---- running programs ---- */

struct args {
	char *v[ARGS_MAX];
	size_t n;
	bool foreign; /* a plugin outside the tree is among the sources */
};

static void
add_arg(struct cfc *c, struct args *a, const char *arg)
{
	if (a->n + 1 < ARGS_MAX)
		a->v[a->n++] = cfc_printf(c, "%s", arg);
}

static void
add_words(struct cfc *c, struct args *a, const char *words)
{
	char *save = NULL, *copy = cfc_printf(c, "%s", words == NULL ? "" : words);

	for (char *w = strtok_r(copy, " \t", &save); w != NULL; w = strtok_r(NULL, " \t", &save))
		add_arg(c, a, w);
}

static void
add_list(struct cfc *c, struct args *a, const char *const *list, const char *prefix)
{
	for (; list != NULL && *list != NULL; list++)
		add_arg(c, a, cfc_printf(c, "%s%s", prefix, *list));
}

static void
read_all(int fd, struct buf *out)
{
	char chunk[4096];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		buf_add(out, chunk, (size_t)n);
	}
}

/* Starts the program in folder dir with both outputs in a pipe; -1 and errno when it cannot. */
static pid_t
start(const struct args *a, const char *dir, int out_fd)
{
	posix_spawn_file_actions_t actions;
	pid_t pid = -1;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return -1;
	int rc = posix_spawn_file_actions_addchdir_np(&actions, dir);
	if (rc == 0)
		rc = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&actions, out_fd, 1);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&actions, out_fd, 2);
	if (rc == 0)
		rc = posix_spawnp(&pid, a->v[0], &actions, NULL, a->v, environ);
	posix_spawn_file_actions_destroy(&actions);
	errno = rc;
	return rc == 0 ? pid : -1;
}

/* Runs it to its end; the wait status, or -1 with errno when it could not be started. */
static int
run(const struct args *a, const char *dir, struct buf *out)
{
	int fds[2], status;

	if (pipe2(fds, O_CLOEXEC) != 0)
		return -1;
	pid_t pid = start(a, dir, fds[1]);
	int why = errno;
	close(fds[1]);
	if (pid > 0)
		read_all(fds[0], out);
	close(fds[0]);
	errno = why;
	if (pid < 0)
		return -1;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return status;
}

static void
report_missing(struct cfc *c, const char *cc)
{
	if (errno == ENOENT) {
		cfc_error(c, cfc_no_span(), "CF9002", "no C compiler: '%s' is not installed", cc);
		cfc_note(c, cfc_no_span(),
			 "install it (on Debian: apt-get install gcc libc6-dev), or set CC "
			 "to one; 'corefilec build -C' needs none");
	} else {
		cfc_error(c, cfc_no_span(), "CF9002", "cannot run the C compiler '%s': %s", cc,
			  strerror(errno));
	}
}

/* With a plugin of the user's own among the sources, that is where to look first. */
static void
report_refused(struct cfc *c, const struct args *a, const char *said)
{
	cfc_error(c, cfc_no_span(), "CF9003", "the C compiler '%s' refused %s", a->v[0],
		  a->foreign ? "a plugin of '--plugin', or the code made for it"
			     : "the generated code");
	cfc_note(c, cfc_no_span(), "it said: %s", said);
	if (a->foreign)
		cfc_note(
			c, cfc_no_span(),
			"mend the plugin if a file of it is named; doc/plugin-howto.md tells what it must have");
	else
		cfc_note(c, cfc_no_span(),
			 "this is a fault of corefilec or of its installation, not of the "
			 "Corefile; please report it with the output of 'build -C'");
}

static bool
run_cc(struct cfc *c, const struct args *a, const char *dir)
{
	struct buf out;
	bool ok = false;

	buf_init(&out, OUTPUT_MAX);
	int status = run(a, dir, &out);
	if (status == -1) {
		report_missing(c, a->v[0]);
	} else if (WIFSIGNALED(status)) {
		cfc_error(c, cfc_no_span(), "CF9003", "the C compiler '%s' was killed by signal %d",
			  a->v[0], WTERMSIG(status));
		cfc_note(c, cfc_no_span(), "is there enough memory?");
	} else if (WEXITSTATUS(status) != 0) {
		report_refused(c, a, buf_cstr(&out));
	} else {
		ok = true;
	}
	buf_release(&out);
	return ok;
}

/* ---- building ---- */

bool
cfc_toolchain_build(struct cfc *c, const struct cfc_toolchain *tc, const char *dir,
		    const char *source, const char *output, const struct cfc_link_options *o)
{
	static const char *const archives[] = { "librt.a", "libplugins.a", "libzonefile.a",
						"libdns.a", "libbase.a" };
	struct args a = { .foreign = o->extra != NULL };

	add_words(c, &a, tc->cc);
	add_words(c, &a, tc->cflags);
	add_arg(c, &a, cfc_printf(c, "-I%s/include", tc->dir));
	add_list(c, &a, o->include, "-I");
	/* Nothing of where this was made goes into the program. */
	add_arg(c, &a, cfc_printf(c, "-frandom-seed=%s", o->seed));
	add_arg(c, &a, cfc_printf(c, "-ffile-prefix-map=%s=.", dir));
	add_arg(c, &a, cfc_printf(c, "-ffile-prefix-map=%s=corefilec", tc->dir));
	add_words(c, &a, o->release ? tc->lto : tc->no_lto);
	add_arg(c, &a, source);
	add_list(c, &a, o->extra, "");
	add_arg(c, &a, "-o");
	add_arg(c, &a, output);
	add_words(c, &a, tc->ldflags);
	add_arg(c, &a, "-Wl,--gc-sections");
	if (o->release)
		add_arg(c, &a, "-s");
	if (o->is_static)
		add_arg(c, &a, "-static");
	add_arg(c, &a, "-Wl,--start-group");
	for (size_t i = 0; i < ARRAY_SIZE(archives); i++) {
		const char *path = cfc_printf(c, "%s/%s", tc->dir, archives[i]);

		if (access(path, R_OK) == 0)
			add_arg(c, &a, path);
	}
	add_arg(c, &a, "-Wl,--end-group");
	add_words(c, &a, o->libs);
	add_words(c, &a, o->is_static ? tc->static_libs : tc->libs);
	a.v[a.n] = NULL;
	return run_cc(c, &a, dir);
}

bool
cfc_toolchain_shared(struct cfc *c, const struct cfc_toolchain *tc, const char *source,
		     const char *output)
{
	struct args a = { .foreign = true };
	const char *slash = strrchr(source, '/');

	add_words(c, &a, tc->cc);
	add_words(c, &a, tc->cflags);
	add_arg(c, &a, "-fPIC");
	add_arg(c, &a, "-shared");
	add_arg(c, &a, cfc_printf(c, "-I%s/include", tc->dir));
	add_arg(c, &a,
		cfc_printf(c, "-I%.*s/..", slash == NULL ? 1 : (int)(slash - source),
			   slash == NULL ? "." : source));
	add_arg(c, &a, source);
	add_arg(c, &a, "-o");
	add_arg(c, &a, output);
	a.v[a.n] = NULL;
	return run_cc(c, &a, "/");
}
