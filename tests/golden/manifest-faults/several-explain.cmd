explain -f several.yaml example.org A
