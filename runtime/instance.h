/*
 * instance.h - plugin instances: one per step of every server block.  For the server's own files.
 */
#ifndef RT_INSTANCE_H
#define RT_INSTANCE_H

#include <stdbool.h>

#include "base/compiler.h"
#include "rt_gen.h"

struct buf;
struct rt_server;
struct rt_worker;

struct rt_instance {
	struct rt_server *server;
	const struct rt_block *block;
	unsigned step;
	struct buf *problems; /* while it starts */
	bool failed;          /* rt_instance_error was called */
};

/*
 * Starts all instances, in order of blocks and steps.  Stops at the first failure, unless the
 * server only checks: then all are tried.  RT_EINVAL after lines in *problems.
 */
int instances_start(struct rt_server *s, struct buf *problems) RT_MUST_CHECK;

/* Stops what was started, in reverse order, and frees. */
void instances_stop(struct rt_server *s);

/* On a worker's thread.  worker_start undoes what it did when one fails. */
int instances_worker_start(struct rt_worker *w) RT_MUST_CHECK;
void instances_worker_stop(struct rt_worker *w);

/* On the service thread. */
void instances_reload(struct rt_server *s);

#endif
