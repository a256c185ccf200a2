/*
 * What arbitrary text means as a server; see fuzz.h.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "compiler/checks/checks.h"
#include "compiler/emit/emit.h"
#include "compiler/plan.h"
#include "compiler/plugins.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/corefile.h"

#define TEXT_MAX ((size_t)1 << 16)
#define C_MAX    ((size_t)64 << 20)

/* Expands, binds and checks; NULL if there was nothing to make a plan of. */
static struct cfc_plan *
understand(struct front *f, const char *text, size_t len)
{
	cfc_plugins_init(&f->c);
	front_expand_bytes(f, text, len);
	struct cfc_plan *plan = cfc_plan_build(&f->c, &f->tree);

	if (!cfc_has_errors(&f->c))
		cfc_check(&f->c, plan);
	fuzz_require(fuzz_places_are_good(&f->c), "places lie within their text", text, len);
	return plan;
}

static void
dump(struct front *f, const struct cfc_plan *plan)
{
	struct buf out;

	buf_init(&out, C_MAX);
	cfc_plan_dump(&f->c, plan, &out);
	buf_release(&out);
}

/* The verdict of CoreDNS. */
static void
check_compat(const char *text, size_t len)
{
	struct front f;

	front_open(&f);
	f.c.compat = true;
	understand(&f, text, len);
	for (size_t i = 0; i < f.c.diags.count; i++)
		fuzz_require(f.c.diags.list[i]->severity == CFC_SEVERITY_ERROR,
			     "errors only with --compat", text, len);
	front_close(&f);
}

/* The C of a server; what cannot be served yet is an error then. */
static void
check_c(const char *text, size_t len)
{
	struct front f;
	struct buf out;

	front_open(&f);
	f.c.building = true;
	f.c.root_dir =
		len % 2 == 0 ? "." : NULL; /* few files are there, so that is an error mostly */
	struct cfc_plan *plan = understand(&f, text, len);
	if (!cfc_has_errors(&f.c)) {
		struct cfc_emit_options o = {
			.self = "Corefile.gen.c", .version = "0", .hash = "0", .main = f.unit
		};
		buf_init(&out, C_MAX);
		cfc_emit(&f.c, plan, &o, &out);
		fuzz_require(!out.overflow && out.len > 0, "the C of a server", text, len);
		buf_release(&out);
	}
	front_close(&f);
}

void
fuzz_plan(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct front f;

	if (size > TEXT_MAX)
		return;
	front_open(&f);
	f.c.profile = (enum cfc_profile)(size % 5);
	struct cfc_plan *plan = understand(&f, text, size);
	dump(&f, plan);
	bool good = !cfc_has_errors(&f.c);
	check_compat(text, size);
	front_close(&f);
	if (good)
		check_c(text, size);
}
