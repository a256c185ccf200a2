/*
 * stacktrace.c - the stack of the calling thread, into the log.
 */
#include "config.h"

#include "stacktrace.h"

#include <stdlib.h>
#ifdef HAVE_EXECINFO_H
#include <execinfo.h>
#endif

#include "rt.h"

#define FRAMES_MAX 64

void
stacktrace_log(void)
{
#ifdef HAVE_EXECINFO_H
	void *frames[FRAMES_MAX];
	int n = backtrace(frames, FRAMES_MAX);
	char **texts = backtrace_symbols(frames, n);

	if (texts == NULL)
		return;
	for (int i = 1; i < n; i++) /* without this function */
		rt_log(RT_LOG_ERROR, "\t%s", texts[i]);
	free(texts);
#endif
}
