/*
 * upstream_ids.h - the queries that wait on one socket or connection, by message id.
 *
 * An id is drawn at random for every query and is unique among those that wait on the same socket.
 * Open addressing with linear probing; the ids are random already, so they are their own hash.
 * The table doubles up to UPSTREAM_IDS_MAX entries, and entries are found in a line or two of
 * cache.
 *
 * One thread.  Calls belong to the caller.
 */
#ifndef RT_UPSTREAM_IDS_H
#define RT_UPSTREAM_IDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

/* Queries that may wait on one socket: of 65536 ids most stay wrong guesses. */
#define UPSTREAM_IDS_MAX 4096u

struct upstream_call;

struct upstream_id_slot {
	struct upstream_call *call; /* NULL: free */
	uint16_t id;
};

struct upstream_ids {
	struct upstream_id_slot *slots; /* size of them; NULL while size is 0 */
	unsigned size;                  /* a power of two */
	unsigned n;                     /* in use */
};

/* Draw an id for the call, which becomes *id.  RT_ELIMIT: as many as allowed wait; RT_ENOMEM. */
int upstream_ids_add(struct upstream_ids *t, struct upstream_call *call,
		     uint16_t *id) RT_MUST_CHECK;

/* The call that waits for this id, or NULL. */
struct upstream_call *upstream_ids_find(const struct upstream_ids *t, uint16_t id);

/* The id is given up; it must be in the table. */
void upstream_ids_remove(struct upstream_ids *t, uint16_t id);

/* Any one call of the table, or NULL when it is empty. */
struct upstream_call *upstream_ids_any(const struct upstream_ids *t);

/* Free the table, which may then be used again. */
void upstream_ids_release(struct upstream_ids *t);

#endif
