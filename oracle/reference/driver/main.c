/*
** The reference as a program of its own, as its makefile would build it: what measurements of whole
** processes start.
*/

#include "driver.h"

int main(int argc, char **argv) {
  return moonproof_run(argc, argv);
}
