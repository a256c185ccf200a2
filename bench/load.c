/*
 * load.c - the load generator's command line, questions and report.
 */
#include "config.h"

#include "bench/load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dns/name.h"
#include "dns/types.h"

#define LINE_MAX_LEN 1200

uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- latency: buckets of 1/64 of a power of two, from 1 µs ---- */

static unsigned
latency_bucket(uint64_t ns)
{
	uint64_t v = ns / 16;

	if (v < 64)
		return (unsigned)v;
	unsigned shift = 63u - (unsigned)__builtin_clzll(v) - 6;
	unsigned b = (shift + 1) * 64 + (unsigned)((v >> shift) & 63);
	return b < LOAD_BUCKETS ? b : LOAD_BUCKETS - 1;
}

static double
bucket_us(unsigned b)
{
	if (b < 64)
		return b * 16 / 1000.0;
	return ldexp(64 + b % 64, (int)(b / 64) - 1) * 16 / 1000.0;
}

static double
percentile(const struct load_result *r, double p)
{
	uint64_t want = (uint64_t)(p * (double)(r->answered + r->lost)), seen = 0;

	for (unsigned b = 0; b < LOAD_BUCKETS; b++) {
		seen += r->latency[b];
		if (seen > want)
			return bucket_us(b);
	}
	return bucket_us(LOAD_BUCKETS - 1);
}

/* ---- questions ---- */

uint32_t
load_next(struct load *l)
{
	if (l->o.random) {
		l->seed = l->seed * 6364136223846793005u + 1442695040888963407u;
		return (uint32_t)(((l->seed >> 32) * l->nquestions) >> 32);
	}
	uint32_t i = l->next++;
	if (l->next == l->nquestions)
		l->next = 0;
	return i;
}

bool
load_going_on(const struct load *l, uint64_t start, uint64_t now)
{
	if (l->o.queries != 0)
		return l->r.sent < l->o.queries;
	return (double)(now - start) < l->o.seconds * 1e9;
}

bool
load_judge(struct load *l, const struct question *q, const uint8_t *reply, size_t len,
	   uint64_t took_ns)
{
	size_t qlen = q->qlen;

	if (len < 12 + qlen || (reply[2] & 0x80) == 0 ||
	    memcmp(reply + 12, q->wire + 12, qlen) != 0)
		return false;
	l->r.answered++;
	l->r.rcodes[reply[3] & 15]++;
	l->r.latency[latency_bucket(took_ns)]++;
	if (q->expect_len > 0 &&
	    memmem(reply + 12 + qlen, len - 12 - qlen, q->expect, q->expect_len) == NULL)
		l->r.wrong++;
	return true;
}

void
load_lost(struct load *l, uint64_t n)
{
	l->r.lost += n;
	l->r.latency[latency_bucket(LOAD_LOST_NS)] += n;
}

/* "name type [address]" */
static bool
parse_question(struct question *q, char *line, bool edns)
{
	static const uint8_t opt[] = { 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0 };
	uint8_t wire[12 + DNS_NAME_BUF + 4 + sizeof(opt)] = {
		0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, edns
	};
	char *save = NULL, *name = strtok_r(line, " \t\r\n", &save);
	char *type = strtok_r(NULL, " \t\r\n", &save), *address = strtok_r(NULL, " \t\r\n", &save);
	uint16_t number = 1;

	if (dns_name_from_text(wire + 12, name, strlen(name)) < 0 ||
	    (type != NULL && dns_type_parse(&number, type, strlen(type)) != 0))
		return false;
	size_t len = 12 + dns_name_len(wire + 12);
	wire[len++] = (uint8_t)(number >> 8);
	wire[len++] = (uint8_t)number;
	wire[len++] = 0;
	wire[len++] = 1;
	q->qlen = (uint16_t)(len - 12);
	if (edns) {
		memcpy(wire + len, opt, sizeof(opt));
		len += sizeof(opt);
	}
	q->len = (uint16_t)len;
	if (address != NULL && inet_pton(AF_INET, address, q->expect) == 1)
		q->expect_len = 4;
	else if (address != NULL && inet_pton(AF_INET6, address, q->expect) == 1)
		q->expect_len = 16;
	q->wire = malloc(len);
	if (q->wire == NULL)
		return false;
	memcpy(q->wire, wire, len);
	return true;
}

static bool
read_questions(struct load *l, const char *path, bool edns)
{
	FILE *f = fopen(path, "r");
	char line[LINE_MAX_LEN];
	uint32_t room = 0;

	if (f == NULL)
		return false;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (line[0] == '#' || line[strspn(line, " \t\r\n")] == '\0')
			continue;
		if (l->nquestions == room) {
			room = room == 0 ? 1024 : room * 2;
			struct question *grown = realloc(l->questions, room * sizeof(*grown));

			if (grown == NULL)
				break;
			l->questions = grown;
		}
		memset(&l->questions[l->nquestions], 0, sizeof(l->questions[0]));
		if (!parse_question(&l->questions[l->nquestions], line, edns)) {
			fprintf(stderr, "load: bad question on line %u of '%s'\n",
				l->nquestions + 1, path);
			fclose(f);
			return false;
		}
		l->nquestions++;
	}
	fclose(f);
	return l->nquestions > 0;
}

/* ---- the server's processor time ---- */

/* User and system time of the process in clock ticks; 0 when it is gone. */
static uint64_t
cpu_ticks(long pid)
{
	char path[64], text[2048];
	unsigned long user = 0, system = 0;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		return 0;
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	char *p = strrchr(text, ')');
	if (p == NULL || sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
				&user, &system) != 2)
		return 0;
	return user + system;
}

