/*
 * toolchain.h - the C compiler and the runtime that a server is built with.
 *
 * Both are described by one folder, `lib/corefilec`: the runtime's archives, its headers in
 * include/, and toolchain.conf, lines of `key = value` written when corefilec was configured (cc,
 * cflags, ldflags, lto, no_lto, libs, static_libs).  It is looked for in COREFILEC_RUNTIME, next to the program
 * (../lib/corefilec when installed, stage/lib/corefilec in a build tree).
 *
 * Programs are run without a shell.  Errors are reported to the compilation (no place).
 */
#ifndef COMPILER_TOOLCHAIN_H
#define COMPILER_TOOLCHAIN_H

#include <stdbool.h>
#include <stddef.h>

struct cfc;

struct cfc_toolchain {
	const char *dir; /* lib/corefilec, absolute */
	/* Words as given in toolchain.conf; CC in the environment replaces cc. */
	const char *cc, *cflags, *ldflags, *lto, *no_lto, *libs, *static_libs;
};

/* Finds and reads it.  false: reported (CF9001). */
bool cfc_toolchain_find(struct cfc *c, struct cfc_toolchain *tc);

struct cfc_link_options {
	bool release;             /* link-time optimisation, no symbols */
	bool is_static;           /* one file that needs nothing else */
	const char *libs;         /* of the plugins in use, beyond the runtime's */
	const char *seed;         /* for names that the compiler makes up: same input, same bytes */
	const char *const *extra; /* further sources or objects, NULL at the end; may be NULL */
	const char *const *include; /* further -I folders, NULL at the end; may be NULL */
};

/*
 * Compiles source (a name in folder dir, where cc is run) into the program `output` (absolute, or
 * relative to dir).  false: reported, as CF9002 (no compiler) or CF9003 with the compiler's
 * messages, which are a fault of corefilec, or of what is in `extra`.
 */
bool cfc_toolchain_build(struct cfc *c, const struct cfc_toolchain *tc, const char *dir,
			 const char *source, const char *output,
			 const struct cfc_link_options *options);

/* Compiles one file into a shared object for this process (an out-of-tree plugin's set-up half). */
bool cfc_toolchain_shared(struct cfc *c, const struct cfc_toolchain *tc, const char *source,
			  const char *output);

#endif
