/*
 * What we ask of the C compiler, under names of our own.
 *
 * Every .c of the project includes this header, directly or through one of
 * ours, after the system headers it needs.  It holds attribute macros, small
 * compile-time helpers and, through banned.h, the list of functions that do not
 * compile here.  It needs no configuration: gcc and clang are told apart where
 * they differ.  There is nothing to call and no state.
 */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

#include <stddef.h>

/* Fall through to the next case on purpose.  A comment is rejected by clang. */
#define RT_FALLTHROUGH __attribute__((fallthrough))

/* The caller must look at the returned value (rule 19 of the style). */
#define RT_MUST_CHECK __attribute__((warn_unused_result))

/* Argument FMT (from 1) is a printf format, its values start at argument ARGS. */
#define RT_PRINTF(FMT, ARGS) __attribute__((format(printf, FMT, ARGS)))

/* Hints for the layout of code on hot paths; never change the meaning. */
#define RT_LIKELY(x)   __builtin_expect(!!(x), 1)
#define RT_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Asks the CPU for the cache line of an address, which need not be a good one. */
#define RT_PREFETCH(p) __builtin_prefetch(p)

#define RT_NORETURN        __attribute__((noreturn))
#define RT_UNUSED          __attribute__((unused))
#define RT_PURE            __attribute__((pure))
#define RT_CONST           __attribute__((const))
#define RT_COLD            __attribute__((cold))
#define RT_NOINLINE        __attribute__((noinline))
#define RT_ALWAYS_INLINE   inline __attribute__((always_inline))
#define RT_ALIGNED(BYTES)  __attribute__((aligned(BYTES)))
#define RT_RETURNS_NONNULL __attribute__((returns_nonnull))

/* Number of elements of an array; does not compile for a pointer. */
#define ARRAY_SIZE(a)                                                                              \
	(sizeof(a) / sizeof((a)[0]) +                                                              \
	 0 * sizeof(char[1 -                                                                       \
			 2 * __builtin_types_compatible_p(__typeof__(a), __typeof__(&(a)[0]))]))

/* A condition the compiler checks; usable in and outside of functions. */
#define RT_STATIC_ASSERT(cond, text) _Static_assert(cond, text)

/* The structure that holds MEMBER at address PTR. */
#define RT_CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* Set where the address sanitizer is compiled in (gcc and clang spell it apart). */
#if defined(__SANITIZE_ADDRESS__)
#define RT_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RT_ASAN 1
#endif
#endif
#ifndef RT_ASAN
#define RT_ASAN 0
#endif

#include "base/banned.h"

#endif
