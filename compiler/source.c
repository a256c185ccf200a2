/*
 * Source units: reading them whole, and finding lines and places in them.
 */
#include "config.h"

#include "compiler/source.h"

#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "compiler/cfc.h"
#include "compiler/mount.h"

/* Fill the table of line starts; a text that ends in '\n' has an empty last line. */
static void
index_lines(struct cfc *c, struct cfc_source *s)
{
	uint32_t n = 1;

	for (const char *p = s->text; (p = memchr(p, '\n', s->len - (size_t)(p - s->text))); p++)
		n++;
	uint32_t *starts = cfc_array(c, n, sizeof(starts[0]));
	uint32_t line = 1;
	for (const char *p = s->text; (p = memchr(p, '\n', s->len - (size_t)(p - s->text))); p++)
		starts[line++] = (uint32_t)(p - s->text) + 1;
	s->starts = starts;
	s->nlines = n;
}

/* A new unit with a copy of the text, entered into the context's list. */
static struct cfc_source *
add_source(struct cfc *c, enum cfc_source_kind kind, const char *path, const char *text, size_t len)
{
	struct cfc_source *s = cfc_array(c, 1, sizeof(*s));

	s->kind = kind;
	s->index = (uint32_t)c->nsources;
	s->path = arena_strdup(c->arena, path);
	s->text = arena_strndup(c->arena, text, len);
	s->len = len;
	index_lines(c, s);
	c->sources = cfc_grow(c, c->sources, c->nsources, &c->sources_room, sizeof(c->sources[0]));
	c->sources[c->nsources++] = s;
	return s;
}

/* What an import asked for is a fault of the import. */
static const char *
id_for(struct cfc_span from)
{
	return from.source == NULL ? "CF1000" : "CF1007";
}

static void
report_too_big(struct cfc *c, struct cfc_span from, const char *path)
{
	cfc_error(c, from, id_for(from), "'%s' is larger than %zu MiB", path, CFC_SOURCE_MAX >> 20);
	cfc_note(c, cfc_no_span(), "keep long lists in files of their own: 'hosts FILE', 'file'");
}

static void
report_unreadable(struct cfc *c, struct cfc_span from, const char *path, int rc, int sys_errno)
{
	struct stat st;
	char text[128];

	if (rc == RT_ETOOBIG) {
		report_too_big(c, from, path);
	} else if (rc == RT_EKIND && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		cfc_error(c, from, id_for(from), "'%s' is a directory, a file was expected", path);
		if (from.source == NULL)
			cfc_note(c, cfc_no_span(), "name the file in it: '%s/Corefile'", path);
		else
			cfc_note(c, from, "to import what is in it, write '%s/*'", path);
	} else if (rc == RT_EKIND) {
		cfc_error(c, from, id_for(from), "'%s' is no file that can be read", path);
	} else {
		cfc_error(c, from, id_for(from), "cannot read '%s': %s", path,
			  fs_strerror(rc, sys_errno, text, sizeof(text)));
	}
}

/* What an editor holds in the place of the file; NULL = nothing. */
static struct cfc_source *
overlaid(struct cfc *c, const char *path, struct cfc_source *known)
{
	size_t len;
	const char *text = c->overlay == NULL ? NULL : c->overlay(c->overlay_arg, path, &len);
	struct fs_id id;

	if (text == NULL || known != NULL)
		return text == NULL ? NULL : known;
	struct cfc_source *s = add_source(c, CFC_SOURCE_FILE, path, text, len);
	if (fs_identify(&id, path) == 0) {
		s->dev = id.device;
		s->ino = id.inode;
	}
	xmap_set(c->files, path, strlen(path), s);
	return s;
}

bool
cfc_source_exists(struct cfc *c, const char *path)
{
	struct stat st;
	size_t len;

	if (c->mounts != NULL)
		return cfc_mount_find(c, path) != NULL;
	if (c->overlay != NULL && c->overlay(c->overlay_arg, path, &len) != NULL)
		return true;
	return lstat(path, &st) == 0;
}

