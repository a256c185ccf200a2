/*
 * root.c - run time: warns when the folder is missing.  The server starts all the same, since the
 * folder may come later.
 */
#include "config.h"

#include "rt.h"

#include "root/root.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct root_state {
	const struct root_config *config;
};

struct root_state *
root_start(const struct root_config *config, struct rt_instance *in)
{
	struct root_state *state;
	struct stat st;

	if (stat(config->path, &st) != 0 && errno != ENOENT) {
		rt_instance_error(in, "unable to access root path '%s': %s", config->path,
				  strerror(errno));
		return NULL;
	}
	if (stat(config->path, &st) != 0)
		rt_plugin_log("root", RT_LOG_WARNING, "Root path does not exist: %s", config->path);
	state = malloc(sizeof(*state));
	if (state == NULL) {
		rt_instance_error(in, "out of memory");
		return NULL;
	}
	state->config = config;
	return state;
}

void
root_stop(struct root_state *state)
{
	free(state);
}
