/*
 * ready.c - run time: /ready, on the service thread.
 */
#include "config.h"

#include "rt.h"

#include "ready/ready.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

struct names {
	const char **v;
	unsigned n;
	unsigned room;
	bool failed; /* out of memory */
};

struct ready_state {
	const struct ready_config *config;
	struct names missing; /* who was not ready when asked last */
	bool asked;
};

static bool
contains(const struct names *names, const char *name)
{
	for (unsigned i = 0; i < names->n; i++) {
		if (strcmp(names->v[i], name) == 0)
			return true;
	}
	return false;
}

/* A plugin may be in several server blocks: its name counts once. */
static void
add_name(void *arg, const char *name)
{
	struct names *names = arg;

	if (contains(names, name))
		return;
	if (names->n == names->room) {
		unsigned room = names->room == 0 ? 8 : names->room * 2;
		const char **grown = realloc(names->v, room * sizeof(char *));

		if (grown == NULL) {
			names->failed = true;
			return;
		}
		names->v = grown;
		names->room = room;
	}
	names->v[names->n++] = name;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * Who is not ready.  Without monitoring, a plugin that was ready once stays so, and only those that
 * were missing the last time can be missing now.
 */
static void
ask(struct ready_state *state)
{
	struct names now = { .v = NULL };
	unsigned kept = 0;

	rt_ready_missing(add_name, &now);
	for (unsigned i = 0; i < now.n; i++) {
		if (state->config->monitor == READY_UNTIL_READY && state->asked &&
		    !contains(&state->missing, now.v[i]))
			continue;
		now.v[kept++] = now.v[i];
	}
	now.n = kept;
	if (kept > 0)
		qsort(now.v, kept, sizeof(char *), compare_names);
	free(state->missing.v);
	state->missing = now;
	state->asked = true;
}

static void
serve_ready(void *arg, struct rt_http_reply *reply)
{
	struct ready_state *state = arg;

	if (rt_stopping()) {
		reply->status = 503;
		buf_puts(reply->body, "Shutting down");
		return;
	}
	ask(state);
	if (state->missing.n == 0 && !state->missing.failed) {
		buf_puts(reply->body, "OK");
		return;
	}
	reply->status = 503;
	for (unsigned i = 0; i < state->missing.n; i++)
		buf_printf(reply->body, "%s%s", i > 0 ? "," : "", state->missing.v[i]);
	rt_plugin_log("ready", RT_LOG_INFO, "Plugins not ready: \"%s\"", buf_cstr(reply->body));
}

struct ready_state *
ready_start(const struct ready_config *config, struct rt_instance *in)
{
	struct ready_state *state = calloc(1, sizeof(*state));

	if (state == NULL) {
		rt_instance_error(in, "out of memory");
		return NULL;
	}
	state->config = config;
	/* All instances speak for the whole server, so those at one address are one. */
	if (rt_http_serve(in, config->addr, "/ready", true, serve_ready, state) != 0) {
		free(state);
		return NULL;
	}
	return state;
}

void
ready_stop(struct ready_state *state)
{
	free(state->missing.v);
	free(state);
}
