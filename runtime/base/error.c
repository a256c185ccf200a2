/*
 * The texts of the error codes.
 */
#include "config.h"

#include "base/error.h"

#include "base/compiler.h"

const char *
rt_strerror(int code)
{
	switch (code) {
#define X(symbol, value, text)                                                                     \
	case (value):                                                                              \
		return (text);
		RT_ERRORS(X)
#undef X
	}
	return "unknown error";
}
