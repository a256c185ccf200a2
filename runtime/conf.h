/*
 * conf.h - the Corefile named on the command line against the one compiled in.  For the server's
 * own files.
 */
#ifndef RT_CONF_H
#define RT_CONF_H

#include "base/compiler.h"

struct buf;
struct rt_program;

/*
 * Reads the file at path ("stdin": standard input).  0 when it is the program's Corefile, byte for
 * byte; else a code after lines in *problems that name the first line that differs.
 */
int conf_compare(const struct rt_program *program, const char *path,
		 struct buf *problems) RT_MUST_CHECK;

#endif
