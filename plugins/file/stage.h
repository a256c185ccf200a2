/*
 * stage.h - what build.c gathers and seal.c turns into a zone: private to these two.
 *
 * Names and records lie in growing blocks of memory and refer to each other by position, so that
 * the blocks may move.  A record's list of its node is in the order of arrival.
 */
#ifndef FILE_STAGE_H
#define FILE_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file/build.h"
#include "file/zone.h"

/* A growing block.  Large blocks are moved by the kernel (mremap) and returned to it when freed. */
struct file_block {
	uint8_t *p;
	size_t len; /* octets in use */
	size_t cap;
};

/* Room for n more octets at p + len, which the caller then counts; false: no memory. */
bool file_block_room(struct file_block *b, size_t n) RT_MUST_CHECK;
void file_block_release(struct file_block *b);

#define FILE_STAGE_NSEC3 (1u << 7) /* node flag: owner of NSEC3 records, no name of the zone */

struct file_stage_node {
	uint64_t hash;   /* of the whole name */
	uint32_t name;   /* offset in names */
	uint32_t parent; /* index; the apex is 0 and its own parent */
	uint32_t first;  /* record, in units of 4 octets; 0: none */
	uint32_t last;
	uint8_t name_len; /* of the relative name, with its root octet */
	uint8_t flags;    /* FILE_NODE_*, FILE_STAGE_NSEC3 */
};

/* Its data follow, and padding to a multiple of 4. */
struct file_stage_rr {
	uint32_t next; /* as in file_stage_node */
	uint32_t ttl;
	uint32_t line;
	uint16_t file; /* number of the file that it stands in */
	uint16_t type;
	uint16_t rdlen;
	uint16_t covers; /* RRSIG: the type that is signed */
};

struct file_build {
	uint8_t origin[DNS_NAME_BUF]; /* lower-cased */
	uint8_t origin_len;
	uint8_t origin_labels;
	bool has_soa;

	struct file_block nodes; /* struct file_stage_node */
	struct file_block names;
	struct file_block records; /* struct file_stage_rr */
	uint32_t nnodes;
	uint64_t *table; /* like that of the zone, with an index + 1 in the lower half */
	uint64_t mask;
	uint64_t nrecords;

	/* The owner of the record before, since most come in groups. */
	uint8_t last_owner[DNS_NAME_BUF];
	size_t last_len;
	uint32_t last_node;
	uint32_t last_parent; /* the node that was last found above a new one */

	struct file_block files; /* names of files, each ended by NUL */
	uint32_t last_file;      /* offset of the name of the file that records come from now */
	uint16_t nfiles;

	file_warn_fn *warn;
	void *user;
	unsigned nwarnings;
};

static inline struct file_stage_node *
file_stage_node(const struct file_build *b, uint32_t index)
{
	return (struct file_stage_node *)(void *)b->nodes.p + index;
}

static inline struct file_stage_rr *
file_stage_rr(const struct file_build *b, uint32_t at)
{
	return (struct file_stage_rr *)(void *)(b->records.p + (size_t)at * 4);
}

static inline const uint8_t *
file_stage_rdata(const struct file_stage_rr *rr)
{
	return (const uint8_t *)(rr + 1);
}

/* Tells a fault of the zone; rr says where, NULL: nowhere in particular. */
void file_build_warn(struct file_build *b, const struct file_stage_rr *rr, const char *fmt, ...)
	RT_PRINTF(3, 4);

/* The text of a node's whole name. */
void file_build_name_text(const struct file_build *b, const struct file_stage_node *node,
			  char out[DNS_NAME_TEXT_MAX]);

/* seal.c: the second pass. */
int file_seal(struct file_build *b, struct file_zone **zone) RT_MUST_CHECK;

/* blob.c: what the apex says in every answer.  RT_ENOMEM. */
int file_blob_build(const struct file_zone *z, uint16_t type, bool sigs,
		    struct file_blob *blob) RT_MUST_CHECK;

#endif
