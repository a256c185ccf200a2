/*
 * -conf: manifests made for CoreDNS name a Corefile, and a server that silently ignored it would
 * serve something else than what its operator reads there.
 */
#include "config.h"

#include "conf.h"

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fs.h"
#include "rt_gen.h"

#define CONF_MAX (64u << 20)
/* Longest part of a line that is shown. */
#define CONF_SHOW 120

/* Length of the line at text[at]. */
static int
line_len(const char *text, size_t len, size_t at)
{
	const char *end = memchr(text + at, '\n', len - at);
	size_t n = end != NULL ? (size_t)(end - text) - at : len - at;

	return (int)(n < CONF_SHOW ? n : CONF_SHOW);
}

static void
show(struct buf *out, const char *what, const char *text, size_t len, size_t at)
{
	if (at < len)
		buf_printf(out, "  %s: %.*s\n", what, line_len(text, len, at), text + at);
	else
		buf_printf(out, "  %s: (end of file)\n", what);
}

static void
explain(struct buf *out, const struct rt_program *program, const char *path, const char *text,
	size_t len)
{
	size_t most = len < program->corefile_len ? len : program->corefile_len;
	size_t start = 0;
	unsigned line = 1;

	for (size_t i = 0; i < most && text[i] == program->corefile[i]; i++) {
		if (text[i] == '\n') {
			line++;
			start = i + 1;
		}
	}
	buf_printf(out,
		   "%s:%u: differs from the Corefile that is compiled into this server ('%s')\n",
		   path, line, program->corefile_name);
	show(out, "given", text, len, start);
	show(out, "compiled in", program->corefile, program->corefile_len, start);
	buf_puts(out, "Compile it again with corefilec, or start with -conf-any to serve what is "
		      "compiled in.\n");
}

int
conf_compare(const struct rt_program *program, const char *path, struct buf *problems)
{
	struct fs_file f;
	char text[128];
	int rc;

	if (strcmp(path, "stdin") == 0)
		rc = fs_read_fd(&f, STDIN_FILENO, CONF_MAX, FS_ALLOW_FIFO);
	else
		rc = fs_read(&f, path, CONF_MAX, FS_ALLOW_FIFO);
	if (rc < 0) {
		buf_printf(problems, "cannot read '%s': %s\n", path,
			   fs_strerror(rc, f.sys_errno, text, sizeof(text)));
		return rc;
	}
	if (f.len != program->corefile_len || memcmp(f.data, program->corefile, f.len) != 0) {
		explain(problems, program, path, f.data, f.len);
		rc = RT_EINVAL;
	}
	fs_file_release(&f);
	return rc;
}
