/*
 * log.h - the contract between the halves of the log plugin.
 *
 * A format is cut into pieces by the compiler, so that nothing is parsed while serving.
 */
#ifndef LOG_H
#define LOG_H

#include <stdint.h>

#include "rt_config.h"

struct log_state;
struct rt_query;

/* X(symbol, placeholder) */
#define LOG_FIELDS(X)                                                                              \
	X(TYPE, "{type}")                                                                          \
	X(NAME, "{name}")                                                                          \
	X(CLASS, "{class}")                                                                        \
	X(PROTO, "{proto}")                                                                        \
	X(REMOTE, "{remote}")                                                                      \
	X(LOCAL, "{local}")                                                                        \
	X(SIZE, "{size}")                                                                          \
	X(PORT, "{port}")                                                                          \
	X(DURATION, "{duration}")                                                                  \
	X(RCODE, "{rcode}")                                                                        \
	X(RSIZE, "{rsize}")                                                                        \
	X(RFLAGS, "{>rflags}")                                                                     \
	X(BUFSIZE, "{>bufsize}")                                                                   \
	X(DO, "{>do}")                                                                             \
	X(ID, "{>id}")                                                                             \
	X(OPCODE, "{>opcode}")                                                                     \
	X(META_CLASS, "{/log/class}")                                                              \
	X(META_TYPE, "{/log/type}")

enum log_field {
	LOG_TEXT, /* the piece's text as it is */
#define X(symbol, placeholder) LOG_##symbol,
	LOG_FIELDS(X)
#undef X
		LOG_METADATA, /* "-": no plugin that is served provides it; the text is its placeholder */
};

struct log_piece {
	int field;        /* enum log_field */
	const char *text; /* of LOG_TEXT and LOG_METADATA, else NULL */
};

struct log_pieces {
	const struct log_piece *v;
	unsigned n;
};

/* Classes of answers, as bits. */
#define LOG_ALL     (1u << 0)
#define LOG_SUCCESS (1u << 1)
#define LOG_DENIAL  (1u << 2)
#define LOG_ERROR   (1u << 3)

/* The first rule whose name matches decides. */
struct log_rule {
	struct rt_name name;
	uint32_t classes; /* LOG_... */
	struct log_pieces format;
};

struct log_rules {
	const struct log_rule *v;
	unsigned n;
};

struct log_config {
	struct log_rules rules;
	uint32_t classes; /* LOG_..., of any rule */
};

void log_reply(const struct log_config *, struct log_state *, struct rt_query *);

#endif
