/*
 * emit.c - the generated translation unit: provenance, guard, server blocks, listeners, program.
 */
#include "config.h"

#include "compiler/emit/emit.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/buf.h"
#include "compiler/embed.h"
#include "compiler/emit/match.h"
#include "compiler/emit/text.h"
#include "compiler/emit/value.h"

struct emitter {
	struct cfc *c;
	const struct cfc_plan *plan;
	const struct cfc_emit_options *opt;
	struct buf *out;
	size_t counted; /* octets of out whose lines are counted */
	unsigned line;  /* the line that the next octet written at `counted` stands on */
};

/* ---- names and places ---- */

static const char *
file_name(const struct cfc_source *s)
{
	const char *slash = strrchr(s->path, '/');

	return s->path[0] == '/' && slash != NULL ? slash + 1 : s->path;
}

const char *
cfc_sources_hash(struct cfc *c)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	char *hex = cfc_array(c, 1, 2 * EVP_MAX_MD_SIZE + 1);

	bool ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1;
	for (size_t i = 0; ok && i < c->nsources; i++) {
		const struct cfc_source *s = c->sources[i];
		const char *name = file_name(s);

		ok = EVP_DigestUpdate(ctx, name, strlen(name) + 1) == 1 &&
		     EVP_DigestUpdate(ctx, &(uint64_t){ s->len }, sizeof(uint64_t)) == 1 &&
		     EVP_DigestUpdate(ctx, s->text, s->len) == 1;
	}
	if (ok && EVP_DigestFinal_ex(ctx, digest, &len) == 1) {
		for (unsigned i = 0; i < len; i++)
			snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	}
	EVP_MD_CTX_free(ctx);
	return hex;
}

/* "sb0_example_org" */
static const char *
block_ident(struct emitter *e, const struct cfc_block *block)
{
	struct buf b;

	buf_init(&b, 256);
	buf_printf(&b, "sb%u_", block->index);
	cfc_emit_ident(&b, cfc_block_zone(block));
	const char *ident = cfc_printf(e->c, "%s", buf_cstr(&b));
	buf_release(&b);
	return ident;
}

/* "sb0_cache", "sb0_cache_2" */
static const char *
instance_ident(struct emitter *e, const struct cfc_block *block, const struct cfc_instance *in)
{
	if (in->copy > 1)
		return cfc_printf(e->c, "sb%u_%s_%u", block->index, in->plugin->name, in->copy);
	return cfc_printf(e->c, "sb%u_%s", block->index, in->plugin->name);
}

/* The line that is about to be written, from 1. */
static unsigned
current_line(struct emitter *e)
{
	const char *p = e->out->data + e->counted, *end = e->out->data + e->out->len;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			break;
		e->line++;
		p = nl + 1;
	}
	e->counted = (size_t)(p - e->out->data);
	return e->line;
}

static void
directive_text(const struct cfc_directive *d, struct buf *out)
{
	buf_add(out, d->name.raw, d->name.rawlen);
	for (size_t i = 0; i < d->nargs; i++) {
		buf_putc(out, ' ');
		buf_add(out, d->args[i].raw, d->args[i].rawlen);
	}
}

/* ---- a server block ---- */

static void emit_banner(struct emitter *e, const char *fmt, ...) RT_PRINTF(2, 3);

static void
emit_banner(struct emitter *e, const char *fmt, ...)
{
	struct buf text;
	va_list ap;

	buf_init(&text, 65536);
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	buf_puts(e->out, "/* ---- ");
	cfc_emit_comment(e->out, buf_cstr(&text), text.len);
	buf_puts(e->out, " ---- */\n\n");
	buf_release(&text);
}

