SOURCE_DATE_EPOCH=1767225600
lint --root . Corefile