struct cfc_source *
cfc_source_file(struct cfc *c, const char *path, struct cfc_span from)
{
	struct fs_id id;

	if (c->mounts != NULL && from.source != NULL)
		return cfc_mount_find(c, path);
	struct cfc_source *known = map_get_str(c->files, path);
	struct cfc_source *edited = overlaid(c, path, known);
	if (edited != NULL)
		return edited;
	if (known != NULL && fs_identify(&id, path) == 0 && known->ino == id.inode &&
	    known->dev == id.device)
		return known;
	struct fs_file f;
	/* The user may name a pipe; an import of one would wait for nobody. */
	int rc = fs_read(&f, path, CFC_SOURCE_MAX, from.source == NULL ? FS_ALLOW_FIFO : 0);
	if (rc < 0) {
		report_unreadable(c, from, path, rc, f.sys_errno);
		return NULL;
	}
	struct cfc_source *s = add_source(c, CFC_SOURCE_FILE, path, f.data, f.len);
	s->dev = f.id.device;
	s->ino = f.id.inode;
	fs_file_release(&f);
	xmap_set(c->files, path, strlen(path), s);
	return s;
}

struct cfc_source *
cfc_source_fd(struct cfc *c, int fd, const char *name)
{
	struct fs_file f;
	int rc = fs_read_fd(&f, fd, CFC_SOURCE_MAX, FS_ALLOW_FIFO);

	if (rc < 0) {
		report_unreadable(c, cfc_no_span(), name, rc, f.sys_errno);
		return NULL;
	}
	struct cfc_source *s = add_source(c, CFC_SOURCE_STDIN, name, f.data, f.len);
	fs_file_release(&f);
	return s;
}

struct cfc_source *
cfc_source_text(struct cfc *c, const char *name, const char *text, size_t len)
{
	if (len > CFC_SOURCE_MAX) {
		report_too_big(c, cfc_no_span(), name);
		return NULL;
	}
	return add_source(c, CFC_SOURCE_TEXT, name, text, len);
}

struct cfc_source *
cfc_source_part(struct cfc *c, const char *path, const char *text, size_t len,
		const struct cfc_embedding *inside)
{
	struct cfc_source *s = add_source(c, CFC_SOURCE_PART, path, text, len);

	s->inside = inside;
	return s;
}

struct cfc_source *
cfc_source_builtin(struct cfc *c)
{
	const char *text = cfc_printf(c, ".:%u {\n\twhoami\n\tlog\n}\n", (unsigned)c->dns_port);

	return add_source(c, CFC_SOURCE_BUILTIN, "<builtin>", text, strlen(text));
}

const char *
cfc_source_line(const struct cfc_source *s, uint32_t line, size_t *len)
{
	if (line < 1 || line > s->nlines) {
		*len = 0;
		return "";
	}
	size_t start = s->starts[line - 1];
	size_t end = line < s->nlines ? s->starts[line] - 1 : s->len;
	if (end > start && s->text[end - 1] == '\r')
		end--;
	*len = end - start;
	return s->text + start;
}

struct cfc_span
cfc_source_span(const struct cfc_source *s, size_t offset, size_t length)
{
	uint32_t low = 0;
	uint32_t high = s->nlines;

	while (high - low > 1) {
		uint32_t mid = low + (high - low) / 2;
		if (s->starts[mid] <= offset)
			low = mid;
		else
			high = mid;
	}
	return (struct cfc_span){
		.source = s,
		.line = low + 1,
		.column = (uint32_t)(offset - s->starts[low]) + 1,
		.length = (uint32_t)length,
	};
}

size_t
cfc_span_offset(struct cfc_span span)
{
	return (size_t)span.source->starts[span.line - 1] + span.column - 1;
}

struct cfc_span
cfc_no_span(void)
{
	return (struct cfc_span){ .source = NULL };
}
