// Writes dumps of honest proofs for the verifier in Python (verifiers/python): the statement and every message of the argument; for
// some also points that open, the Groth16 proof and the keys.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { keyFiles } from '../scripts/setup/paths.ts';
import { loadSrs } from '../scripts/setup/srs.ts';
import { chunkBits } from '../src/argument/chunkPoint.ts';
import { Curve, type Srs } from '../src/argument/curve.ts';
import { Kernels } from '../src/argument/kernels.ts';
import { type Backend, commit, Session } from '../src/argument/session.ts';
import type { Point, ProofPoints } from '../src/argument/types.ts';
import { NUMBERING } from '../src/generated/numbering.ts';
import type { ArgumentResult, CircuitValue } from '../src/programs/common.ts';
import { modelOracle, shardOracle } from '../src/programs/oracles.ts';
import { Groth16 } from '../src/proof/groth16/groth16.ts';
import type { Program } from '../src/registry/programs/list.ts';
import { circuitSignals, digest, digestsOf, hashWords, publicSignals } from '../src/registry/statement.ts';
import { keyWords } from '../src/registry/verificationKey.ts';
import { CONTEXT, circuitWasm, verifierKeys } from '../test/support/prover.ts';
import { AUDIT_ARGUMENTS, AUDIT_PROOFS } from './auditCases.ts';
import { ARGUMENTS, PROOFS } from './cases.ts';
import { INFER_ARGUMENTS, INFER_PROOFS } from './inferCases.ts';
import { NETWORK_ARGUMENTS, NETWORK_PROOFS } from './networkCases.ts';
import { type Case, type Committer, POINT, type Run, type Stated } from './run.ts';
import { SPARSE_ARGUMENTS, SPARSE_PROOFS } from './sparseCases.ts';

export const DUMP_FORMAT = 'descent-witness/1';

const MESSAGES = [
  'nonce',
  'thresholds',
  'sums',
  'batch1',
  'evals1',
  'sums2',
  'batch2',
  'evals2',
  'reduce',
  'u',
  'level2',
  'u12',
  'p2',
  's2',
];
const POINTS = ['trace', 'helper', 'rows', 'columns', 'quotient', 'quotient2'] as const;

type Json = string | Json[] | { [name: string]: Json };

/** Writes the dumps of these cases. @returns the files, arguments first */
export async function writeDumps(
  folder: string,
  { args = ARGUMENTS, proofs = PROOFS }: { args?: Case[]; proofs?: Case[] } = {},
): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const files: string[] = [];
  const write = (name: string, dump: Json) => {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, `${JSON.stringify(dump, null, 1)}\n`);
    files.push(file);
  };
  const kernels = await Kernels.load({ threads: 1 });
  for (const { name, make } of args) write(name, await argumentDump(kernels, make));
  await kernels.close();
  if (proofs.length > 0) await writeProofs(proofs, write);
  return files;
}

/** Without the curve: every commitment is the generator, as often as the vector has chunks. */
async function argumentDump(kernels: Kernels, make: Case['make']): Promise<Json> {
  const point = async () => POINT;
  const curve = { threads: 1, msm: point, sum: point, lookups: point } as unknown as Curve;
  const srs = { size: 2 ** 20, points: new Uint8Array(2 ** 26) } as unknown as Srs;
  const run = await make(committer(async ({ tails }) => tails.map(() => POINT)));
  return { checks: 'argument', ...dumpOf(run, await argue({ kernels, curve, srs }, run)) };
}

function committer(oracle: Committer['oracle']): Committer {
  return { model: (weights) => oracle(modelOracle(weights)), shard: (shard) => oracle(shardOracle(shard)), oracle };
}

