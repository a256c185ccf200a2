/*
 * Memory of queries: objects on the heap, reply buffers, and what plugins allocate for a query.
 */
#include "config.h"

#include "query_memory.h"

#include <stdlib.h>
#include <string.h>

#include "dns/message.h"
#include "query.h"
#include "rt_gen.h"
#include "worker.h"

/* The buffer that a query on the heap is born with; most replies fit. */
#define HEAP_LEN 512u

/* Kept for reuse per worker, at most. */
#define SPARE_QUERIES 1024u
#define SPARE_CHUNKS  256u
#define SPARE_SMALL   64u
#define SPARE_LARGE   16u

#define SMALL_LEN 4096u
#define LARGE_LEN 65536u
#define CHUNK_LEN 2048u

/* What one query may allocate; a bound, not a plan. */
#define QUERY_ALLOC_MAX (1u << 20)

struct heap_query {
	struct rt_query q; /* first */
	uint8_t wire[HEAP_LEN + QUERY_ECHO_LEN];
};

struct rt_query_chunk {
	struct rt_query_chunk *next;
	size_t used;  /* octets of data handed out */
	size_t size;  /* octets of data */
	size_t total; /* of this and all chunks behind it */
	_Alignas(16) unsigned char data[];
};

#define CHUNK_DATA (CHUNK_LEN - sizeof(struct rt_query_chunk))

/* ---- free lists of raw memory ---- */

static void *
spare_get(struct worker_spare **list, unsigned *n, size_t size)
{
	struct worker_spare *s = *list;

	if (s == NULL)
		return malloc(size);
	*list = s->next;
	--*n;
	return s;
}

static void
spare_put(struct worker_spare **list, unsigned *n, unsigned max, void *p)
{
	struct worker_spare *s = p;

	/* Under the address sanitizer nothing is reused, so that late uses are seen. */
	if (RT_ASAN || *n >= max) {
		free(p);
		return;
	}
	s->next = *list;
	*list = s;
	++*n;
}

static void
spare_release(struct worker_spare **list, unsigned *n)
{
	while (*list != NULL) {
		struct worker_spare *s = *list;

		*list = s->next;
		free(s);
	}
	*n = 0;
}

/* ---- reply buffers ---- */

uint8_t *
query_large_get(struct rt_worker *w)
{
	return spare_get(&w->free_large, &w->nfree_large, LARGE_LEN + QUERY_ECHO_LEN);
}

static void
buffer_put(struct rt_worker *w, uint8_t kind, uint8_t *p)
{
	if (kind == QUERY_BUFFER_SMALL)
		spare_put(&w->free_small, &w->nfree_small, SPARE_SMALL, p);
	else if (kind == QUERY_BUFFER_LARGE)
		spare_put(&w->free_large, &w->nfree_large, SPARE_LARGE, p);
}

bool
query_grow(struct dns_writer *writer, size_t need)
{
	struct rt_query *q = writer->user;
	struct rt_worker *w = q->worker;
	bool small = need <= SMALL_LEN && writer->cap < SMALL_LEN;
	uint8_t *p;

	if (need > DNS_MESSAGE_MAX)
		return false;
	if (small)
		p = spare_get(&w->free_small, &w->nfree_small, SMALL_LEN);
	else
		p = query_large_get(w);
	if (p == NULL)
		return false;
	memcpy(p, writer->wire, writer->len);
	buffer_put(w, q->buffer, writer->wire);
	q->buffer = small ? QUERY_BUFFER_SMALL : QUERY_BUFFER_LARGE;
	q->held = true;
	writer->wire = p;
	writer->cap = small ? SMALL_LEN : DNS_MESSAGE_MAX;
	return true;
}

/* ---- allocations ---- */

static void
chunks_free(struct rt_worker *w, struct rt_query_chunk *c)
{
	while (c != NULL) {
		struct rt_query_chunk *next = c->next;

		if (c->size == CHUNK_DATA)
			spare_put(&w->free_chunks, &w->nfree_chunks, SPARE_CHUNKS, c);
		else
			free(c);
		c = next;
	}
}

static struct rt_query_chunk *
chunk_new(struct rt_query *q, size_t size)
{
	struct rt_worker *w = q->worker;
	size_t total = q->chunks != NULL ? q->chunks->total : 0;
	struct rt_query_chunk *c;

	/* The last chunk may reach beyond the bound. */
	if (total >= QUERY_ALLOC_MAX || size > QUERY_ALLOC_MAX - total)
		return NULL;
	if (size <= CHUNK_DATA) {
		size = CHUNK_DATA;
		c = spare_get(&w->free_chunks, &w->nfree_chunks, CHUNK_LEN);
	} else {
		c = malloc(sizeof(*c) + size);
	}
	if (c == NULL)
		return NULL;
	c->next = q->chunks;
	c->used = 0;
	c->size = size;
	c->total = total + size;
	q->chunks = c;
	q->held = true;
	return c;
}

void *
rt_query_alloc(struct rt_query *q, size_t size)
{
	struct rt_query_chunk *c = q->chunks;
	void *p;

	if (size > QUERY_ALLOC_MAX)
		return NULL;
	size = (size + 15) & ~(size_t)15;
	if (c == NULL || c->size - c->used < size) {
		c = chunk_new(q, size);
		if (c == NULL)
			return NULL;
	}
	p = c->data + c->used;
	c->used += size;
	return p;
}