static void
emit_sources(struct emitter *e, const struct cfc_block *block)
{
	struct buf text;

	if (block->nsteps == 0)
		return;
	buf_init(&text, 1 << 20);
	buf_printf(e->out, "static const struct rt_srcref sb%u_src[] = {\n", block->index);
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		struct cfc_span span = cfc_span_shown(in->directive->name.span);
		const char *file = file_name(span.source);

		if (!in->has_step)
			continue;
		buf_printf(e->out, "\t[%u] = { ", in->step);
		cfc_emit_cstr(e->out, file, strlen(file));
		buf_printf(e->out, ", %u, %u, \"%s\", ", span.line, span.column, in->plugin->name);
		buf_reset(&text);
		directive_text(in->directive, &text);
		cfc_emit_cstr(e->out, buf_cstr(&text), text.len);
		buf_puts(e->out, " },\n");
	}
	buf_puts(e->out, "};\n\n");
	buf_printf(e->out, "static void *sb%u_state[%u];\n\n", block->index, block->nsteps);
	buf_release(&text);
}

static const char *
state_of(struct emitter *e, const struct cfc_block *block, const struct cfc_instance *in)
{
	if ((in->plugin->hooks & CFC_START) == 0)
		return "NULL";
	return cfc_printf(e->c, "sb%u_state[%u]", block->index, in->step);
}

/* Prints a statement under the user's line number, then returns to the generated file's. */
static void
emit_at_source(struct emitter *e, const struct cfc_instance *in, const char *statement)
{
	struct cfc_span span = cfc_span_shown(in->directive->name.span);

	if (!e->opt->no_line)
		cfc_emit_line(e->out, span.line, file_name(span.source));
	buf_printf(e->out, "\t\t%s\n", statement);
	if (!e->opt->no_line)
		cfc_emit_line(e->out, current_line(e) + 1, e->opt->self);
}

static const char *
chain_text(struct emitter *e, const struct cfc_block *block, unsigned hooks, const char *arrow)
{
	const char *text = "";

	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		if (in->plugin->hooks & hooks)
			text = cfc_printf(e->c, "%s%s%s", text, text[0] != '\0' ? arrow : "",
					  in->plugin->name);
	}
	return text;
}

static bool
block_uses(const struct cfc_block *block, unsigned bit)
{
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		if (in->plugin->hooks & bit)
			return true;
	}
	return false;
}

static void
emit_serve(struct emitter *e, const struct cfc_block *block, const char *ident)
{
	bool any = false;

	buf_printf(e->out, "/*\n * Block %u: ", block->index);
	const char *chain = chain_text(e, block, CFC_SERVE | CFC_REPLY, " -> ");
	buf_printf(e->out, "%s, in the order of plugins/order.def.\n",
		   chain[0] ? chain : "no plugin");
	buf_puts(e->out,
		 " * Entered at q->step: 0 at first, later where the query was suspended.\n */\n");
	buf_printf(e->out, "static enum rt_verdict\n%s_serve(struct rt_query *q)\n{\n", ident);
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next)
		any = any || (in->plugin->hooks & CFC_SERVE) != 0;
	if (any)
		buf_puts(e->out, "\tenum rt_verdict v;\n\n\tswitch (q->step) {\n\tcase 0:\n");
	unsigned done = 0;
	for (const struct cfc_instance *in = block->instances; any && in != NULL; in = in->next) {
		if ((in->plugin->hooks & CFC_SERVE) == 0)
			continue;
		for (unsigned s = done + (done == 0); s <= in->step; s++) {
			if (s > 0)
				buf_printf(e->out, "\tcase %u:\n", s);
		}
		done = in->step + 1;
		buf_printf(e->out, "\t\tq->step = %u;\n\t\trt_trace_step(q, %u);\n", in->step,
			   in->step);
		emit_at_source(e, in,
			       cfc_printf(e->c, "v = %s_serve(&%s, %s, q);", in->plugin->name,
					  instance_ident(e, block, in), state_of(e, block, in)));
		buf_puts(e->out, "\t\tif (v != RT_NEXT)\n\t\t\treturn v;\n\t\tRT_FALLTHROUGH;\n");
	}
	if (any)
		buf_puts(e->out, "\tdefault:\n\t\tbreak;\n\t}\n");
	buf_printf(e->out, "\tq->step = %u;\n\treturn rtg_end_of_chain(q);\n}\n\n", block->nsteps);
}

