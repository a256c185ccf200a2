/*
 * state.h - the run-time state of an instance: private to file.c and group.c.
 */
#ifndef FILE_STATE_H
#define FILE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fs.h"
#include "file/file.h"
#include "file/group.h"

struct rt_timer;

/* One zone of one directive. */
struct file_slot {
	/* What every query looks at. */
	void *snapshot; /* struct file_zone *, published; NULL: nothing could be loaded yet */
	uint64_t hash;  /* of the name */
	uint8_t len;    /* of the name, its labels and itself: nearer than in zone */
	uint8_t nlabels;
	uint8_t name[DNS_NAME_BUF];

	const struct rt_name *zone;
	const struct file_config *config;

	/* Of the service thread (and of the start). */
	struct fs_id id; /* of the file as it was read last */
	bool has_id;
	bool includes; /* other files belong to the zone */
	bool has_serial;
	uint32_t serial;
};

struct file_state {
	const struct file_config *config;
	struct rt_instance *in;
	struct file_slot *slots; /* one for each zone of the config */
	struct rt_timer *timer;
	struct file_state *leader; /* the first instance of the block; itself if it is that */
	struct file_group group;   /* the leader's: the zones of all */
	struct file_slot *sole;    /* the leader's: its zone if there is but one, or NULL */
};

#endif
