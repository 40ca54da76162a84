#!/usr/bin/env bash
# bench/peers/run.sh arkworks                  the same key and witness by arkworks, our kernels and snarkjs
# bench/peers/run.sh ezkl 784-128-10 31        EZKL proving inference on so many rows
# bench/peers/run.sh ours 784-128-10           our score on 1,024 rows
# Prints JSON. What it makes goes to build/peers. Run `npm run build` before.
set -euo pipefail
cd "$(dirname "$0")/../.."
made=build/peers
ts() { node --disable-warning=ExperimentalWarning "$@"; }

case "${1:-}" in
  arkworks)
    cargo build --release --quiet --manifest-path bench/peers/arkworks/Cargo.toml --target-dir "$made/target"
    ts bench/peers/arkworks/witness.ts "$made/arkworks"
    "$made/target/release/descent-peer-arkworks" build/setup/train.zkey "$made/arkworks/witness.wtns" 5
    ;;
  ezkl)
    python="$made/venv/bin/python"
    [ -x "$python" ] || python3 -m venv "$made/venv"
    "$python" -m pip install --quiet -r bench/peers/ezkl/requirements.txt
    folder="$made/$2x$3"
    ts bench/peers/ezkl/model.ts "$folder" "$2" "$3"
    "$python" bench/peers/ezkl/prove.py "$folder" "$3"
    ts bench/peers/ezkl/gas.ts "$folder"
    ;;
  ours)
    ts bench/measurements/prove.ts "{\"program\":\"score\",\"widths\":[${2//-/,}],\"rows\":1024}"
    ;;
  *)
    sed -n '2,4p' "$0" >&2
    exit 2
    ;;
esac
