// Prunes models and proves it with snarkjs' PLONK, for contracts/examples/PlonkAdapter.sol.
import { poseidon5 } from 'poseidon-lite/poseidon5';
// @ts-expect-error: snarkjs has no types
import { plonk } from 'snarkjs';
import { type Address, encodeAbiParameters, type Hex, hexToBigInt, keccak256 } from 'viem';
import { encodeScalars } from '../../scripts/setup/scalars.ts';
import type { Backend } from '../../src/argument/session.ts';
import type { Point } from '../../src/argument/types.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { chunkSalt } from '../../src/model/salt.ts';
import { encodeShape } from '../../src/model/shape.ts';
import type { Weights } from '../../src/model/weights.ts';
import { CHUNK_SIZE } from '../../src/numbers/constants.ts';
import { mod, randomElement } from '../../src/numbers/field.ts';
import { modelOracle } from '../../src/programs/oracles.ts';
import { modelId } from '../../src/registry/ids.ts';
import type { PrunedKey } from './setup.ts';

const SCALAR = 32;
const POINT = 64;
/** Entries whose bits are packed into one element. */
const BITS = 250;
/** Elements that one call of Poseidon takes beside the state. */
const RATE = 4;

/** Where a proof is to be accepted, and whose. */
export interface ForeignContext {
  chainId: bigint;
  adapter: Address;
  registry: Address;
  trainer: Address;
}

/** What the adapter is to be told of a pruned model, and the proof in its encoding. */
export interface PrunedProof {
  parent: Hex;
  child: Hex;
  kept: number;
  proof: Hex;
}

/**
 * The child of a model that keeps its largest entries, weights and biases alike, and has zeros for the others.
 * @param keep how many, at most
 */
export function prune(parent: Weights, keep: number, salt = randomElement()): Weights {
  const magnitudes = parent.layers.flatMap(({ W, b }) => [...W, ...b]).map(magnitude);
  magnitudes.sort((x, y) => (x < y ? 1 : x > y ? -1 : 0));
  // Of equal entries none is kept where not all can be.
  const bound = magnitudes[keep] ?? 0n;
  const pruned = (entries: BigInt64Array) => entries.map((entry) => (magnitude(entry) > bound ? entry : 0n));
  return { ...parent, salt, layers: parent.layers.map(({ W, b }) => ({ W: pruned(W), b: pruned(b) })) };
}

/** Makes the commitment to a polynomial's coefficients. */
export type Commit = (coefficients: readonly bigint[]) => Point | Promise<Point>;

/** Commitments over the powers that proofs of this project use. */
export function commitOver({ curve, srs }: Pick<Backend, 'curve' | 'srs'>): Commit {
  return (coefficients) =>
    curve.msm(srs.points.subarray(0, coefficients.length * POINT), encodeScalars(coefficients), SCALAR);
}

/** Models to prove and where the proof is to be accepted. */
export interface PrunedModels {
  parent: Weights;
  child: Weights;
  context: ForeignContext;
}

/**
 * Proves that a child is its pruned parent.
 * @throws InputError where it is not
 */
export async function provePruned(commit: Commit, key: PrunedKey, models: PrunedModels): Promise<PrunedProof> {
  const { ids, points, inputs, signals } = await prunedWitness(commit, models);
  const { proof, publicSignals } = await plonk.fullProve(texts(inputs), key.wasm, key.zkey);
  if (signals.some((signal, i) => signal !== BigInt(publicSignals[i]))) {
    throw new Error('the circuit computes other signals than this program');
  }
  const call: string = await plonk.exportSolidityCallData(proof, publicSignals);
  const coordinates = points.flatMap(({ x, y }) => [x, y]);
  const [digest, kept, value] = signals;
  const words = [...coordinates, digest, kept, value, ...plonkWords(call)];
  return { parent: ids[0], child: ids[1], kept: Number(kept), proof: encodeAbiParameters([WORDS], [words as never]) };
}

/**
 * What the circuit takes, the five public signals that it must give, and the points of the adapter's opening: parent, child,
 * mask, quotient.
 * @throws InputError where the child is no pruned parent
 */
