/*
 * file.h - the contract between the halves of the file plugin.
 *
 * Serves zones from master files.  Each `file` directive of a server block is an instance; at run
 * time the first one answers for all of them, so that the longest zone of the block wins as in
 * CoreDNS, with the options of the directive that names it.
 */
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "rt_config.h"

struct file_state;
struct rt_instance;
struct rt_query;

struct file_config {
	const char *path; /* the master file, joined to `root` */
	struct rt_names zones;
	uint64_t reload; /* nanoseconds between looks at the file, 0: never */
	bool reload_by_mtime;
	struct rt_fallthrough fallthrough;
	bool last; /* no plugin after this one can be asked */
};

struct file_state *file_start(const struct file_config *, struct rt_instance *);
void file_stop(struct file_state *);
void file_reload(struct file_state *);
enum rt_verdict file_serve(const struct file_config *, struct file_state *, struct rt_query *);
bool file_prefetch(const struct file_config *, struct file_state *, const struct rt_query *,
		   unsigned what);

#endif
