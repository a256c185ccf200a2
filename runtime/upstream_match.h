/*
 * upstream_match.h - whether a message answers the question that was sent.
 *
 * The first line of defence against forged answers (RFC 5452 §9.1): the socket is connected, so the
 * address and ports are right already; here the rest is looked at.  Pure functions.
 */
#ifndef RT_UPSTREAM_MATCH_H
#define RT_UPSTREAM_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/*
 * request: a message that we made, one question and possibly an OPT.  answer: anything.  True when
 * the answer has QR set, the same id and opcode, and exactly our question: the name without
 * regard to case, type and class.  An error without question and records is an answer as well (a
 * server that could not read the question has none to repeat); NOERROR and NXDOMAIN are not
 * believed without it.
 */
bool upstream_match(const uint8_t *request, size_t request_len, const uint8_t *answer,
		    size_t answer_len);

/* Whether a matching answer is such an error without question. */
bool upstream_answer_is_bare(const uint8_t *answer);

#endif
