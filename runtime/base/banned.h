/*
 * Functions that do not compile in this project.
 *
 * Each of them writes without knowing the size of its target, keeps hidden
 * state, or cannot report an error.  What to use:
 *
 *	strcpy strcat sprintf strncpy	base/buf.h, snprintf, memcpy with a length
 *	strtok				base/num.h and explicit pointer + length
 *	atoi				num_parse_int
 *	gets				fs_read, fgets
 *	ctime				strftime on a struct tm
 *
 * The headers that declare them are included first, because an identifier that is
 * poisoned may not even be declared afterwards.  Included by base/compiler.h; no
 * .c includes this file itself.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef strtok
#undef atoi
#undef atol
#undef gets
#undef ctime
#undef asctime

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf
#pragma GCC poison strtok atoi atol gets ctime asctime

#endif