async function writeProofs(proofs: readonly Case[], write: (name: string, dump: Json) => void): Promise<void> {
  const [kernels, curve, srs] = await Promise.all([
    Kernels.load({ threads: 2 }),
    Curve.load({ threads: 2 }),
    loadSrs(),
  ]);
  const backend: Backend = { kernels, curve, srs };
  const groth16 = new Groth16(curve);
  for (const { name, make } of proofs) {
    const run = await make(committer((oracle) => scoped(kernels, () => commit(backend, oracle))));
    const program = run.stated.program as Program;
    const argued = await argue(backend, run);
    const files = { wasm: circuitWasm(program), zkey: readFileSync(keyFiles(program).zkey) };
    const proof = await groth16.prove(files, argued.inputs);
    const { vkey, srs: powers } = verifierKeys(program);
    write(`proof-${name}`, {
      checks: 'proof',
      ...dumpOf(run, argued),
      opening: pointOf(argued.points.opening),
      groth16: numbers(proof),
      key: numbers(keyWords(vkey)),
      powers: {
        tau: numbers(powers.tau),
        tauC: numbers(powers.tauC),
        ...(run.stated.opensTables && { tables: numbers([powers.tables.x, powers.tables.y]) }),
      },
    });
  }
  await Promise.all([curve.close(), kernels.close()]);
  await (globalThis as { curve_bn128?: { terminate(): Promise<void> } | null }).curve_bn128?.terminate();
}

function argue(backend: Backend, { stated, argument }: Run): Promise<ArgumentResult> {
  const session = new Session(backend, firstDigest(stated), hashWords);
  return scoped(backend.kernels, () => argument(session));
}

/** h_0. */
function firstDigest({ id, bound, extra, oracles }: Stated): bigint {
  return digest(CONTEXT, id, [...bound, ...extra], oracles.flat());
}

async function scoped<T>(kernels: Kernels, work: () => Promise<T>): Promise<T> {
  const mark = kernels.mark();
  try {
    return await work();
  } finally {
    kernels.release(mark);
  }
}

/** What dumps of both kinds have. */
function dumpOf({ stated }: Run, { inputs, points, challenges }: ArgumentResult): { [name: string]: Json } {
  const parameters = [...stated.bound, ...stated.late()];
  const bits = chunkBits([...stated.oracles, points.trace, points.helper].map(({ length }) => length));
  const sigma = circuitSignals(challenges, bits, digestsOf(firstDigest(stated), points), parameters);
  const [c, v, fold] = publicSignals(challenges.digest, sigma);
  return {
    format: DUMP_FORMAT,
    program: stated.program,
    statement: {
      chainId: String(CONTEXT.chainId),
      registry: CONTEXT.registry,
      trainer: CONTEXT.trainer,
      params: numbers(parameters),
      extra: numbers(stated.extra),
      ...stated.given,
      commitments: stated.oracles.map((chunks) => chunks.map(pointOf)),
    },
    points: Object.fromEntries(POINTS.map((name) => [name, pointsOf(points, name)])),
    messages: {
      traceOffset: offsetsOf(inputs.traceOffset),
      helperOffset: offsetsOf(inputs.helperOffset),
      ...Object.fromEntries(MESSAGES.filter((name) => name in inputs).map((name) => [name, numbers(inputs[name])])),
    },
    outputs: numbers(sigma.slice(0, NUMBERING.shared.outputs.count)),
    signals: { c: String(c), v: String(v), fold: String(fold) },
  };
}

function pointsOf(points: ProofPoints, name: (typeof POINTS)[number]): Json {
  const sent = points[name];
  return Array.isArray(sent) ? sent.map(pointOf) : pointOf(sent);
}

function pointOf({ x, y }: Point): Json {
  return { x: String(x), y: String(y) };
}

/** Offsets whose bits, lowest first, the circuit takes. */
function offsetsOf(bits: CircuitValue): Json {
  return (bits as bigint[][]).map((row) => String(row.reduce((sum, bit, t) => sum | (bit << BigInt(t)), 0n)));
}

function numbers(value: CircuitValue): Json {
  return typeof value === 'bigint' ? String(value) : value.map(numbers);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('usage: node verifiers/dump.ts <folder>');
  const args = [...ARGUMENTS, ...NETWORK_ARGUMENTS, ...INFER_ARGUMENTS, ...AUDIT_ARGUMENTS, ...SPARSE_ARGUMENTS];
  const proofs = [...PROOFS, ...NETWORK_PROOFS, ...INFER_PROOFS, ...AUDIT_PROOFS, ...SPARSE_PROOFS];
  for (const file of await writeDumps(folder, { args, proofs })) console.log(file);
}