export async function prunedWitness(commit: Commit, { parent, child, context }: PrunedModels) {
  const [ofParent, ofChild] = [entriesOf(parent), entriesOf(child)];
  const keep = ofParent.map((entry, i) => keptOf(entry, ofChild[i], i));
  const [parentSalt, childSalt] = [chunkSalt(parent.salt, 0), chunkSalt(child.salt, 0)];
  const mask = [randomElement(), randomElement()];
  const digest = digestOf([...ofParent, ...packed(keep), parentSalt, childSalt, ...mask]);
  const shape = encodeShape(parent);
  const commitments = [await commit(coefficientsOf(parent)), await commit(coefficientsOf(child)), await commit(mask)];
  const ids = commitments.slice(0, 2).map((point) => modelId([point], shape));
  const { challenge, fold } = challengesOf(context, ids, commitments[2], digest);

  const polynomial = coefficientsOf(parent);
  const add = (coefficients: readonly bigint[], factor: bigint) =>
    coefficients.forEach((coefficient, i) => {
      polynomial[i] = mod(polynomial[i] + factor * coefficient);
    });
  add(coefficientsOf(child), fold);
  add(mask, mod(fold * fold));
  const { quotient, value } = divide(polynomial, challenge);
  const kept = keep.reduce((count, bit) => count + bit, 0n);
  return {
    ids,
    points: [...commitments, await commit(quotient)],
    inputs: { challenge, fold, parent: ofParent, keep, parentSalt, childSalt, mask },
    signals: [digest, kept, value, challenge, fold],
  };
}

const WORDS = { type: 'uint256[35]' } as const;

/** The challenges as the adapter draws them. */
function challengesOf(
  { chainId, adapter, registry, trainer }: ForeignContext,
  ids: Hex[],
  mask: Point,
  digest: bigint,
) {
  const types = ['uint256', 'address', 'address', 'address', 'bytes32', 'bytes32', 'uint256', 'uint256', 'uint256'];
  const values = [chainId, adapter, registry, trainer, ...ids, mask.x, mask.y, digest];
  const first = keccak256(
    encodeAbiParameters(
      types.map((type) => ({ type })),
      values,
    ),
  );
  return { challenge: mod(hexToBigInt(first)), fold: mod(hexToBigInt(keccak256(first))) };
}

/** The entries of a commitment's one chunk. */
function entriesOf(weights: Weights): bigint[] {
  const oracle = modelOracle(weights);
  if (oracle.chunks !== 1) throw new InputError('The example takes models of one chunk.');
  return [...(oracle.entries as BigInt64Array)].slice(0, oracle.used).map((entry) => mod(entry));
}

/** The polynomial of a model's commitment: its entries, and the salt at 2^18. */
export function coefficientsOf(weights: Weights): bigint[] {
  const coefficients = new Array<bigint>(CHUNK_SIZE + 1).fill(0n);
  entriesOf(weights).forEach((entry, i) => {
    coefficients[i] = entry;
  });
  coefficients[CHUNK_SIZE] = chunkSalt(weights.salt, 0);
  return coefficients;
}

function keptOf(parent: bigint, child: bigint, i: number): bigint {
  if (child === 0n) return 0n;
  if (child === parent) return 1n;
  throw new InputError(`Entry ${i} of the child is neither zero nor the parent's.`);
}

function packed(bits: readonly bigint[]): bigint[] {
  const words = new Array<bigint>(Math.ceil(bits.length / BITS)).fill(0n);
  bits.forEach((bit, i) => {
    words[Math.floor(i / BITS)] += bit << BigInt(i % BITS);
  });
  return words;
}

function digestOf(elements: readonly bigint[]): bigint {
  let state = 0n;
  for (let at = 0; at < elements.length; at += RATE) {
    const four = Array.from({ length: RATE }, (_, i) => elements[at + i] ?? 0n);
    state = poseidon5([state, ...four]);
  }
  return state;
}

/** f = quotient (X - x) + value. */
function divide(f: readonly bigint[], x: bigint): { quotient: bigint[]; value: bigint } {
  const quotient = new Array<bigint>(f.length - 1);
  let carry = 0n;
  for (let i = f.length - 1; i > 0; i--) {
    carry = mod(f[i] + carry * x);
    quotient[i - 1] = carry;
  }
  return { quotient, value: mod(f[0] + carry * x) };
}

/** The 24 words of the proof among those of snarkjs' call. */
function plonkWords(call: string): bigint[] {
  return (call.match(/0x[0-9a-fA-F]+/g) ?? []).slice(0, 24).map(BigInt);
}

function texts(inputs: Record<string, bigint | bigint[]>): Record<string, unknown> {
  const entries = Object.entries(inputs).map(([name, value]) => [
    name,
    typeof value === 'bigint' ? `${value}` : value.map(String),
  ]);
  return Object.fromEntries(entries);
}

function magnitude(entry: bigint): bigint {
  return entry < 0n ? -entry : entry;
}
