/*
 * publish.h - freeing old snapshots when no worker reads them any more.  For the server's own
 * files.
 *
 * Workers read a snapshot through its slot and keep no pointer beyond a turn of their loop, so an
 * old one is free once every worker has ended the turn in which it may have been read (quiescent
 * states; the idea of liburcu's QSBR).  rt_publish stores the new pointer, takes the next epoch and
 * nudges the workers; each copies the epoch it sees at the end of a turn to its own variable; on
 * the service thread publish_collect releases what all workers have passed.
 *
 * A worker's turn costs one load of a shared variable that seldom changes.
 */
#ifndef RT_PUBLISH_H
#define RT_PUBLISH_H

#include <stdint.h>

struct rt_server;
struct rt_worker;

/* End of a worker's turn. */
void publish_pass(struct rt_worker *w);

/* Service thread: releases what nobody reads any more. */
void publish_collect(struct rt_server *s);

/* No worker runs: releases everything. */
void publish_release(struct rt_server *s);

#endif