static void
emit_reply(struct emitter *e, const struct cfc_block *block, const char *ident)
{
	const struct cfc_instance **list = cfc_array(e->c, block->ninstances + 1, sizeof(*list));
	unsigned n = 0;

	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		if (in->plugin->hooks & CFC_REPLY)
			list[n++] = in;
	}
	if (n == 0)
		return;
	buf_puts(
		e->out,
		"/* The way back: the plugins before the one where it ended, last one first. */\n");
	buf_printf(e->out, "static void\n%s_reply(struct rt_query *q)\n{\n", ident);
	buf_puts(e->out, "\tswitch (q->step) {\n");
	unsigned from = block->nsteps;
	for (unsigned i = n; i-- > 0;) {
		buf_puts(e->out, i == n - 1 ? "\tdefault:\n" : "");
		for (; i < n - 1 && from > list[i]->step; from--)
			buf_printf(e->out, "\tcase %u:\n", from);
		from = list[i]->step;
		buf_printf(e->out, "\t\tif (q->floor > %u)\n\t\t\treturn;\n", list[i]->step);
		emit_at_source(e, list[i],
			       cfc_printf(e->c, "%s_reply(&%s, %s, q);", list[i]->plugin->name,
					  instance_ident(e, block, list[i]),
					  state_of(e, block, list[i])));
		buf_puts(e->out, "\t\tRT_FALLTHROUGH;\n");
	}
	for (; from > 0; from--)
		buf_printf(e->out, "\tcase %u:\n", from);
	buf_puts(e->out, "\tcase 0:\n\t\tbreak;\n\t}\n}\n\n");
}

static void
emit_prefetch(struct emitter *e, const struct cfc_block *block, const char *ident)
{
	if (!block_uses(block, CFC_PREFETCH))
		return;
	buf_puts(e->out, "/* Before serve: lets the memory come that will be read (rt.h). */\n");
	buf_printf(e->out,
		   "static bool\n%s_prefetch(const struct rt_query *q, unsigned what)\n{\n"
		   "\tbool more = false;\n\n",
		   ident);
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		if (in->plugin->hooks & CFC_PREFETCH)
			buf_printf(e->out, "\tmore |= %s_prefetch(&%s, %s, q, what);\n",
				   in->plugin->name, instance_ident(e, block, in),
				   state_of(e, block, in));
	}
	buf_puts(e->out, "\treturn more;\n}\n\n");
}

/* ---- life of the instances ---- */

struct hook {
	unsigned bit;
	const char *name; /* of the generated function */
	const char *head; /* its result and parameters, %s is the block's identifier */
	const char *last; /* after the switch */
};

static const struct hook hooks[] = {
	{ CFC_START, "start", "static bool\n%s_start(struct rt_instance *in, unsigned step)\n{\n",
	  "\treturn true;\n" },
	{ CFC_START, "stop", "static void\n%s_stop(unsigned step)\n{\n", "" },
	{ CFC_WORKER, "worker_start",
	  "static int\n%s_worker_start(struct rt_worker *w, unsigned step)\n{\n", "\treturn 0;\n" },
	{ CFC_WORKER, "worker_stop",
	  "static void\n%s_worker_stop(struct rt_worker *w, unsigned step)\n{\n", "" },
	{ CFC_RELOAD, "reload", "static void\n%s_reload(unsigned step)\n{\n", "" },
};

