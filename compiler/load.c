/*
 * load.c - from a path on the command line to a checked plan; shared by the commands.
 */
#include "config.h"

#include "compiler/command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/checks/checks.h"
#include "compiler/manifest/manifest.h"
#include "compiler/mount.h"
#include "compiler/plugins.h"
#include "compiler/syntax/env.h"
#include "compiler/syntax/expand.h"

/* FILE.yaml#NAME: the file, and in *object the name of one of its Corefiles. */
static const char *
split_name(struct cfc *c, const char *path, const char **object)
{
	const char *hash = strrchr(path, '#');

	if (hash == NULL || hash == path || cfc_source_exists(c, path))
		return path;
	*object = hash + 1;
	return cfc_printf(c, "%.*s", (int)(hash - path), path);
}

struct cfc_source *
cfc_load_open(struct cfc *c, const char *path, const char **object)
{
	*object = NULL;
	if (path == NULL && access("Corefile", F_OK) == 0)
		path = "Corefile";
	if (path == NULL)
		return cfc_source_builtin(c);
	if (strcmp(path, "-") == 0)
		return cfc_source_fd(c, STDIN_FILENO, "<stdin>");
	return cfc_source_file(c, split_name(c, path, object), cfc_no_span());
}

struct cfc_source *
cfc_load_choose(struct cfc *c, struct cfc_source *unit, const char *object)
{
	struct cfc_manifest m;

	if (object == NULL && !cfc_manifest_is(c, unit))
		return unit;
	return cfc_manifest_read(c, unit, &m) ? cfc_manifest_choose(c, &m, object) : NULL;
}

struct cfc_source *
cfc_load_main(struct cfc *c, const char *path)
{
	const char *object;
	struct cfc_source *unit = cfc_load_open(c, path, &object);

	return unit == NULL ? NULL : cfc_load_choose(c, unit, object);
}

void
cfc_load(struct cfc *c, const char *path, struct cfc_program *out)
{
	struct cfc_source *unit = cfc_load_main(c, path);

	if (unit != NULL)
		cfc_load_unit(c, unit, out);
	else
		memset(out, 0, sizeof(*out));
}

void
cfc_load_part(struct cfc *c, struct cfc_source *unit, struct cfc_program *out)
{
	memset(out, 0, sizeof(*out));
	if (c->plugins == NULL)
		cfc_plugins_init(c);
	out->main = unit;
	out->parsed = cfc_expand(c, out->main, &out->tree);
	out->plan = cfc_plan_build(c, &out->tree);
	cfc_env_excuse(c);
}

void
cfc_load_unit(struct cfc *c, struct cfc_source *unit, struct cfc_program *out)
{
	size_t before = c->diags.nerrors;

	cfc_load_part(c, unit, out);
	/* Rules about the whole program make no sense of half of it. */
	if (c->diags.nerrors == before && (c->mounts == NULL || !c->mounts->is_incomplete))
		cfc_check(c, out->plan);
}

int
cfc_load_status(const struct cfc *c, const struct cfc_program *program)
{
	/* To CoreDNS a text that does not parse is a refusal like any other. */
	if (!program->parsed && (!c->compat || program->main == NULL))
		return CFC_EXIT_INPUT;
	if (!program->parsed)
		return CFC_EXIT_FINDINGS;
	return cfc_has_errors(c) ? CFC_EXIT_FINDINGS : CFC_EXIT_OK;
}

void
cfc_load_report(struct cfc *c)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	/* The standard error is not buffered: a system call for each word of many reports is slow. */
	if (out == NULL) {
		cfc_diags_print(c, stderr);
		return;
	}
	cfc_diags_print(c, out);
	if (fclose(out) == 0)
		fwrite(text, 1, len, stderr);
	free(text);
}

int
cfc_write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Give a new file the owner and group of the one that it replaces: 0 or -1 with errno. */
static int
keep_owner(int fd, const struct stat *before)
{
	struct stat now;

	if (fstat(fd, &now) != 0)
		return -1;
	if (now.st_uid == before->st_uid && now.st_gid == before->st_gid)
		return 0;
	/* A change of owner takes the bits for set-user-id away. */
	return fchown(fd, before->st_uid, before->st_gid) == 0 ? fchmod(fd, before->st_mode & 07777)
							       : -1;
}

/* What is no file (a terminal, /dev/null, a pipe) is written to; a file in its place would be another thing. */
static int
write_through(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	int rc = cfc_write_all(fd, text, len);
	return close(fd) != 0 ? -1 : rc;
}

int
cfc_write_file(const char *name, const char *text, size_t len)
{
	/* A symbolic link stays one: what it leads to is replaced. */
	char *target = realpath(name, NULL);
	const char *path = target != NULL ? target : name;
	size_t room = strlen(path) + 8;
	char *tmp = malloc(room);
	struct stat st;
	int rc = -1;

	if (tmp == NULL)
		goto out;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		rc = write_through(path, text, len);
		goto out;
	}
	snprintf(tmp, room, "%s.XXXXXX", path);
	int fd = mkstemp(tmp);
	if (fd < 0)
		goto out;
	/* The mode of the file that it replaces; of a new one, what the umask leaves. */
	mode_t mask = umask(0);
	umask(mask);
	bool known = stat(path, &st) == 0;
	mode_t mode = known ? st.st_mode & 07777 : 0666 & ~mask;
	rc = fchmod(fd, mode) == 0 ? cfc_write_all(fd, text, len) : -1;
	if (rc == 0 && known)
		rc = keep_owner(fd, &st);
	if (close(fd) != 0)
		rc = -1;
	if (rc == 0)
		rc = rename(tmp, path);
	if (rc != 0) {
		int why = errno;

		unlink(tmp);
		errno = why;
	}
out:
	free(target);
	free(tmp);
	return rc;
}
