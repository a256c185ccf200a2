/*
 * stream_tree.c - the words of a directive, as its plugin takes them.
 *
 * A plugin of CoreDNS is handed all words that any directive of its name has in the server block, and
 * nearly every one takes them so: a word is a directive, whatever it says; the rest of its line up to
 * a '{' are arguments; a '{' there opens a block, in which each word begins an option that has the rest
 * of its line up to a '{'.  A '}' ends the block where an option would begin, and nowhere else.  The
 * word after it is a directive again.
 */
#include "config.h"

#include "compiler/syntax/stream.h"

struct taker {
	struct cfc *c;
	const struct stream_words *words;
	size_t at;                /* of the next word */
	struct cfc_token *tokens; /* those of the words, in one piece */
};

/* The next word, if it stands on the line of the one before it. */
static const struct stream_word *
on_line(const struct taker *t)
{
	const struct stream_word *w = &t->words->list[t->at];

	return t->at < t->words->count && stream_same_line(w - 1, w) ? w : NULL;
}

/* The rest of the line up to a '{'. */
static size_t
take_rest(struct taker *t, struct cfc_token **first)
{
	size_t start = t->at;
	const struct stream_word *w;

	*first = t->tokens + start;
	while ((w = on_line(t)) != NULL && !stream_is(w, "{"))
		t->at++;
	return t->at - start;
}

static void
take_block(struct taker *t, struct cfc_directive *d)
{
	size_t room = 0;

	d->has_block = true;
	d->open = t->tokens[t->at++].span;
	d->close = d->open;
	for (; t->at < t->words->count; d->nlines++) {
		struct cfc_line line = { .tokens = t->tokens + t->at };
		struct cfc_token *rest;

		if (stream_is(&t->words->list[t->at++], "}")) {
			d->close = line.tokens[0].span;
			return;
		}
		line.ntokens = take_rest(t, &rest) + 1;
		d->lines = cfc_grow(t->c, d->lines, d->nlines, &room, sizeof(line));
		d->lines[d->nlines] = line;
	}
}

void
stream_take(struct cfc *c, const struct stream_directive *d, struct cfc_server *server,
	    size_t *room)
{
	struct taker t = { .c = c, .words = &d->words };

	t.tokens = cfc_array(c, d->words.count, sizeof(t.tokens[0]));
	for (size_t i = 0; i < d->words.count; i++)
		t.tokens[i] = d->words.list[i].token;
	while (t.at < d->words.count) {
		struct cfc_directive one = { .name = t.tokens[t.at++] };
		const struct stream_word *open;

		one.name.text = d->name;
		one.name.len = strlen(d->name);
		one.nargs = take_rest(&t, &one.args);
		open = on_line(&t);
		if (open != NULL)
			take_block(&t, &one);
		server->directives =
			cfc_grow(c, server->directives, server->ndirectives, room, sizeof(one));
		server->directives[server->ndirectives++] = one;
	}
}
