build -C unset
