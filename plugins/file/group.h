/*
 * group.h - which zone of a server block a name belongs to.
 *
 * All zones of all `file` directives of a block, found by longest match.  Filled while the server
 * starts, constant while it serves.
 */
#ifndef FILE_GROUP_H
#define FILE_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "dns/name.h"
#include "rt_config.h"

struct file_slot;

struct file_group {
	struct file_slot **slots; /* in the order in which they came */
	unsigned nslots;
	/* Open addressing over the names' hashes: number in slots + 1, 0 is free.  NULL: one zone.
	 */
	uint32_t *table;
	uint32_t mask;
	uint8_t min_labels; /* of the names */
	uint8_t max_labels;
};

/*
 * One more zone.  A name that is there already is replaced: the last directive wins, as in CoreDNS,
 * and *replaced is set.  The slot must outlive the group.  RT_ENOMEM.
 */
int file_group_add(struct file_group *g, struct file_slot *slot, bool *replaced) RT_MUST_CHECK;

/* The deepest zone that is the name or above it, or NULL. */
struct file_slot *file_group_find(const struct file_group *g, const struct dns_qname *name);

void file_group_release(struct file_group *g);

#endif