static void
emit_hook_case(struct emitter *e, const struct cfc_block *block, const struct cfc_instance *in,
	       const struct hook *h)
{
	const char *name = in->plugin->name, *state = state_of(e, block, in);

	buf_printf(e->out, "\tcase %u:\n", in->step);
	if (strcmp(h->name, "start") == 0)
		buf_printf(e->out, "\t\t%s = %s_start(&%s, in);\n\t\treturn %s != NULL;\n", state,
			   name, instance_ident(e, block, in), state);
	else if (strcmp(h->name, "worker_start") == 0)
		buf_printf(e->out, "\t\treturn %s_worker_start(%s, w);\n", name, state);
	else if (strcmp(h->name, "worker_stop") == 0)
		buf_printf(e->out, "\t\t%s_worker_stop(%s, w);\n\t\tbreak;\n", name, state);
	else
		buf_printf(e->out, "\t\t%s_%s(%s);\n\t\tbreak;\n", name, h->name, state);
}

static void
emit_hooks(struct emitter *e, const struct cfc_block *block, const char *ident)
{
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (!block_uses(block, hooks[i].bit))
			continue;
		if (i == 0)
			buf_puts(e->out,
				 "/* Life of the instances, one step at a time: rt_gen.h. */\n");
		buf_printf(e->out, hooks[i].head, ident);
		buf_puts(e->out, "\tswitch (step) {\n");
		for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
			if (in->plugin->hooks & hooks[i].bit)
				emit_hook_case(e, block, in, &hooks[i]);
		}
		buf_printf(e->out, "\tdefault:\n\t\tbreak;\n\t}\n%s}\n\n", hooks[i].last);
	}
}

static void
emit_descriptor(struct emitter *e, const struct cfc_block *block, const char *ident)
{
	struct cfc_span span = cfc_span_shown(block->tree->keys[0].span);
	const char *file = file_name(span.source);
	bool chaos = false;

	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next)
		chaos = chaos || (in->plugin->traits & CFC_ANY_CLASS) != 0;
	cfc_emit_names(e->out, &block->zones, cfc_printf(e->c, "sb%u_zone", block->index));
	buf_printf(e->out, "static const struct rt_names sb%u_zones = { sb%u_zone, %u };\n\n",
		   block->index, block->index, block->zones.n);
	buf_printf(e->out, "static const struct rt_block %s_block = {\n\t.name = ", ident);
	cfc_emit_cstr(e->out, block->name, strlen(block->name));
	buf_puts(e->out, ",\n\t.file = ");
	cfc_emit_cstr(e->out, file, strlen(file));
	buf_printf(e->out, ",\n\t.line = %u,\n", span.line);
	if (block->nsteps > 0)
		buf_printf(e->out, "\t.src = sb%u_src,\n\t.state = sb%u_state,\n", block->index,
			   block->index);
	buf_printf(e->out, "\t.nsteps = %u,\n\t.zones = &sb%u_zones,\n\t.view = ", block->nsteps,
		   block->index);
	cfc_emit_cstr(e->out, block->view != NULL ? block->view : "",
		      block->view != NULL ? strlen(block->view) : 0);
	buf_printf(e->out, ",\n\t.chaos = %s,\n\t.empty = %s,\n", chaos ? "true" : "false",
		   block_uses(block, CFC_SERVE | CFC_REPLY) ? "false" : "true");
	buf_printf(e->out, "\t.serve = %s_serve,\n", ident);
	if (block_uses(block, CFC_REPLY))
		buf_printf(e->out, "\t.reply = %s_reply,\n", ident);
	if (block_uses(block, CFC_PREFETCH))
		buf_printf(e->out, "\t.prefetch = %s_prefetch,\n", ident);
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (block_uses(block, hooks[i].bit))
			buf_printf(e->out, "\t.%s = %s_%s,\n", hooks[i].name, ident, hooks[i].name);
	}
	buf_puts(e->out, "};\n\n");
}

static void
emit_block(struct emitter *e, const struct cfc_block *block)
{
	struct cfc_span span = cfc_span_shown(block->tree->keys[0].span);
	const char *ident = block_ident(e, block);

	emit_banner(e, "server block %u: %s (%s:%u)", block->index, block->name,
		    file_name(span.source), span.line);
	emit_sources(e, block);
	for (const struct cfc_instance *in = block->instances; in != NULL; in = in->next) {
		if (in->has_step)
			cfc_emit_config(e->c, in, instance_ident(e, block, in), e->out);
	}
	emit_serve(e, block, ident);
	emit_reply(e, block, ident);
	emit_prefetch(e, block, ident);
	emit_hooks(e, block, ident);
	emit_descriptor(e, block, ident);
}

