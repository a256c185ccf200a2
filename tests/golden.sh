#!/bin/sh
# The golden tests, for make check; see tests/golden/run.py.
set -u
COREFILEC=${COREFILEC:-$builddir/corefilec} exec "$PYTHON3" -B "$srcdir/tests/golden/run.py"
