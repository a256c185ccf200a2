/*
 * load.h - a zone from its master file.
 *
 * Blocking: for the start of the server and the service thread.  Faults within the zone are logged
 * as warnings with file and line; why a zone cannot be loaded at all is told in `why`.
 */
#ifndef FILE_LOAD_H
#define FILE_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "rt_config.h"

#define FILE_WHY_MAX 1024

struct file_zone;

enum file_load {
	FILE_LOADED,
	FILE_UNCHANGED, /* the serial is the same */
	FILE_MISSING,   /* the file cannot be opened: why is the operating system's text */
	FILE_BROKEN,    /* anything else: why is the whole story */
};

struct file_source {
	const char *path;
	const struct rt_name *zone;
	bool has_serial; /* do not load it again with this serial */
	uint32_t serial;
};

struct file_loaded {
	struct file_zone *zone; /* FILE_LOADED: the caller's */
	bool includes;          /* the zone is more than this one file */
	char why[FILE_WHY_MAX];
};

enum file_load file_load(const struct file_source *source, struct file_loaded *out) RT_MUST_CHECK;

#endif
