/*
 * Unified diffs of small texts, by the algorithm of Myers ("An O(ND) Difference Algorithm", 1986).
 */
#include "config.h"

#include "compiler/syntax/fmt.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/xalloc.h"

#define CONTEXT   3u
#define EDITS_MAX 1000 /* beyond it the texts are shown as wholly different */

struct line {
	const char *text;
	size_t len; /* with its line feed */
};

struct lines {
	struct line *list;
	size_t count;
};

/* What happens at one step through both texts. */
enum step {
	STEP_KEEP,
	STEP_DELETE,
	STEP_INSERT,
};

struct script {
	enum step *steps;
	size_t count;
};

static struct lines
split(struct cfc *c, const char *text, size_t len)
{
	struct lines l = { .list = NULL };
	size_t room = 0;

	while (len > 0) {
		const char *eol = memchr(text, '\n', len);
		size_t n = eol == NULL ? len : (size_t)(eol - text) + 1;
		l.list = cfc_grow(c, l.list, l.count, &room, sizeof(l.list[0]));
		l.list[l.count++] = (struct line){ .text = text, .len = n };
		text += n;
		len -= n;
	}
	return l;
}

static bool
same_line(const struct line *a, const struct line *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/*
 * The furthest x on each diagonal k = x - y for every number of edits d; row d has 2d + 1 places.
 * Returns the number of edits, or -1 if it is above EDITS_MAX.
 */
static int
search(const struct line *a, int n, const struct line *b, int m, int *rows[EDITS_MAX + 1])
{
	for (int d = 0; d <= EDITS_MAX; d++) {
		rows[d] = xcalloc((size_t)(2 * d + 1), sizeof(rows[0][0]));
		for (int k = -d; k <= d; k += 2) {
			const int *prev = d == 0 ? NULL : rows[d - 1] + (d - 1);
			int x = 0;
			if (d > 0 && (k == -d || (k != d && prev[k - 1] < prev[k + 1])))
				x = prev[k + 1];
			else if (d > 0)
				x = prev[k - 1] + 1;
			while (x < n && x - k < m && same_line(&a[x], &b[x - k]))
				x++;
			rows[d][k + d] = x;
			if (x >= n && x - k >= m)
				return d;
		}
	}
	return -1;
}

static void
put_step(struct script *s, enum step step)
{
	s->steps[s->count++] = step;
}

/* Walk the rows back from the end; the steps come out last first. */
static void
trace(int n, int m, int d, int *const rows[EDITS_MAX + 1], struct script *s)
{
	int x = n;
	int y = m;

	for (; d > 0; d--) {
		const int *prev = rows[d - 1] + (d - 1);
		int k = x - y;
		bool down = k == -d || (k != d && prev[k - 1] < prev[k + 1]);
		int from_x = down ? prev[k + 1] : prev[k - 1];
		int from_y = from_x - (down ? k + 1 : k - 1);
		while (x > from_x + (down ? 0 : 1) && y > from_y + (down ? 1 : 0)) {
			put_step(s, STEP_KEEP);
			x--;
			y--;
		}
		put_step(s, down ? STEP_INSERT : STEP_DELETE);
		x = from_x;
		y = from_y;
	}
	for (; x > 0; x--)
		put_step(s, STEP_KEEP);
}

static struct script
compare(struct cfc *c, const struct lines *a, const struct lines *b)
{
	int **rows = xcalloc(EDITS_MAX + 1, sizeof(rows[0]));
	struct script s = { .steps = cfc_array(c, a->count + b->count + 1, sizeof(s.steps[0])) };
	int d = search(a->list, (int)a->count, b->list, (int)b->count, rows);

	if (d < 0) {
		for (size_t i = 0; i < b->count; i++)
			put_step(&s, STEP_INSERT);
		for (size_t i = 0; i < a->count; i++)
			put_step(&s, STEP_DELETE);
	} else {
		trace((int)a->count, (int)b->count, d, rows, &s);
	}
	for (size_t i = 0; i < s.count / 2; i++) {
		enum step t = s.steps[i];
		s.steps[i] = s.steps[s.count - 1 - i];
		s.steps[s.count - 1 - i] = t;
	}
	for (int i = 0; i <= EDITS_MAX; i++)
		free(rows[i]);
	free(rows);
	return s;
}

static void
put_line(struct buf *out, char mark, const struct line *l)
{
	buf_putc(out, mark);
	buf_add(out, l->text, l->len);
	if (l->text[l->len - 1] != '\n')
		buf_puts(out, "\n\\ No newline at end of file\n");
}

/* The end of the hunk that begins at step i: up to where only kept lines follow. */
static size_t
hunk_end(const struct script *s, size_t i)
{
	size_t last = i;

	for (; i < s->count && i <= last + 2 * CONTEXT + 1; i++)
		if (s->steps[i] != STEP_KEEP)
			last = i;
	size_t end = last + CONTEXT + 1;
	return end < s->count ? end : s->count;
}

static void
put_range(struct buf *out, char mark, size_t start, size_t count)
{
	buf_printf(out, "%c%zu", mark, count == 0 ? start : start + 1);
	if (count != 1)
		buf_printf(out, ",%zu", count);
}

static void
put_hunk(struct buf *out, const struct script *s, size_t from, size_t to, const struct line *a,
	 size_t x, const struct line *b, size_t y)
{
	size_t olds = 0;
	size_t news = 0;

	for (size_t i = from; i < to; i++) {
		olds += s->steps[i] != STEP_INSERT;
		news += s->steps[i] != STEP_DELETE;
	}
	buf_puts(out, "@@ ");
	put_range(out, '-', x, olds);
	buf_putc(out, ' ');
	put_range(out, '+', y, news);
	buf_puts(out, " @@\n");
	for (size_t i = from; i < to; i++) {
		switch (s->steps[i]) {
		case STEP_KEEP:
			put_line(out, ' ', &a[x++]);
			y++;
			break;
		case STEP_DELETE:
			put_line(out, '-', &a[x++]);
			break;
		case STEP_INSERT:
			put_line(out, '+', &b[y++]);
			break;
		}
	}
}

static void
put_hunks(struct buf *out, const struct script *s, const struct line *a, const struct line *b)
{
	size_t done = 0; /* steps before here are printed or passed over */
	size_t x = 0;
	size_t y = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (s->steps[i] == STEP_KEEP)
			continue;
		size_t from = i - done > CONTEXT ? i - CONTEXT : done;
		size_t to = hunk_end(s, i);
		x += from - done;
		y += from - done;
		put_hunk(out, s, from, to, a, x, b, y);
		for (size_t k = from; k < to; k++) {
			x += s->steps[k] != STEP_INSERT;
			y += s->steps[k] != STEP_DELETE;
		}
		done = to;
		i = to - 1;
	}
}