/* ---- listeners and program ---- */

static void
emit_binds(struct emitter *e, const struct cfc_listen *l)
{
	if (l->nbinds == 0)
		return;
	buf_printf(e->out, "static const struct rt_bind listen%u_binds[] = {\n", l->index);
	for (size_t i = 0; i < l->nbinds; i++) {
		buf_puts(e->out, "\t{ .text = ");
		cfc_emit_cstr(e->out, l->binds[i].text, strlen(l->binds[i].text));
		buf_printf(e->out, ", .except = %s, .group = %u },\n",
			   l->binds[i].except ? "true" : "false", l->binds[i].group);
	}
	buf_puts(e->out, "};\n\n");
}

static void
emit_listens(struct emitter *e)
{
	static const char *const transports[] = {
		[CFC_SCHEME_DNS] = "RT_TRANSPORT_DNS",
		[CFC_SCHEME_TLS] = "RT_TRANSPORT_TLS",
		[CFC_SCHEME_QUIC] = "RT_TRANSPORT_QUIC",
		[CFC_SCHEME_GRPC] = "RT_TRANSPORT_GRPC",
		[CFC_SCHEME_HTTPS] = "RT_TRANSPORT_HTTPS",
		[CFC_SCHEME_HTTPS3] = "RT_TRANSPORT_HTTPS3",
	};

	buf_puts(e->out, "static const struct rt_listen listens[] = {\n");
	for (size_t i = 0; i < e->plan->nlistens; i++) {
		const struct cfc_listen *l = &e->plan->listens[i];

		buf_printf(e->out, "\t{\n\t\t.scheme = \"%s\",\n\t\t.transport = %s,\n",
			   cfc_scheme_name(l->scheme), transports[l->scheme]);
		buf_printf(e->out, "\t\t.port = %u,\n\t\t.default_port = %s,\n", l->port,
			   l->default_port ? "true" : "false");
		if (l->nbinds > 0)
			buf_printf(e->out, "\t\t.binds = listen%u_binds,\n\t\t.nbinds = %zu,\n",
				   l->index, l->nbinds);
		buf_printf(e->out, "\t\t.nsockets = %u,\n\t\t.match = listen%u_match,\n",
			   l->nsockets, l->index);
		buf_printf(e->out, "\t\t.sites = listen%u_sites,\n\t\t.nsites = %zu,\n", l->index,
			   l->nsites);
		buf_printf(e->out, "\t\t.any_class = %s,\n\t},\n", l->any_class ? "true" : "false");
	}
	buf_puts(e->out, "};\n\n");
}

static void
emit_corefile(struct emitter *e)
{
	const struct cfc_source *s = e->opt->main;
	size_t at = 0;

	buf_puts(e->out, "static const char corefile[] =\n");
	while (at < s->len) {
		const char *nl = memchr(s->text + at, '\n', s->len - at);
		size_t n = nl == NULL ? s->len - at : (size_t)(nl - s->text) + 1 - at;

		buf_putc(e->out, '\t');
		cfc_emit_cstr(e->out, s->text + at, n);
		buf_putc(e->out, '\n');
		at += n;
	}
	if (s->len == 0)
		buf_puts(e->out, "\t\"\"\n");
	buf_puts(e->out, "\t;\n\n");
}

static bool
plugin_used(const struct cfc_plan *plan, const struct cfc_plugin *p)
{
	for (size_t i = 0; i < plan->nblocks; i++) {
		for (const struct cfc_instance *in = plan->blocks[i]->instances; in;
		     in = in->next) {
			if (in->plugin == p)
				return true;
		}
	}
	return false;
}

