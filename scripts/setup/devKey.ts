import { createHash, type Hash } from 'node:crypto';
import type { Curve } from '../../src/argument/curve.ts';
import { inverse, mod, P, R } from '../../src/numbers/field.ts';
import { type Bn254, multiplesOfG2 } from './bn254.ts';
import { recordContribution } from './contribution.ts';
import { type Qap, qapAt } from './qap.ts';
import type { R1cs } from './r1cs.ts';
import { encodeScalars, lagrangeAt, writeScalar } from './scalars.ts';
import type { KeySecrets } from './secrets.ts';
import { writeSections } from './sections.ts';

/** Points that snarkjs hashes at a time when it digests tau^(i+n) - tau^i. */
const HASH_CHUNK = 1 << 14;
const MONT2 = (1n << 512n) % R;

/**
 * The Groth16 key of a circuit, computed from the secrets as scalars times the generators instead of by group FFTs.
 * Byte for byte in the layout of snarkjs, and equal to what snarkjs makes from a powers-of-tau file with these tau,
 * alpha, beta followed by one contribution that multiplies delta by `secrets.delta`: circuit hash and contribution
 * record are those of that run.
 * @param label name in the contribution record (at most 64 bytes)
 */
export async function makeDevKey(
  { r1cs, secrets, label }: { r1cs: R1cs; secrets: KeySecrets; label: string },
  { bn, curve, onProgress = () => {} }: { bn: Bn254; curve: Curve; onProgress?: (message: string) => void },
): Promise<Uint8Array> {
  const { alpha, beta, delta, tau } = secrets;
  const { signals, publics } = r1cs.sizes;
  onProgress('evaluating the constraints at tau');
  const qap = qapAt(r1cs, tau);
  const inverseDelta = inverse(delta);
  const combined = qap.A.map((a, s) => (beta * a + alpha * qap.B[s] + qap.C[s]) % R);
  const privates = combined.slice(publics + 1);
  const odd = lagrangeAt(tau, qap.power + 1).filter((_, i) => i % 2 === 1);

  onProgress('computing points');
  const g1 = (scalars: readonly bigint[]) => curve.fixedBase(encodeScalars(scalars));
  const points = {
    header: await g1([alpha, beta, 1n, delta]),
    IC: await g1(combined.slice(0, publics + 1)),
    H: await g1(odd.map((l) => (l * inverseDelta) % R)),
    hash: await g1(differences(tau, qap.size)),
    // the circuit hash wants these as they were before the contribution, with delta = 1
    Cbefore: await g1(privates),
    C: await g1(privates.map((c) => (c * inverseDelta) % R)),
    A: await g1(qap.A),
    B1: await g1(qap.B),
    B2: await multiplesOfG2(bn, encodeScalars(qap.B)),
    header2: await multiplesOfG2(bn, encodeScalars([beta, 1n, delta])),
  };

  onProgress('hashing');
  const [alpha1, beta1, one1, delta1] = split(points.header, 64);
  const [beta2, one2, delta2] = split(points.header2, 128);
  const hash = createHash('blake2b512');
  const add1 = async (lem: Uint8Array) => void hash.update(await bn.G1.batchLEMtoU(lem));
  const add2 = async (lem: Uint8Array) => void hash.update(await bn.G2.batchLEMtoU(lem));
  for (const point of [alpha1, beta1]) await add1(point);
  for (const point of [beta2, one2]) await add2(point);
  await add1(one1);
  await add2(one2);
  hashCount(hash, publics + 1);
  await add1(points.IC);
  hashCount(hash, qap.size - 1);
  await add1(points.hash);
  hashCount(hash, privates.length);
  await add1(points.Cbefore);
  for (const section of [points.A, points.B1]) {
    hashCount(hash, signals);
    await add1(section);
  }
  hashCount(hash, signals);
  await add2(points.B2);
  const circuitHash = hash.digest();

  const sizes = new Uint8Array(12);
  new Uint32Array(sizes.buffer).set([signals, publics, qap.size]);
  const header = [fieldHeader(P), fieldHeader(R), sizes, alpha1, beta1, beta2, one2, delta1, delta2];
  return writeSections('zkey', 1, [
    [1, Uint8Array.of(1, 0, 0, 0)],
    [2, Buffer.concat(header)],
    [4, coefficients(r1cs, qap)],
    [3, points.IC],
    [9, points.H],
    [8, points.C],
    [5, points.A],
    [6, points.B1],
    [7, points.B2],
    [10, recordContribution(bn, circuitHash, delta, secrets.record, label)],
  ]);
}

/** Scalars of the points whose digest enters the circuit hash: tau^(i+n) - tau^i, as many as snarkjs reads. */
function differences(tau: bigint, n: number): bigint[] {
  const chunk = Math.min(n - 1, HASH_CHUNK);
  const count = Math.ceil((n - 1) / HASH_CHUNK) * chunk;
  let top = tau;
  for (let m = n; m > 1; m /= 2) top = (top * top) % R;
  const factor = mod(top - 1n);
  const out: bigint[] = [];
  for (let i = 0, power = 1n; i < count; i++, power = (power * tau) % R) out.push((power * factor) % R);
  return out;
}

function hashCount(hash: Hash, n: number): void {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, n, false);
  hash.update(bytes);
}

/** Size of an element, then the modulus. */
function fieldHeader(modulus: bigint): Uint8Array {
  const out = new Uint8Array(36);
  const view = new DataView(out.buffer);
  view.setUint32(0, 32, true);
  writeScalar(view, 4, modulus);
  return out;
}

/**
 * Section 4: the matrices A and B and the rows for the public signals; coefficients times 2^512 (Montgomery form
 * twice).
 */
function coefficients(r1cs: R1cs, qap: Qap): Uint8Array {
  const { constraints, publics } = r1cs.sizes;
  const out = new Uint8Array(4 + 44 * (qap.terms + publics + 1));
  const view = new DataView(out.buffer);
  view.setUint32(0, qap.terms + publics + 1, true);
  const encoded = new Map<bigint, bigint>();
  let at = 4;
  const write = (matrix: number, row: number, signal: number, value: bigint) => {
    const word = encoded.get(value) ?? (value * MONT2) % R;
    encoded.set(value, word);
    view.setUint32(at, matrix, true);
    view.setUint32(at + 4, row, true);
    view.setUint32(at + 8, signal, true);
    writeScalar(view, at + 12, word);
    at += 44;
  };
  r1cs.forEachTerm((matrix, row, signal, value) => {
    if (matrix < 2) write(matrix, row, signal, value);
  });
  for (let signal = 0; signal <= publics; signal++) write(0, constraints + signal, signal, 1n);
  return out;
}

function split(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: bytes.length / size }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}
