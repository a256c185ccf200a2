/*
 * Metrics: the text exposition format 0.0.4 of Prometheus.
 *
 * Families are sorted by name.  Two instances of a plugin may have registered the same series:
 * their values are added before printing, since a series may appear once only.
 */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "metrics_registry.h"

/* A series as it will be printed. */
struct series {
	uint64_t *cells; /* width of the family */
	double value;    /* of functions */
};

/* ---- numbers ---- */

/* The most digits a double needs to be read back. */
#define DIGITS_MAX 17

/* Digits and exponent of the shortest text that reads back as v. */
static int
shortest(double v, char digits[DIGITS_MAX + 1])
{
	char text[40];
	char *e;
	int n = 0;

	for (int precision = 0; precision < DIGITS_MAX; precision++) {
		snprintf(text, sizeof(text), "%.*e", precision, v);
		if (strtod(text, NULL) == v)
			break;
	}
	e = strchr(text, 'e');
	for (const char *p = text; p < e && n < DIGITS_MAX; p++)
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	digits[n] = '\0';
	return (int)strtol(e + 1, NULL, 10);
}

/* 1.234567e+06 */
static void
put_exponent(struct buf *out, const char *digits, int exponent)
{
	buf_printf(out, "%c%s%se%c%02d", digits[0], digits[1] != '\0' ? "." : "", digits + 1,
		   exponent < 0 ? '-' : '+', abs(exponent));
}

/* 0.00025, 12.5, 16000; -4 <= exponent < 6 */
static void
put_plain(struct buf *out, const char *digits, int exponent)
{
	int n = (int)strlen(digits);

	if (exponent < 0)
		buf_printf(out, "0.%.*s%s", -exponent - 1, "0000", digits);
	else if (n <= exponent + 1)
		buf_printf(out, "%s%.*s", digits, exponent + 1 - n, "00000");
	else
		buf_printf(out, "%.*s.%s", exponent + 1, digits, digits + exponent + 1);
}

void
metrics_put_number(struct buf *out, double v)
{
	char digits[DIGITS_MAX + 1];
	int exponent;

	if (isnan(v)) {
		buf_puts(out, "NaN");
		return;
	}
	if (isinf(v)) {
		buf_puts(out, v < 0 ? "-Inf" : "+Inf");
		return;
	}
	if (signbit(v))
		buf_putc(out, '-');
	exponent = shortest(fabs(v), digits);
	/* strconv's %g with the shortest precision decides as if the precision were six. */
	if (exponent < -4 || exponent >= 6)
		put_exponent(out, digits, exponent);
	else
		put_plain(out, digits, exponent);
}

/* ---- texts ---- */

static void
put_escaped(struct buf *out, const char *text, bool quotes)
{
	for (; *text != '\0'; text++) {
		if (*text == '\\')
			buf_puts(out, "\\\\");
		else if (*text == '\n')
			buf_puts(out, "\\n");
		else if (*text == '"' && quotes)
			buf_puts(out, "\\\"");
		else
			buf_putc(out, *text);
	}
}

/* name="value",... of series i, without braces. */
static void
put_labels(struct buf *out, const struct metric_group *g, unsigned i)
{
	unsigned stride = g->nseries;

	for (unsigned l = 0; l < g->nlabels; l++) {
		stride /= g->labels[l].n;
		if (l > 0)
			buf_putc(out, ',');
		buf_printf(out, "%s=\"", g->labels[l].name);
		put_escaped(out, g->labels[l].values[i / stride % g->labels[l].n], true);
		buf_putc(out, '"');
	}
}

/* A sample: name, labels, and the bound of a histogram's bucket (le), or NULL. */
static void
put_line(struct buf *out, const char *name, const char *suffix, const char *labels,
	 const double *le, double value)
{
	buf_printf(out, "%s%s", name, suffix);
	if (*labels != '\0' || le != NULL) {
		buf_printf(out, "{%s", labels);
		if (le != NULL) {
			buf_printf(out, "%sle=\"", *labels != '\0' ? "," : "");
			metrics_put_number(out, *le);
			buf_putc(out, '"');
		}
		buf_putc(out, '}');
	}
	buf_putc(out, ' ');
	metrics_put_number(out, value);
	buf_putc(out, '\n');
}

/* ---- series ---- */

/*
 * A value in the printed unit.  Dividing by a whole number rounds once, so that 250000 ns are
 * 0.00025 s and not a number next to it.
 */
static double
scaled(const struct metric_family *f, uint64_t v)
{
	if (f->scale < 1)
		return (double)v / (double)(uint64_t)(1 / f->scale + 0.5);
	return (double)v * f->scale;
}

