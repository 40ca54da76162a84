"""python bench/peers/ezkl/prove.py <folder> <rows> [--params fixed|private|polycommit]

Proves inference of <folder>/model.onnx on <rows> rows of <folder>/input.json with EZKL: settings, circuit, powers of tau,
keys, witness, proof, verification, and the Solidity verifier with its call data. Prints one JSON document.
"""

import argparse
import asyncio
import inspect
import json
import os
import resource
import sys
import time

import ezkl

# Fraction bits of inputs and weights. EZKL's own default; larger ones make larger circuits.
SCALE = 7
LARGEST_LOGROWS = 24
# A column must hold a range check of EZKL's, of 2^14 values.
SMALLEST_LOGROWS = 15
# Rows that blinding takes.
BLINDING = 64


async def answer(value):
    """Some of EZKL's functions are coroutines, which ones differs by version."""
    return await value if inspect.isawaitable(value) else value


async def run(folder, rows, params):
    path = lambda name: os.path.join(folder, name)
    steps = {}

    async def step(name, work):
        began, before = time.perf_counter(), time.process_time()
        result = await answer(work())
        steps[name] = {
            "seconds": round(time.perf_counter() - began, 3),
            "cpuSeconds": round(time.process_time() - before, 3),
            "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        print(name, steps[name], file=sys.stderr, flush=True)
        return result

    args = ezkl.PyRunArgs()
    args.input_visibility, args.param_visibility, args.output_visibility = "private", params, "public"
    args.input_scale = args.param_scale = SCALE
    args.variables = [("rows", rows)]
    args.logrows = LARGEST_LOGROWS
    model, settings, circuit = path("model.onnx"), path("settings.json"), path("circuit.ezkl")
    make_settings = lambda: ezkl.gen_settings(model, settings, py_run_args=args)
    await step("settings", make_settings)
    # The least power of two that holds the circuit.
    needed = read(settings)["num_rows"] + BLINDING
    args.logrows = logrows = max(SMALLEST_LOGROWS, (needed - 1).bit_length())
    await step("settings", make_settings)
    srs = os.path.join(os.path.dirname(os.path.abspath(folder)), f"{logrows}.srs")
    if not os.path.exists(srs):
        await step("powers of tau", lambda: ezkl.gen_srs(srs, logrows))
    await step("circuit", lambda: ezkl.compile_circuit(model, circuit, settings))
    vk, pk, witness, proof = path("vk.key"), path("pk.key"), path("witness.json"), path("proof.json")
    await step("keys", lambda: ezkl.setup(circuit, vk, pk, srs))
    await step("witness", lambda: ezkl.gen_witness(path("input.json"), circuit, witness, vk, srs))
    await step("proof", lambda: ezkl.prove(witness, circuit, pk, proof, srs))
    holds = await step("verification", lambda: ezkl.verify(proof, settings, vk, srs))
    if holds is not True:
        raise SystemExit("EZKL does not verify its proof")
    contract = await verifier(path, vk, settings, srs)
    ezkl.encode_evm_calldata(proof, path("calldata.bin"))
    document = {
        "ezkl": ezkl.__version__ if hasattr(ezkl, "__version__") else read(settings)["version"],
        "rows": rows,
        "params": params,
        "scale": SCALE,
        "logrows": logrows,
        "circuitRows": read(settings)["num_rows"],
        "proofBytes": len(bytes.fromhex(read(proof)["hex_proof"].removeprefix("0x"))),
        "publicSignals": sum(map(len, read(proof)["instances"])),
        "provingKeyMiB": os.path.getsize(pk) // 2**20,
        "steps": steps,
        "contract": contract,
    }
    print(json.dumps(document), flush=True)


async def verifier(path, vk, settings, srs):
    """The Solidity is written before EZKL asks a server for a compiler of it; that this fails does not matter here."""
    source = path("verifier.sol")
    if os.path.exists(source):
        os.remove(source)
    try:
        await answer(ezkl.create_evm_verifier(vk, settings, source, path("verifier.abi"), srs))
    except RuntimeError as error:
        if not os.path.exists(source):
            return str(error)
    return "verifier.sol"


def read(path):
    with open(path, encoding="utf8") as file:
        return json.load(file)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("rows", type=int)
    parser.add_argument("--params", default="fixed", choices=["fixed", "private", "polycommit"])
    options = parser.parse_args()
    asyncio.run(run(options.folder, options.rows, options.params))
    # Threads of EZKL may still run, which Python's own end does not survive.
    os._exit(0)


main()
