/*
 * Plugin instances: start, stop, reload, and what they may ask about themselves.
 */
#include "config.h"

#include "instance.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "log.h"
#include "server.h"
#include "worker.h"

const struct rt_srcref *
rt_instance_src(const struct rt_instance *in)
{
	return &in->block->src[in->step];
}

unsigned
rt_instance_nsteps(const struct rt_instance *in)
{
	return in->block->nsteps;
}

const struct rt_srcref *
rt_instance_step_src(const struct rt_instance *in, unsigned step)
{
	return &in->block->src[step];
}

unsigned
rt_instance_nworkers(const struct rt_instance *in)
{
	return in->server->nworkers;
}

bool
rt_instance_checking(const struct rt_instance *in)
{
	return in->server->options.check;
}

const char *
rt_instance_view(const struct rt_instance *in)
{
	return in->block->view;
}

void
rt_instance_sites(const struct rt_instance *in,
		  void (*each)(void *arg, unsigned listener, const struct rt_site *site), void *arg)
{
	const struct listeners *ls = &in->server->listeners;

	for (unsigned i = 0; i < ls->n; i++) {
		for (unsigned d = 0; d < ls->v[i].ndecls; d++) {
			const struct rt_listen *decl = ls->v[i].decls[d];

			for (unsigned s = 0; s < decl->nsites; s++)
				if (decl->sites[s].block == in->block)
					each(arg, i, &decl->sites[s]);
		}
	}
}

void
rt_instance_error(struct rt_instance *in, const char *fmt, ...)
{
	const struct rt_srcref *src = rt_instance_src(in);
	va_list ap;

	in->failed = true;
	if (in->problems == NULL)
		return;
	buf_printf(in->problems, "%s:%u: plugin/%s: ", src->file, src->line, src->plugin);
	va_start(ap, fmt);
	buf_vprintf(in->problems, fmt, ap);
	va_end(ap);
	buf_putc(in->problems, '\n');
}

void *
rt_instance_peer(struct rt_instance *in, const char *plugin)
{
	const struct rt_block *block = in->block;

	for (unsigned i = 0; i < block->nsteps; i++)
		if (strcmp(block->src[i].plugin, plugin) == 0)
			return block->state[i];
	return NULL;
}

/* ---- start and stop ---- */

static int
make_instances(struct rt_server *s)
{
	const struct rt_program *p = s->program;
	unsigned n = 0;

	for (unsigned b = 0; b < p->nblocks; b++)
		n += p->blocks[b]->nsteps;
	s->instances = calloc(n + 1u, sizeof(*s->instances));
	if (s->instances == NULL)
		return RT_ENOMEM;
	for (unsigned b = 0; b < p->nblocks; b++) {
		for (unsigned step = 0; step < p->blocks[b]->nsteps; step++) {
			struct rt_instance *in = &s->instances[s->ninstances++];

			in->server = s;
			in->block = p->blocks[b];
			in->step = step;
		}
	}
	return 0;
}

static bool
start_one(struct rt_instance *in, struct buf *problems)
{
	bool ok;

	in->problems = problems;
	in->failed = false;
	ok = in->block->start == NULL || in->block->start(in, in->step);
	if (!ok && !in->failed)
		rt_instance_error(in, "cannot start");
	in->problems = NULL;
	return ok;
}

int
instances_start(struct rt_server *s, struct buf *problems)
{
	int rc = make_instances(s);

	if (rc < 0)
		return rc;
	for (unsigned i = 0; i < s->ninstances; i++) {
		struct rt_instance *in = &s->instances[i];

		if (start_one(in, problems)) {
			/* Those that failed stay among those started: stop skips them by `failed`.
			 */
			s->nstarted = i + 1;
			continue;
		}
		in->failed = true;
		rc = RT_EINVAL;
		if (!s->options.check)
			break;
	}
	return rc;
}

void
instances_stop(struct rt_server *s)
{
	while (s->nstarted > 0) {
		struct rt_instance *in = &s->instances[--s->nstarted];

		if (!in->failed && in->block->stop != NULL)
			in->block->stop(in->step);
	}
	free(s->instances);
	s->instances = NULL;
	s->ninstances = 0;
}

static void
worker_stop_below(struct rt_worker *w, unsigned n)
{
	while (n > 0) {
		const struct rt_instance *in = &w->server->instances[--n];

		if (in->block->worker_stop != NULL)
			in->block->worker_stop(w, in->step);
	}
}

int
instances_worker_start(struct rt_worker *w)
{
	const struct rt_server *s = w->server;

	for (unsigned i = 0; i < s->ninstances; i++) {
		const struct rt_instance *in = &s->instances[i];
		int rc = 0;

		if (in->block->worker_start != NULL)
			rc = in->block->worker_start(w, in->step);
		if (rc < 0) {
			const struct rt_srcref *src = rt_instance_src(in);

			rt_log(RT_LOG_ERROR, "%s:%u: plugin/%s: cannot start worker %u: %s",
			       src->file, src->line, src->plugin, w->index, rt_strerror(rc));
			worker_stop_below(w, i);
			return rc;
		}
	}
	return 0;
}

void
instances_worker_stop(struct rt_worker *w)
{
	worker_stop_below(w, w->server->ninstances);
}

void
instances_reload(struct rt_server *s)
{
	for (unsigned i = 0; i < s->ninstances; i++) {
		const struct rt_instance *in = &s->instances[i];

		if (in->block->reload != NULL)
			in->block->reload(in->step);
	}
}
