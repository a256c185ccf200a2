migrate --diff importing
