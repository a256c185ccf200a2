/*
 * Readiness of plugins, for the ready plugin.  Registered in start, asked on the service thread.
 */
#include "config.h"

#include "ready.h"

#include <stdlib.h>

#include "instance.h"
#include "log.h"
#include "rt.h"

struct ready_entry {
	struct ready_entry *next;
	const char *plugin;
	bool (*fn)(void *arg);
	void *arg;
};

static struct ready_entry *ready_first;

void
rt_ready_register(struct rt_instance *in, bool (*fn)(void *arg), void *arg)
{
	struct ready_entry *e = malloc(sizeof(*e));
	struct ready_entry **at = &ready_first;

	if (e == NULL) {
		rt_log(RT_LOG_FATAL, "out of memory while starting");
		exit(1);
	}
	*e = (struct ready_entry){ .plugin = rt_instance_src(in)->plugin, .fn = fn, .arg = arg };
	while (*at != NULL)
		at = &(*at)->next;
	*at = e;
}

unsigned
rt_ready_missing(void (*each)(void *arg, const char *name), void *arg)
{
	unsigned n = 0;

	for (const struct ready_entry *e = ready_first; e != NULL; e = e->next) {
		if (e->fn(e->arg))
			continue;
		each(arg, e->plugin);
		n++;
	}
	return n;
}

void
ready_release(void)
{
	while (ready_first != NULL) {
		struct ready_entry *e = ready_first;

		ready_first = e->next;
		free(e);
	}
}
