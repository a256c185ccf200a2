lint -f gcc --no-config nothing
