/*
 * The breakpoint hook of rt_gen.h, for generated code that is compiled with RT_TRACE_STEPS.
 */
#include "config.h"

#define RT_TRACE_STEPS
#include "rt_gen.h"

RT_NOINLINE void
rt_trace_step(struct rt_query *q, unsigned step)
{
	/* Keeps the call, and both arguments visible, at every optimisation. */
	__asm__ volatile("" : : "r"(q), "r"(step) : "memory");
}
