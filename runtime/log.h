/*
 * log.h - the server's log on standard output.  For the server's own files; plugins use rt.h.
 *
 * Lines go out one write each under one lock, so they never mix.  A reader that does not read must
 * not stop the server: before each write to a pipe, terminal or socket it is asked whether it takes
 * any, and a line that cannot be written for LOG_PATIENCE_MS is dropped and counted.  Bulk lines
 * (query log) are gathered per worker and written at the end of a turn without any patience.
 */
#ifndef RT_LOG_H
#define RT_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct event;
struct rt_worker;

struct log_bulk {
	struct buf text;     /* whole lines */
	struct event *retry; /* pending while text waits for standard output */
};

/* Before the first line: standard output is looked at.  debug: print debug lines. */
void log_init(bool debug);

int log_worker_init(struct rt_worker *w);
void log_worker_release(struct rt_worker *w);

/* Writes what the worker has gathered, as far as standard output takes it at once. */
void log_bulk_flush(struct rt_worker *w);

/* Lines dropped so far, of both kinds. */
uint64_t log_dropped(void);

#endif
