/*
 * Error codes of the base library, the DNS library and the runtime.
 *
 * A function that can fail for a reason the caller may care about returns 0 or
 * one of these negative codes and is marked RT_MUST_CHECK.  The codes and their
 * texts are one table, RT_ERRORS; a text is lower case without full stop, so
 * that it can end a message: "cannot read 'x': file is too large".
 *
 *	int rc = fs_read(&file, path, limit, 0);
 *	if (rc < 0)
 *		return fail("cannot read '%s': %s", path, rt_strerror(rc));
 *
 * Thread-safe: constants only.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/compiler.h"

/* X(symbol, value, text) */
#define RT_ERRORS(X)                                                                               \
	X(RT_OK, 0, "success")                                                                     \
	X(RT_ENOMEM, -1, "out of memory")                                                          \
	X(RT_EINVAL, -2, "invalid argument")                                                       \
	X(RT_ESYNTAX, -3, "invalid syntax")                                                        \
	X(RT_ERANGE, -4, "value out of range")                                                     \
	X(RT_ENOSPC, -5, "no space left in the buffer")                                            \
	X(RT_ELIMIT, -6, "limit exceeded")                                                         \
	X(RT_ENOENT, -7, "not found")                                                              \
	X(RT_EEXIST, -8, "already exists")                                                         \
	X(RT_ESYS, -9, "system call failed")                                                       \
	X(RT_EKIND, -10, "not a regular file")                                                     \
	X(RT_ETOOBIG, -11, "file is too large")                                                    \
	X(RT_EEOF, -12, "unexpected end of data")                                                  \
	X(RT_ENODEV, -13, "no such network interface")                                             \
	X(RT_EFORMAT, -14, "malformed DNS message")                                                \
	X(RT_ENAMELEN, -15, "name is longer than 255 octets")                                      \
	X(RT_ELABELLEN, -16, "label is longer than 63 octets")                                     \
	X(RT_ELABELEMPTY, -17, "empty label in name")                                              \
	X(RT_EESCAPE, -18, "bad escape in name or string")                                         \
	X(RT_EPOINTER, -19, "bad compression pointer")                                             \
	X(RT_ERDATA, -20, "malformed record data")                                                 \
	X(RT_EORDER, -21, "record added to an earlier section")                                    \
	X(RT_ETIMEOUT, -22, "timed out")                                                           \
	X(RT_ECLOSED, -23, "connection closed")                                                    \
	X(RT_EREFUSED, -24, "refused")                                                             \
	X(RT_EBUSY, -25, "busy")                                                                   \
	X(RT_ETLS, -26, "TLS failure")                                                             \
	X(RT_EPROTO, -27, "protocol error")                                                        \
	X(RT_ENOTSUP, -28, "not supported")                                                        \
	X(RT_ECANCELED, -29, "canceled")                                                           \
	X(RT_EAGAIN, -30, "not ready yet")

enum rt_error {
#define X(symbol, value, text) symbol = (value),
	RT_ERRORS(X)
#undef X
};

/*
 * The text of a code; never NULL.  A code outside the table gives "unknown
 * error", so that a wrong value cannot crash a log line.
 */
const char *rt_strerror(int code) RT_CONST RT_RETURNS_NONNULL;

#endif
