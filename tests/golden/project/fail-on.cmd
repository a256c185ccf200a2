lint --fail-on error --profile edge -f gcc Corefile