static void
put_histogram(struct buf *out, const struct metric_family *f, const char *labels,
	      const uint64_t *cells)
{
	uint64_t count = 0;
	double le;

	for (unsigned i = 0; i < f->nbounds; i++) {
		count += cells[i];
		le = scaled(f, f->bounds[i]);
		put_line(out, f->name, "_bucket", labels, &le, (double)count);
	}
	count += cells[f->nbounds];
	le = INFINITY;
	put_line(out, f->name, "_bucket", labels, &le, (double)count);
	put_line(out, f->name, "_sum", labels, NULL, scaled(f, cells[f->nbounds + 1]));
	put_line(out, f->name, "_count", labels, NULL, (double)count);
}

/* Sums of all cells of series i; false if nothing was ever counted there. */
static bool
read_series(const struct metric_family *f, const struct metric_group *g, unsigned i,
	    uint64_t *cells)
{
	bool any = false;

	for (unsigned c = 0; c < f->width; c++) {
		cells[c] = metrics_cell_sum(g->first + i * f->width + c);
		any = any || cells[c] != 0;
	}
	return any;
}

/* Adds a series to those to be printed. */
static bool
merge(struct map *all, const char *labels, size_t len, const struct metric_family *f,
      const uint64_t *cells, double value)
{
	struct series *s = map_get(all, labels, len);

	if (s == NULL) {
		s = calloc(1, sizeof(*s) + f->width * sizeof(*cells));
		if (s == NULL)
			return false;
		s->cells = (uint64_t *)(s + 1);
		if (map_set(all, labels, len, s) < 0) {
			free(s);
			return false;
		}
	}
	for (unsigned c = 0; c < f->width; c++)
		s->cells[c] += cells[c];
	if (!f->latest)
		s->value += value;
	else if (value > s->value)
		s->value = value;
	return true;
}

static bool
collect_group(struct map *all, const struct metric_family *f, const struct metric_group *g,
	      uint64_t *cells)
{
	struct buf labels;
	bool ok = true;

	buf_init(&labels, 64 * 1024);
	for (unsigned i = 0; ok && i < g->nseries; i++) {
		double value = 0;

		memset(cells, 0, f->width * sizeof(*cells));
		if (g->fn != NULL)
			value = g->fn(g->arg);
		else if (!read_series(f, g, i, cells) && g->nlabels > 0)
			continue;
		if (isnan(value)) /* a function that has nothing to tell */
			continue;
		buf_reset(&labels);
		put_labels(&labels, g, i);
		ok = merge(all, buf_cstr(&labels), labels.len, f, cells,
			   g->fn != NULL || f->type == METRIC_HISTOGRAM ? value : (double)cells[0]);
	}
	buf_release(&labels);
	return ok;
}

static void
put_series(struct buf *out, const struct metric_family *f, const struct map *all)
{
	static const char *const type[] = {
		[METRIC_COUNTER] = "counter",
		[METRIC_GAUGE] = "gauge",
		[METRIC_HISTOGRAM] = "histogram",
	};
	const struct map_entry *e;
	size_t pos = 0;

	buf_printf(out, "# HELP %s ", f->name);
	put_escaped(out, f->help, false);
	buf_printf(out, "\n# TYPE %s %s\n", f->name, type[f->type]);
	for (e = map_next(all, &pos); e != NULL; e = map_next(all, &pos)) {
		const struct series *s = e->value;

		if (f->type == METRIC_HISTOGRAM)
			put_histogram(out, f, e->key, s->cells);
		else
			put_line(out, f->name, "", e->key, NULL, s->value);
	}
}

static void
put_family(struct buf *out, const struct metric_family *f)
{
	uint64_t *cells = calloc(f->width, sizeof(*cells));
	const struct map_entry *e;
	struct map all;
	size_t pos = 0;
	bool ok = cells != NULL;

	map_init(&all);
	for (const struct metric_group *g = f->first; ok && g != NULL; g = g->next)
		ok = collect_group(&all, f, g, cells);
	if (!ok)
		out->overflow = true;
	else if (map_count(&all) > 0)
		put_series(out, f, &all);
	for (e = map_next(&all, &pos); e != NULL; e = map_next(&all, &pos))
		free(e->value);
	map_release(&all);
	free(cells);
}

static int
by_name(const void *a, const void *b)
{
	const struct metric_family *const *fa = a;
	const struct metric_family *const *fb = b;

	return strcmp((*fa)->name, (*fb)->name);
}

void
rt_metrics_print(struct buf *out)
{
	size_t n = map_count(&metrics_families);
	const struct metric_family **sorted = calloc(n + 1, sizeof(*sorted));
	const struct map_entry *e;
	size_t pos = 0;
	size_t i = 0;

	if (sorted == NULL) {
		out->overflow = true;
		return;
	}
	for (e = map_next(&metrics_families, &pos); e != NULL;
	     e = map_next(&metrics_families, &pos))
		sorted[i++] = e->value;
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (i = 0; i < n; i++)
		put_family(out, sorted[i]);
	free(sorted);
}