static void
emit_program(struct emitter *e)
{
	const char *name = file_name(e->opt->main);

	emit_banner(e, "program");
	emit_corefile(e);
	buf_puts(e->out, "static const char *const plugins[] = {\n");
	for (size_t i = 0; i < e->c->nplugins; i++) {
		if (plugin_used(e->plan, e->c->plugins[i]))
			buf_printf(e->out, "\t\"%s\",\n", e->c->plugins[i]->name);
	}
	buf_puts(e->out, "\tNULL,\n};\n\nstatic const struct rt_block *const blocks[] = {\n");
	bool debug = false;
	unsigned workers = 0;
	for (size_t i = 0; i < e->plan->nlistens; i++) {
		if (e->plan->listens[i].nsockets > workers)
			workers = e->plan->listens[i].nsockets;
	}
	for (size_t i = 0; i < e->plan->nblocks; i++) {
		buf_printf(e->out, "\t&%s_block,\n", block_ident(e, e->plan->blocks[i]));
		debug = debug || e->plan->blocks[i]->debug;
	}
	buf_puts(e->out, "};\n\nconst struct rt_program rt_program = {\n\t.abi = RT_ABI,\n");
	buf_printf(e->out, "\t.version = \"%s\",\n\t.corefile = corefile,\n", e->opt->version);
	buf_puts(e->out, "\t.corefile_len = sizeof(corefile) - 1,\n\t.corefile_name = ");
	cfc_emit_cstr(e->out, name, strlen(name));
	buf_printf(e->out, ",\n\t.hash = \"%s\",\n\t.plugins = plugins,\n", e->opt->hash);
	buf_printf(e->out, "\t.listens = listens,\n\t.nlistens = %zu,\n", e->plan->nlistens);
	buf_printf(e->out, "\t.blocks = blocks,\n\t.nblocks = %zu,\n", e->plan->nblocks);
	buf_printf(e->out, "\t.nsites = %zu,\n\t.debug = %s,\n\t.workers = %u,\n};\n",
		   e->plan->nsites, debug ? "true" : "false", workers);
}

static void
emit_head(struct emitter *e)
{
	const char *name = file_name(e->opt->main);

	buf_printf(e->out, "/*\n * Generated by corefilec %s from ", e->opt->version);
	cfc_emit_comment(e->out, name, strlen(name));
	buf_puts(e->out, ".  DO NOT EDIT: edit the Corefile.\n");
	buf_puts(e->out,
		 " * Plugins run in the order of plugins/order.def, not of the Corefile.\n");
	buf_puts(e->out, " * To step through this file instead of the Corefile: corefilec build "
			 "--no-line.\n */\n#include \"rt_gen.h\"\n\n");
	for (size_t i = 0; i < e->c->nplugins; i++) {
		const struct cfc_plugin *p = e->c->plugins[i];

		if (plugin_used(e->plan, p) && p->hooks != 0)
			buf_printf(e->out, "#include \"%s/%s.h\"\n", p->name, p->name);
	}
	buf_printf(e->out,
		   "\n#if RT_ABI != %d\n# error \"generated for runtime ABI %d and this runtime "
		   "differs: run corefilec again\"\n#endif\n\n",
		   CFC_ABI, CFC_ABI);
}

void
cfc_emit(struct cfc *c, const struct cfc_plan *plan, const struct cfc_emit_options *options,
	 struct buf *out)
{
	struct emitter e = { .c = c, .plan = plan, .opt = options, .out = out, .line = 1 };

	emit_head(&e);
	for (size_t i = 0; i < plan->nblocks; i++)
		emit_block(&e, plan->blocks[i]);
	for (size_t i = 0; i < plan->nlistens; i++) {
		const struct cfc_listen *l = &plan->listens[i];

		emit_banner(&e, "listener %u: %s port %u", l->index, cfc_scheme_name(l->scheme),
			    l->port);
		emit_binds(&e, l);
		cfc_emit_match(c, l, out);
	}
	emit_listens(&e);
	emit_program(&e);
}
