/*
 * loadbalance.c - run time: the reply half, and the weight file's life.
 */
#include "config.h"

#include "loadbalance/loadbalance.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/random.h"
#include "dns/types.h"
#include "loadbalance/order.h"
#include "rt.h"

/* Most bytes of a weight file. */
#define FILE_MAX ((size_t)16 << 20)

/* Bits of the counts of answer, authority and additional section that are set from two records on. */
#define SEVERAL UINT64_C(0x0000fffefffefffe)

struct loadbalance_worker {
	uint64_t random;
} RT_ALIGNED(64);

struct loadbalance_state {
	const struct loadbalance_config *config;
	struct rt_instance *in;
	struct loadbalance_worker *workers;
	void *weights; /* snapshot: struct loadbalance_weights */

	/* Of the service thread: which text the snapshot was made from. */
	uint64_t text_hash;
	size_t text_len;
	bool loaded;
};

/* ---- replies ---- */

static void *
alloc(void *arg, size_t size)
{
	return rt_query_alloc(arg, size);
}

static RT_NOINLINE void
arrange(const struct loadbalance_config *config, struct loadbalance_state *state,
	struct rt_query *q)
{
	struct loadbalance_order o = {
		.policy = (enum loadbalance_policy)config->policy,
		.prefer = &config->prefer,
		.weights = rt_snapshot(&state->weights),
		.qtype = q->qtype,
		.random = &state->workers[rt_worker_index(q->worker)].random,
		.alloc = alloc,
		.alloc_arg = q,
	};

	loadbalance_arrange(&q->reply, &o);
}

/* There is a section with several records. */
static RT_NOINLINE void
reorder(const struct loadbalance_config *config, struct loadbalance_state *state,
	struct rt_query *q)
{
	const struct dns_writer *w = &q->reply;
	unsigned answers = dns_msg_count(w->wire, DNS_ANSWER);
	bool others = dns_msg_count(w->wire, DNS_AUTHORITY) > 1 ||
		      dns_msg_count(w->wire, DNS_ADDITIONAL) > 1;

	if (q->verdict != RT_DONE || rt_reply_rcode(q) != DNS_RCODE_NOERROR)
		return;
	if (q->qtype == DNS_TYPE_AXFR || q->qtype == DNS_TYPE_IXFR)
		return;
	if (RT_LIKELY(!others && config->policy == LOADBALANCE_ROUND_ROBIN &&
		      config->prefer.n == 0) &&
	    loadbalance_shuffle_plain(&q->reply, (size_t)DNS_HEADER_LEN + q->qname.len + 4, answers,
				      &state->workers[rt_worker_index(q->worker)].random))
		return;
	arrange(config, state, q);
}

void
loadbalance_reply(const struct loadbalance_config *config, struct loadbalance_state *state,
		  struct rt_query *q)
{
	/* The four counts of the header in one word: none but the question's, or one each. */
	if (RT_UNLIKELY((bytes_get64(q->reply.wire + 4) & SEVERAL) != 0))
		reorder(config, state, q);
}

/* ---- the weight file ---- */

/* Takes over the text of the file if it is a new one. */
static int
take_text(struct loadbalance_state *state, const struct fs_file *f,
	  char error[LOADBALANCE_ERROR_MAX])
{
	uint64_t hash = hash_bytes(f->data, f->len);
	struct loadbalance_weights *weights;
	int rc;

	if (state->loaded && hash == state->text_hash && f->len == state->text_len)
		return 0;
	/* A text is looked at once, also a wrong one, which is complained about once. */
	state->text_hash = hash;
	state->text_len = f->len;
	state->loaded = true;
	rc = loadbalance_weights_parse(&weights, f->data, f->len, state->config->file, error);
	if (rc < 0)
		return rc;
	rt_publish(state->in, &state->weights, weights, loadbalance_weights_free);
	rt_plugin_log("loadbalance", RT_LOG_INFO, "Successfully reloaded weight file %s",
		      state->config->file);
	return 0;
}

/* 0; RT_ESYS when the file cannot be read, others when it is wrong.  error says why. */
static int
load(struct loadbalance_state *state, char error[LOADBALANCE_ERROR_MAX])
{
	char why[256];
	struct fs_file f;
	int rc = fs_read(&f, state->config->file, FILE_MAX, 0);

	if (rc < 0) {
		snprintf(error, LOADBALANCE_ERROR_MAX, "weight file open error: %s: %s",
			 state->config->file, fs_strerror(rc, f.sys_errno, why, sizeof(why)));
		return RT_ESYS;
	}
	rc = take_text(state, &f, error);
	fs_file_release(&f);
	return rc;
}

void
loadbalance_reload(struct loadbalance_state *state)
{
	char error[LOADBALANCE_ERROR_MAX];

	if (state->config->policy == LOADBALANCE_WEIGHTED && load(state, error) < 0)
		rt_plugin_log("loadbalance", RT_LOG_ERROR, "%s", error);
}

static void
on_timer(void *arg)
{
	loadbalance_reload(arg);
}

/* ---- life ---- */

static bool
start_weights(struct loadbalance_state *state)
{
	uint64_t reload = state->config->reload;
	char error[LOADBALANCE_ERROR_MAX];
	char text[DURATION_TEXT_MAX];
	int rc = load(state, error);

	if (rc < 0 && (rc != RT_ESYS || reload == 0)) {
		rt_instance_error(state->in, "%s", error);
		return false;
	}
	if (rc < 0) {
		duration_format((int64_t)reload, text);
		rt_plugin_log("loadbalance", RT_LOG_WARNING,
			      "Failed to open weight file:%s. Will try again in %s", error, text);
	}
	if (reload > 0 && rt_service_timer(state->in, reload, on_timer, state) == NULL) {
		rt_instance_error(state->in, "out of memory");
		return false;
	}
	return true;
}

struct loadbalance_state *
loadbalance_start(const struct loadbalance_config *config, struct rt_instance *in)
{
	unsigned nworkers = rt_instance_nworkers(in);
	struct loadbalance_state *state = calloc(1, sizeof(*state));

	if (state != NULL)
		state->workers = aligned_alloc(64, nworkers * sizeof(*state->workers));
	if (state == NULL || state->workers == NULL) {
		rt_instance_error(in, "out of memory");
		free(state);
		return NULL;
	}
	state->config = config;
	state->in = in;
	for (unsigned i = 0; i < nworkers; i++)
		state->workers[i].random = random_u64();
	if (config->policy == LOADBALANCE_WEIGHTED && !start_weights(state)) {
		loadbalance_stop(state);
		return NULL;
	}
	return state;
}

void
loadbalance_stop(struct loadbalance_state *state)
{
	if (state == NULL)
		return;
	loadbalance_weights_free(state->weights);
	free(state->workers);
	free(state);
}
