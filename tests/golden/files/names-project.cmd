SOURCE_DATE_EPOCH=1800000000
lint --config names.conf names
