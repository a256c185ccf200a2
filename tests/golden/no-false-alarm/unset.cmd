lint unset
