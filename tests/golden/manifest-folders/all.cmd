lint -f gcc --no-config deploy
