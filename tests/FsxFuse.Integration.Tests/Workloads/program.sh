#!/bin/sh
# Writes a C program of many files with its makefile into the current directory.
set -eu
for i in $(seq 1 20); do
  echo "#include \"all.h\"" > "part$i.c"
  echo "int part$i(int x) { return x * $i + BASE; }" >> "part$i.c"
done
{
  echo "#define BASE 3"
  for i in $(seq 1 20); do echo "int part$i(int);"; done
} > all.h
cat > main.c <<'C'
#include <stdio.h>
#include "all.h"
int main(void)
{
    long sum = 0;
C
for i in $(seq 1 20); do echo "    sum += part$i(sum % 7);" >> main.c; done
cat >> main.c <<'C'
    printf("%ld\n", sum);
    return 0;
}
C
cat > Makefile <<'MAKE'
objects := main.o $(patsubst %,part%.o,$(shell seq 1 20))
program: $(objects)
	$(CC) -o $@ $^
libparts.a: $(filter-out main.o,$(objects))
	ar rcs $@ $^
%.o: %.c all.h
	$(CC) -O1 -g -c -o $@ $<
clean:
	rm -f *.o program libparts.a
MAKE