void **
rt_query_slot(struct rt_query *q, unsigned step)
{
	unsigned n = q->site->block->nsteps;

	if (step >= n)
		return NULL;
	if (q->slots == NULL) {
		void **slots = rt_query_alloc(q, n * sizeof(void *));

		if (slots == NULL)
			return NULL;
		memset(slots, 0, n * sizeof(void *));
		q->slots = slots;
	}
	return &q->slots[step];
}

/* ---- queries ---- */

static void
link_query(struct rt_worker *w, struct rt_query *q)
{
	q->prev = NULL;
	q->next = w->suspended;
	if (q->next != NULL)
		q->next->prev = q;
	w->suspended = q;
	w->nsuspended++;
}

static void
unlink_query(struct rt_worker *w, struct rt_query *q)
{
	if (q->prev != NULL)
		q->prev->next = q->next;
	else
		w->suspended = q->next;
	if (q->next != NULL)
		q->next->prev = q->prev;
	w->nsuspended--;
}

/* Memory for a query, in the list of those in use; nothing else of it is set. */
static struct heap_query *
heap_get(struct rt_worker *w)
{
	struct heap_query *h;

	if (w->nsuspended >= WORKER_SUSPENDED_MAX)
		return NULL;
	if (w->free_queries != NULL) {
		struct rt_query *q = w->free_queries;

		w->free_queries = q->next;
		w->nfree_queries--;
		return RT_CONTAINER_OF(q, struct heap_query, q);
	}
	h = aligned_alloc(_Alignof(struct heap_query), sizeof(*h));
	return h;
}

struct rt_query *
query_new(struct rt_worker *w)
{
	struct heap_query *h = heap_get(w);
	struct rt_query *q;

	if (h == NULL)
		return NULL;
	q = &h->q;
	memset(q, 0, sizeof(*q));
	q->worker = w;
	q->reply.wire = h->wire;
	q->reply.cap = HEAP_LEN;
	q->reply.grow = query_grow;
	q->reply.user = q;
	link_query(w, q);
	return q;
}

void
query_slot_init(struct rt_query *q, struct rt_worker *w, enum rt_proto proto)
{
	memset(q, 0, sizeof(*q));
	q->worker = w;
	q->proto = (uint8_t)proto;
	q->reply.grow = query_grow;
	q->reply.user = q;
}

struct rt_query *
query_move(struct rt_query *q)
{
	struct heap_query *h = heap_get(q->worker);
	size_t len = q->reply.len;
	uint8_t *small = NULL;

	if (h == NULL)
		return NULL;
	/* Rare: more than fits behind the query was written before it suspended. */
	if (q->buffer == QUERY_BUFFER_SLOT && len > HEAP_LEN) {
		small = spare_get(&q->worker->free_small, &q->worker->nfree_small, SMALL_LEN);
		if (small == NULL) {
			free(h);
			return NULL;
		}
	}
	h->q = *q;
	h->q.reply.user = &h->q;
	if (small != NULL) {
		memcpy(small, q->reply.wire, len);
		h->q.reply.wire = small;
		h->q.reply.cap = SMALL_LEN;
		h->q.buffer = QUERY_BUFFER_SMALL;
		h->q.held = true;
	} else if (q->buffer == QUERY_BUFFER_SLOT) {
		memcpy(h->wire, q->reply.wire, len);
		h->q.reply.wire = h->wire;
		h->q.reply.cap = HEAP_LEN;
	}
	/* Longer ones were allocated for the query, and stay where they are. */
	if (q->options_len != 0 && q->options_len <= QUERY_ECHO_LEN) {
		memcpy(h->wire + HEAP_LEN, q->options, q->options_len);
		h->q.options = h->wire + HEAP_LEN;
		if (q->echo == q->options)
			h->q.echo = h->q.options;
	}
	/* held stays: the slot may have lost its buffer. */
	q->buffer = QUERY_BUFFER_SLOT;
	q->chunks = NULL;
	q->slots = NULL;
	q->sub = NULL;
	link_query(h->q.worker, &h->q);
	return &h->q;
}

void
query_clean_slow(struct rt_query *q)
{
	if (q->buffer != QUERY_BUFFER_SLOT)
		buffer_put(q->worker, q->buffer, q->reply.wire);
	q->buffer = QUERY_BUFFER_SLOT;
	chunks_free(q->worker, q->chunks);
	q->chunks = NULL;
	q->slots = NULL;
	if (q->sub != NULL)
		query_free(q->sub);
	q->sub = NULL;
	q->held = false;
}

void
query_free(struct rt_query *q)
{
	struct rt_worker *w = q->worker;

	query_clean(q);
	unlink_query(w, q);
	if (RT_ASAN || w->nfree_queries >= SPARE_QUERIES) {
		free(RT_CONTAINER_OF(q, struct heap_query, q));
		return;
	}
	q->next = w->free_queries;
	w->free_queries = q;
	w->nfree_queries++;
}

void
query_worker_release(struct rt_worker *w)
{
	/* Finished sub-queries hang on their parents: let go of them first, all are in the list. */
	for (struct rt_query *q = w->suspended; q != NULL; q = q->next) {
		q->sub = NULL;
		if (q->conn != NULL)
			tcp_forget(q);
	}
	while (w->suspended != NULL)
		query_free(w->suspended);
	while (w->free_queries != NULL) {
		struct rt_query *q = w->free_queries;

		w->free_queries = q->next;
		free(RT_CONTAINER_OF(q, struct heap_query, q));
	}
	w->nfree_queries = 0;
	spare_release(&w->free_chunks, &w->nfree_chunks);
	spare_release(&w->free_small, &w->nfree_small);
	spare_release(&w->free_large, &w->nfree_large);
}
