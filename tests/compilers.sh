#!/bin/sh
# Whether what the compilers of Lua 5.4 make verifies, release by release, with and without debug
# information:
#
#   tests/compilers.sh CHECKOUT [FOLDER...]
#
# CHECKOUT is a clone of PUC Lua's repository with its branch v5.4 checked out; that on GitHub has the
# tags v5.4.0 and up. Each tag is built and compiles the Lua files in the folders and in this
# repository, those of its test suite, and 10,000 generated programs (PROGRAMS=N for another number).
# Then the files of the suite run one by one, and what they load counts as well. RELEASES
# ("LABEL=FOLDER ...") adds sources of releases that have no tag.
#
# Some releases have bugs that make unsafe code, which is refused. So each is built once more with what
# mended these bugs ("+"), and then nothing may be refused.
#
# Prints a table, and leaves what was refused in target/compilers/refused/. Status 1 if anything was
# that should not have been.
set -eu
checkout=$(realpath "$1")
shift
here=$(cd "$(dirname "$0")/.." && pwd)
: "${PROGRAMS:=10000}" "${CC:=cc}" "${RELEASES:=}"
work=$here/target/compilers
rm -rf "$work/refused" "$work/clone" && mkdir -p "$work"

# Commits that mended them.
#   47cffdc7  a tail call in a generic loop leaves the loop's fourth value pending (until 5.4.3): C2
#   997f11f5  so does a break, if a variable of the loop is captured (until 5.4.4): C1 to C4
#   1f3c6f45  a constant's index is taken for a register if _ENV is <const> (until 5.4.4): S2, T5
#   782ef85b  the table is not in its register if the index is a comparison (until 5.4.7): T5
mends="47cffdc7 1f3c6f45 997f11f5 782ef85b"

cd "$here"
export CARGO_PROFILE_RELEASE_LTO=false CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
verifier=$(cargo build --quiet --release -p moonproof-fuzz --bin compilers --message-format json |
  sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -n 1)
[ -d "$work/programs-$PROGRAMS" ] || "$verifier" programs "$work/programs-$PROGRAMS" "$PROGRAMS"

git clone -q "$checkout" "$work/clone"
in_clone() { git -C "$work/clone" -c user.name=- -c user.email=- "$@"; }

# export COMMIT FOLDER: a tree without history
export_tree() {
  rm -rf "$2" && mkdir "$2"
  in_clone archive "$1" | tar -x -C "$2"
}

# mend TAG: picks what it lacks; fails if it lacks nothing
mend() {
  in_clone checkout -q "$1"
  lacks=
  for commit in $mends; do
    in_clone merge-base --is-ancestor "$commit" HEAD && continue
    lacks="$lacks $commit"
    in_clone cherry-pick -X theirs "$commit" >/dev/null 2>&1 || return 2
  done
  [ -n "$lacks" ]
}

releases=
for tag in $(in_clone tag --list 'v5.4.[0-9]*' | sort); do
  label=${tag#v}
  export_tree "$tag" "$work/$label"
  if mend "$tag"; then
    export_tree HEAD "$work/$label+"
    # What the mended lines call had another name before 5.4.3.
    grep -q '^static int reglevel' "$work/$label+/lparser.c" ||
      sed -i 's/\breglevel\b/stacklevel/' "$work/$label+/lparser.c"
    releases="$releases $label?$work/$label $label+=$work/$label+"
  else
    releases="$releases $label=$work/$label"
  fi
done
export_tree origin/HEAD "$work/last"

# build FOLDER PROGRAM: a release and what writes its chunks, in one program
build() {
  sources=$(find "$1/" -maxdepth 1 -name '*.c' ! -name lua.c ! -name luac.c ! -name onelua.c ! -name ltests.c)
  # shellcheck disable=SC2086 # several files
  "$CC" -std=gnu99 -O2 -w -DLUA_USE_LINUX -DLUA_COMPAT_5_3 -I "$1" -Wl,--wrap=lua_load \
    "$here/tests/compilers.c" $sources -lm -ldl -o "$2"
}

# list NAME PATH...: the Lua files below the paths, but for those that no compiler accepts
list() {
  to=$work/$1.list
  shift
  find "$@" -type f \( -name '*.lua' -o -name '*.nse' \) ! -path "$here/corpus/errors/*" | sort >"$to"
  echo "$to"
}

# suite PROGRAM FOLDER: all that the files of a test suite load
suite() {
  program=$1
  rm -rf "$work/suite" && cp -r "$2" "$work/suite"
  for path in "$work"/suite/*.lua; do
    file=$(basename "$path")
    # The first runs the others, the second exhausts memory, the third runs a command.
    case $file in all.lua | heavy.lua | main.lua) continue ;; esac
    rm -f "$work/loaded"
    (cd "$work/suite" && ulimit -v 4000000 && COMPILERS_OUT=$work/loaded timeout 120 "$program" \
      run "$file") >/dev/null 2>&1 </dev/null || :
    [ ! -f "$work/loaded" ] || cat "$work/loaded"
  done
}

printf '%-16s %9s %12s %9s %9s %9s  %s\n' compiler chunks instructions errors refused sources rules
status=0
for release in $releases $RELEASES; do
  label=${release%%[?=]*} folder=${release#*[?=]}
  program=$work/compilers-$label
  build "$folder" "$program"
  tests=$folder/testes
  [ -d "$tests" ] || tests=$work/last/testes
  files=$(list files "$tests" "$@" "$here/corpus" "$here/benchmarks")
  programs=$(list programs "$work/programs-$PROGRAMS")
  is_fine=1
  "$program" compile <"$files" | "$verifier" verify "$label files" "$work/refused" || is_fine=0
  "$program" compile <"$programs" | "$verifier" verify "$label programs" "$work/refused" || is_fine=0
  suite "$program" "$tests" | "$verifier" verify "$label suite" "$work/refused" || is_fine=0
  case $release in *\?*) ;; *) [ $is_fine = 1 ] || status=1 ;; esac
done
exit $status