const char *
cfc_diff(struct cfc *c, const char *path, const char *old, size_t oldlen, const char *new,
	 size_t newlen)
{
	struct lines a = split(c, old, oldlen);
	struct lines b = split(c, new, newlen);
	struct buf out;

	if (oldlen == newlen && memcmp(old, new, oldlen) == 0)
		return "";
	struct script s = compare(c, &a, &b);
	buf_init(&out, (oldlen + newlen) * 2 + 4096 + 64 * (a.count + b.count));
	buf_printf(&out, "--- %s\n+++ %s (new)\n", path, path);
	put_hunks(&out, &s, a.list, b.list);
	const char *text = arena_strdup(c->arena, buf_cstr(&out));
	buf_release(&out);
	return text;
}

struct cfc_changes
cfc_diff_changes(struct cfc *c, const char *old, size_t oldlen, const char *new, size_t newlen)
{
	struct lines a = split(c, old, oldlen);
	struct lines b = split(c, new, newlen);
	struct script s = compare(c, &a, &b);
	struct cfc_changes out = { .list = NULL };
	struct cfc_change now = { .offset = 0, .text = new };
	size_t room = 0;
	size_t x = 0;
	size_t y = 0;

	for (size_t i = 0; i <= s.count; i++) {
		if (i == s.count || s.steps[i] == STEP_KEEP) {
			if (now.length > 0 || now.len > 0) {
				out.list = cfc_grow(c, out.list, out.count, &room,
						    sizeof(out.list[0]));
				out.list[out.count++] = now;
			}
			if (i == s.count)
				break;
			now.offset += now.length + a.list[x++].len;
			now.text += now.len + b.list[y++].len;
			now.length = now.len = 0;
		} else if (s.steps[i] == STEP_DELETE) {
			now.length += a.list[x++].len;
		} else {
			now.len += b.list[y++].len;
		}
	}
	return out;
}
