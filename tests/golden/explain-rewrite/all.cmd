explain pre.middle.old.test