/* ---- command line ---- */

static void
usage(void)
{
	fputs("usage: load [option...] ADDRESS PORT\n"
	      "  -f FILE      questions, one a line: NAME [TYPE [ADDRESS that must be in the "
	      "reply]]\n"
	      "  -t           TCP instead of UDP\n"
	      "  -c N         sockets or connections (8)\n"
	      "  -w N         questions in flight over all of them (256)\n"
	      "  -d SECONDS   how long to send (5)\n"
	      "  -n N         how many to send, instead of a time\n"
	      "  -r RATE      questions per second, instead of as fast as answers come\n"
	      "  -R           in random order\n"
	      "  -e           with EDNS\n"
	      "  -p PID       report the processor time of this process\n"
	      "Prints `name value` lines: queries, losses, rate, latencies in µs, µs of CPU per "
	      "answer.\n",
	      stderr);
}

static bool
parse_server(struct load_options *o, const char *address, const char *port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&o->server;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&o->server;
	long number = strtol(port, NULL, 10);

	if (number < 1 || number > 65535)
		return false;
	if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)number);
		o->server_len = sizeof(*v4);
		return true;
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons((uint16_t)number);
	o->server_len = sizeof(*v6);
	return inet_pton(AF_INET6, address, &v6->sin6_addr) == 1;
}

static void
report(const struct load_result *r, double cpu_seconds)
{
	double seconds = (double)r->ns / 1e9;

	printf("sent %llu\nanswered %llu\nlost %llu\nwrong %llu\n", (unsigned long long)r->sent,
	       (unsigned long long)r->answered, (unsigned long long)r->lost,
	       (unsigned long long)r->wrong);
	for (unsigned i = 0; i < 16; i++) {
		char name[DNS_TYPES_TEXT_MAX];

		if (r->rcodes[i] == 0)
			continue;
		dns_rcode_format(i, name);
		printf("rcode_%s %llu\n", name, (unsigned long long)r->rcodes[i]);
	}
	printf("seconds %.3f\nqps %.0f\n", seconds, (double)r->answered / seconds);
	printf("p50_us %.1f\np90_us %.1f\np99_us %.1f\np999_us %.1f\n", percentile(r, 0.5),
	       percentile(r, 0.9), percentile(r, 0.99), percentile(r, 0.999));
	if (cpu_seconds > 0)
		printf("cpu_us_per_query %.4f\n", cpu_seconds * 1e6 / (double)r->answered);
}

/* What is not for the transports. */
struct run_options {
	const char *file; /* of questions */
	bool edns;
	long pid; /* whose processor time is reported; 0 = nobody's */
};

static bool
take_option(struct load_options *o, struct run_options *run, int ch)
{
	switch (ch) {
	case 'f':
		run->file = optarg;
		return true;
	case 't':
		o->tcp = true;
		return true;
	case 'c':
		o->sockets = (unsigned)strtoul(optarg, NULL, 10);
		return true;
	case 'w':
		o->window = (unsigned)strtoul(optarg, NULL, 10);
		return true;
	case 'd':
		o->seconds = strtod(optarg, NULL);
		return true;
	case 'n':
		o->queries = strtoull(optarg, NULL, 10);
		return true;
	case 'r':
		o->rate = strtod(optarg, NULL);
		return true;
	case 'R':
		o->random = true;
		return true;
	case 'e':
		run->edns = true;
		return true;
	case 'p':
		run->pid = strtol(optarg, NULL, 10);
		return true;
	default:
		return false;
	}
}

/* false: the command line makes no sense. */
static bool
take_options(struct load_options *o, struct run_options *run, int argc, char **argv)
{
	for (int ch; (ch = getopt(argc, argv, "f:tc:w:d:n:r:Rep:")) != -1;)
		if (!take_option(o, run, ch))
			return false;
	return argc - optind == 2 && run->file != NULL &&
	       parse_server(o, argv[optind], argv[optind + 1]) && o->sockets > 0 &&
	       o->sockets <= 1000 && o->window >= o->sockets;
}

/* Sends, waits and reports; false: the system refused. */
static bool
run_load(struct load *l, long pid)
{
	uint64_t ticks = pid != 0 ? cpu_ticks(pid) : 0;
	double cpu = 0;

	if ((l->o.tcp ? load_tcp(l) : load_udp(l)) != 0) {
		fprintf(stderr, "load: %s\n", strerror(errno));
		return false;
	}
	if (pid != 0)
		cpu = (double)(cpu_ticks(pid) - ticks) / (double)sysconf(_SC_CLK_TCK);
	report(&l->r, cpu);
	return true;
}

int
main(int argc, char **argv)
{
	static struct load l = { .o = { .sockets = 8, .window = 256, .seconds = 5 },
				 .seed = 20260101 };
	struct run_options run = { .file = NULL };

	if (!take_options(&l.o, &run, argc, argv)) {
		usage();
		return 2;
	}
	if (!read_questions(&l, run.file, run.edns)) {
		fprintf(stderr, "load: no questions in '%s': %s\n", run.file, strerror(errno));
		return 2;
	}
	bool good = run_load(&l, run.pid);
	for (uint32_t i = 0; i < l.nquestions; i++)
		free(l.questions[i].wire);
	free(l.questions);
	return good && l.r.wrong == 0 ? 0 : 1;
}
