explain -f none.yaml example.org A
