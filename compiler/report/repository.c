/*
 * repository.c - paths relative to the root of a repository, and as URIs.
 */
#include "config.h"

#include "compiler/report/repository.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

char *
cfc_path_absolute(struct cfc *c, const char *path)
{
	char here[PATH_MAX];
	const char *from = path;

	if (path[0] != '/')
		from = cfc_printf(c, "%s/%s", getcwd(here, sizeof(here)) != NULL ? here : "", path);
	char *out = cfc_array(c, strlen(from) + 2, 1);
	size_t n = 0;
	while (*from != '\0') {
		size_t len = strcspn(from, "/");

		if (len == 2 && from[0] == '.' && from[1] == '.') {
			while (n > 0 && out[--n] != '/')
				;
		} else if (len > 0 && !(len == 1 && from[0] == '.')) {
			out[n++] = '/';
			memcpy(out + n, from, len);
			n += len;
		}
		from += len;
		from += strspn(from, "/");
	}
	if (n == 0)
		out[n++] = '/';
	out[n] = '\0';
	return out;
}

static char *
find_root(struct cfc *c)
{
	char *root = cfc_path_absolute(c, ".");

	for (char *end = root + strlen(root); end > root;) {
		*end = '\0';
		if (access(cfc_printf(c, "%s/.git", root), F_OK) == 0)
			return root;
		while (end > root && *--end != '/')
			;
	}
	return cfc_path_absolute(c, ".");
}

/* What follows the folder in an absolute path; NULL = it is not below it. */
static const char *
part_below(const char *absolute, const char *folder)
{
	size_t len = strcmp(folder, "/") == 0 ? 0 : strlen(folder);

	if (strncmp(absolute, folder, len) == 0 && absolute[len] == '/' &&
	    absolute[len + 1] != '\0')
		return absolute + len + 1;
	return NULL;
}

const char *
cfc_repository_path(struct cfc *c, const char *path)
{
	if (path[0] == '<')
		return path;
	const char *absolute = cfc_path_absolute(c, path);
	const char *below = part_below(absolute, find_root(c));
	return below != NULL ? below : absolute;
}

const char *
cfc_path_from_here(struct cfc *c, const char *path)
{
	const char *below = part_below(cfc_path_absolute(c, path), cfc_path_absolute(c, "."));

	return below != NULL ? below : path;
}

const char *
cfc_repository_uri(struct cfc *c, const char *path, bool *below)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~/";
	const char *name = cfc_repository_path(c, path);
	struct buf uri;

	*below = name[0] != '/';
	buf_init(&uri, strlen(name) * 3 + 16);
	buf_puts(&uri, *below ? "" : "file://");
	for (; *name != '\0'; name++) {
		if (strchr(plain, *name) != NULL)
			buf_putc(&uri, *name);
		else
			buf_printf(&uri, "%%%02X", (unsigned)(unsigned char)*name);
	}
	const char *copy = cfc_printf(c, "%s", buf_cstr(&uri));
	buf_release(&uri);
	return copy;
}
