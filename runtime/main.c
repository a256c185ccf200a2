/*
 * main() of a compiled server: command line, start, serve, stop.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "banner.h"
#include "base/buf.h"
#include "conf.h"
#include "log.h"
#include "options.h"
#include "rt_gen.h"
#include "server.h"
#include "signals.h"

#define OUTPUT_MAX (16u << 20)

/* Writes a text of the start whole, or not at all: nobody can be told if that fails. */
static void
put(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

static void
put_buf(int fd, const struct buf *b)
{
	put(fd, b->data, b->len);
}

/* Options that print something and end.  True if one was given. */
static bool
answer_and_exit(const struct options *o)
{
	struct buf out;

	if (!o->version && !o->plugins && !o->corefile)
		return false;
	buf_init(&out, OUTPUT_MAX);
	if (o->version)
		banner_version(&out, &rt_program);
	else if (o->plugins)
		banner_plugins(&out, &rt_program);
	if (o->version || o->plugins)
		put_buf(STDOUT_FILENO, &out);
	else
		put(STDOUT_FILENO, rt_program.corefile, rt_program.corefile_len);
	buf_release(&out);
	return true;
}

static bool
write_pidfile(const char *path, struct buf *problems)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool ok = fd >= 0 && write(fd, text, (size_t)len) == len;

	if (!ok)
		buf_printf(problems, "cannot write pid file '%s': %s\n", path, strerror(errno));
	if (fd >= 0 && close(fd) < 0)
		ok = false;
	return ok;
}

static void
announce(const struct rt_server *s)
{
	struct buf out;

	if (s->options.quiet)
		return;
	buf_init(&out, OUTPUT_MAX);
	banner_zones(&out, &s->listeners);
	banner_version(&out, s->program);
	put_buf(STDOUT_FILENO, &out);
	buf_release(&out);
}

/* Start, serve, stop.  Returns the exit status; lines in *problems are for standard error. */
static int
serve(struct rt_server *s, struct buf *problems)
{
	const char *pidfile = s->options.pidfile;
	bool at_once = false;
	int status;

	if (s->options.conf != NULL && !s->options.conf_any &&
	    conf_compare(s->program, s->options.conf, problems) < 0)
		return 1;
	if (server_start(s, problems) < 0)
		return 1;
	if (s->options.check) {
		server_stop(s);
		return 0;
	}
	if (pidfile != NULL && !write_pidfile(pidfile, problems)) {
		server_stop(s);
		return 1;
	}
	announce(s);
	status = signals_run(s, &at_once);
	if (pidfile != NULL)
		(void)unlink(pidfile);
	if (at_once)
		_exit(status);
	server_stop(s);
	return status;
}

/*
 * A closed standard stream would become the number of a socket, and log lines would go out there.  Any
 * descriptor does as a place-holder; an empty container has no /dev/null.
 */
static bool
fill_standard_streams(void)
{
	int fd;

	do
		fd = eventfd(0, 0);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static int
run(int argc, char *const *argv, struct buf *text)
{
	struct rt_server *s = &rt_server;

	switch (options_parse(&s->options, argc, argv, text)) {
	case OPTIONS_RUN:
		break;
	case OPTIONS_HELP:
		return 0;
	case OPTIONS_USAGE:
		return 2;
	case OPTIONS_EXTRA:
		return 1;
	}
	if (answer_and_exit(&s->options))
		return 0;
	if (rt_program.abi != RT_ABI) {
		buf_puts(text, "this server was made for another runtime: compile it again\n");
		return 1;
	}
	s->program = &rt_program;
	(void)signal(SIGPIPE, SIG_IGN);
	log_init(rt_program.debug);
	return serve(s, text);
}

int
main(int argc, char **argv)
{
	struct buf text;
	int status;

	if (!fill_standard_streams())
		return 1;
	buf_init(&text, OUTPUT_MAX);
	status = run(argc, argv, &text);
	put_buf(STDERR_FILENO, &text);
	buf_release(&text);
	return status;
}
