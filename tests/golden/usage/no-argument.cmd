build --release=yes Corefile
