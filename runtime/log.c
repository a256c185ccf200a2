/*
 * The log.  See log.h for the rules of writing.
 */
#include "config.h"

#include "log.h"

#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "rt.h"
#include "worker.h"

/* A pipe that says it is writable takes this much at once (PIPE_BUF). */
#define LOG_PIECE       4096u
#define LOG_PATIENCE_MS 100
/* What a worker gathers before lines are dropped. */
#define LOG_BULK_MAX (256u * 1024)

static struct {
	pthread_mutex_t lock;
	bool debug;
	bool is_file; /* writing never blocks */
	_Atomic uint64_t dropped;
} log_state = { .lock = PTHREAD_MUTEX_INITIALIZER };

static const struct timeval retry_interval = { .tv_usec = 50000 };

void
log_init(bool debug)
{
	struct stat st;

	log_state.debug = debug;
	log_state.is_file = fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode);
}

bool
rt_log_debugging(void)
{
	return log_state.debug;
}

uint64_t
log_dropped(void)
{
	return atomic_load_explicit(&log_state.dropped, memory_order_relaxed);
}

static void
count_dropped(uint64_t n)
{
	atomic_fetch_add_explicit(&log_state.dropped, n, memory_order_relaxed);
}

/*
 * How much of the text to write at once: whole lines, so that those of two threads do not mix, unless a
 * single one is longer.
 */
static size_t
piece_len(const char *text, size_t len)
{
	const char *end;

	if (len <= LOG_PIECE)
		return len;
	end = memrchr(text, '\n', LOG_PIECE);
	return end != NULL ? (size_t)(end - text) + 1 : LOG_PIECE;
}

/*
 * Writes a piece that standard output takes without blocking.  Returns the octets written, 0 when it takes
 * none for now, -1 when it is broken for good.
 */
static ssize_t
write_piece(const char *text, size_t len, int patience_ms)
{
	ssize_t n;

	if (!log_state.is_file) {
		struct pollfd pfd = { .fd = STDOUT_FILENO, .events = POLLOUT };

		len = piece_len(text, len);
		if (poll(&pfd, 1, patience_ms) <= 0)
			return 0;
		if (!(pfd.revents & POLLOUT))
			return -1;
	}
	do
		n = write(STDOUT_FILENO, text, len);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return 0;
	return n;
}

/* Writes len octets as far as possible; returns how many.  *broken: nothing ever will be. */
static size_t
write_text(const char *text, size_t len, int patience_ms, bool *broken)
{
	size_t done = 0;

	*broken = false;
	while (done < len) {
		ssize_t n = write_piece(text + done, len - done, patience_ms);

		if (n <= 0) {
			*broken = n < 0;
			break;
		}
		done += (size_t)n;
	}
	return done;
}

static void
log_line(const char *plugin, enum rt_log_level level, const char *fmt, va_list ap)
{
	static const char *const prefix[] = {
		[RT_LOG_DEBUG] = "[DEBUG] ",     [RT_LOG_INFO] = "[INFO] ",
		[RT_LOG_WARNING] = "[WARNING] ", [RT_LOG_ERROR] = "[ERROR] ",
		[RT_LOG_FATAL] = "[FATAL] ",
	};
	struct buf line;
	size_t written;
	bool broken;

	if (level == RT_LOG_DEBUG && !log_state.debug)
		return;
	buf_init(&line, 64 * 1024);
	buf_puts(&line, prefix[level]);
	if (plugin != NULL)
		buf_printf(&line, "plugin/%s: ", plugin);
	buf_vprintf(&line, fmt, ap);
	buf_putc(&line, '\n');
	pthread_mutex_lock(&log_state.lock);
	written = write_text(line.data, line.len, LOG_PATIENCE_MS, &broken);
	pthread_mutex_unlock(&log_state.lock);
	if (written < line.len || line.overflow)
		count_dropped(1);
	buf_release(&line);
}

void
rt_log(enum rt_log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(NULL, level, fmt, ap);
	va_end(ap);
}

void
rt_plugin_log(const char *plugin, enum rt_log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(plugin, level, fmt, ap);
	va_end(ap);
}

/* ---- bulk ---- */

void
rt_log_bulk(struct rt_worker *w, const char *text, size_t len)
{
	struct buf *b = &w->log.text;
	char *p = buf_reserve(b, len + 1);

	if (p == NULL) {
		/* Lines dropped are counted one by one; the next flush makes room. */
		b->overflow = false;
		count_dropped(1);
		return;
	}
	memcpy(p, text, len);
	p[len] = '\n';
	buf_commit(b, len + 1);
}

/* A disk that is full, a reader that has gone: the lines are lost. */
static void
discard(struct buf *b)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < b->len; i++)
		lines += b->data[i] == '\n';
	count_dropped(lines);
	buf_reset(b);
}

void
log_bulk_flush(struct rt_worker *w)
{
	struct buf *b = &w->log.text;
	bool broken = false;
	size_t done = 0;

	if (b->len == 0)
		return;
	/* Somebody else is writing: ours waits, a lock held by a slow write must not stop us. */
	if (pthread_mutex_trylock(&log_state.lock) == 0) {
		done = write_text(b->data, b->len, 0, &broken);
		pthread_mutex_unlock(&log_state.lock);
	}
	if (done == b->len) {
		buf_reset(b);
		return;
	}
	memmove(b->data, b->data + done, b->len - done);
	buf_truncate(b, b->len - done);
	if (broken)
		discard(b);
	else
		event_add(w->log.retry, &retry_interval);
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	/* The end of this turn flushes. */
	(void)fd;
	(void)what;
	(void)arg;
}

int
log_worker_init(struct rt_worker *w)
{
	buf_init(&w->log.text, LOG_BULK_MAX);
	w->log.retry = event_new(w->base, -1, 0, on_retry, w);
	return w->log.retry != NULL ? 0 : RT_ENOMEM;
}

void
log_worker_release(struct rt_worker *w)
{
	if (w->log.retry != NULL)
		event_free(w->log.retry);
	w->log.retry = NULL;
	buf_release(&w->log.text);
}
