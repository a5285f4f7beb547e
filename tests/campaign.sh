#!/bin/sh
# Runs a campaign against the verifier: mutants, of which all that are accepted run in the oracle
# build of the reference and in our VM with its accesses checked.
#
#   tests/campaign.sh [SEED [MUTANTS [MORE OPTIONS OF campaign...]]]
#
# Among the options, `--ways 8` runs each mutant in all ways there are instead of half of them, and
# `--sanitize all` runs it with sanitizers in each, which both take longer; see fuzz/README.md. What
# is found is in target/campaign/, made small, and so is the report as JSON. Status 0: no findings;
# 1: findings, or too few were accepted. The program tells of its other modes:
# `cargo run -p moonproof-fuzz --features checked,ablation --bin campaign`.
set -eu
cd "$(dirname "$0")/.."
seed=${1:-1}
mutants=${2:-100000}
[ $# -lt 2 ] || shift
[ $# -eq 0 ] || shift
mkdir -p target/campaign
# Assertions of ours stay on: what they say is a finding, too.
exec env CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true CARGO_PROFILE_RELEASE_LTO=false \
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
  cargo run --quiet --release -p moonproof-fuzz --features checked,ablation --bin campaign -- \
  soundness --seed "$seed" --mutants "$mutants" --findings target/campaign \
  --json "target/campaign/report-$seed.json" "$@"
