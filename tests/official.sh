#!/bin/sh
# Runs PUC's official test suite (of a 5.4 release) file by file and prints a table.
#
#   tests/official.sh path/to/lua/testes path/to/moonproof [path/to/reference/lua]
#
# Per file: the suite's mode for users (_U, _port, _soft), then without any of them; the numbers are
# seconds, or the exit status where it is not 0. Everything runs in a copy of the folder, with 10 GB of
# address space. `big.lua` is run as `all.lua` runs it, in a coroutine. `main.lua` needs a library in C
# and the echo of a line editor: the two parts that use them are left out. `heavy.lua` exhausts memory
# on purpose and is not run. The part of `main.lua` about Ctrl-C expects a shell to go on before what it
# starts has printed something, which on a busy machine is not so, whatever the interpreter: it gets
# three tries.
set -u
suite=$1
ours=$(realpath "$2")
reference=${3:+$(realpath "$3")}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" && ln -s "$ours" "$work/bin/lua"
ulimit -v 10000000
n_failed=0

# one LUA FILE ARGUMENTS...: seconds, or the status of a failure
one() {
  lua=$1 file=$2
  shift 2
  begin=$(date +%s.%N)
  # A pipe as standard input: `files.lua` wants one that cannot be sought in.
  : | case $file in
    big) timeout 300 "$lua" "$@" -e "coroutine.wrap(assert(loadfile('big.lua')))()" ;;
    main)
      timeout 300 "$lua" "$@" main_without_c.lua || timeout 300 "$lua" "$@" main_without_c.lua ||
        timeout 300 "$lua" "$@" main_without_c.lua
      ;;
    *) timeout 300 "$lua" "$@" "$file.lua" ;;
  esac >"$work/output" 2>&1
  status=$?
  if [ $status -eq 0 ]; then
    echo "$begin $(date +%s.%N)" | awk '{ printf "%.2f", $2 - $1 }'
  else
    printf 'exit %d' $status
  fi
}

# table LUA: the whole suite with one interpreter
table() {
  rm -rf "$work/testes" && cp -r "$suite" "$work/testes" && cd "$work/testes" || exit 2
  sed -e '/^RUN("env LUA_CPATH=/,/^checkout("true/d' \
      -e "/^RUN(\[\[lua -e \"%s\" -i/,/^\]\], 1, true))/d" main.lua >main_without_c.lua
  printf '%-14s %10s %10s\n' file user full
  for path in *.lua; do
    file=${path%.lua}
    case $file in main_without_c | heavy) continue ;; esac
    if [ "$file" = all ]; then
      user=$(one "$1" all -e "_U=true") full=-
    else
      user=$(one "$1" "$file" -e "_U=true _port=true _soft=true")
      full=$(one "$1" "$file")
    fi
    case "$user$full" in *exit*) n_failed=$((n_failed + 1)) ;; esac
    printf '%-14s %10s %10s\n' "$file" "$user" "$full"
  done
  cd / || exit 2
}

echo "moonproof" && table "$work/bin/lua"
if [ -n "$reference" ]; then
  failed_here=$n_failed
  echo && echo "reference" && table "$reference"
  n_failed=$failed_here
fi
echo && echo "$n_failed files of moonproof's table failed"
[ "$n_failed" -eq 0 ]
