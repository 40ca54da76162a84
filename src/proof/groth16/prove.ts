import { bn254 } from '@noble/curves/bn254.js';
import type { Curve } from '../../argument/curve.ts';
import type { Point, Point2 } from '../../argument/types.ts';
import { fromBytes, inverse, P, R, randomElement, rootOfUnity, toBytes } from '../../numbers/field.ts';
import { ENTRY, type ProvingKey } from './provingKey.ts';

const G1 = bn254.G1.Point;
const G2 = bn254.G2.Point;
type G1Point = InstanceType<typeof G1>;
type G2Point = InstanceType<typeof G2>;

const MONTGOMERY = (1n << 256n) % R;
const FROM_MONTGOMERY = inverse(1n << 256n, P);

/**
 * A Groth16 proof (Groth 2016, as snarkjs makes it) for a key of snarkjs.
 * @param witness canonical signals, 32 bytes each, the constant 1 first
 * @returns the eight words of snarkjs' Solidity call: G2 coordinates have the imaginary part first
 * @throws RangeError where the witness is not the key's
 */
export async function proveGroth16(curve: Curve, key: ProvingKey, witness: Uint8Array): Promise<bigint[]> {
  if (witness.length !== 32 * key.signals) {
    throw new RangeError(`the witness has ${witness.length / 32} signals, the key ${key.signals}`);
  }
  // One sum waits for the scalars of H, which take as long as a small sum; then the others, longest first, cut only where there
  // are more workers than sums.
  const parts = Math.ceil(curve.threads / 2);
  const privates = witness.subarray(32 * (key.publicSignals + 1));
  const [scalars, sumB1] = await Promise.all([quotientScalars(curve, key, witness), curve.sum(key.B1, witness, parts)]);
  const [sumB2, sumH, sumC, sumA] = await Promise.all([
    curve.msm2(key.B2, witness, parts),
    curve.sum(key.H, scalars, parts),
    curve.sum(key.C, privates, parts),
    curve.sum(key.A, witness, parts),
  ]);
  const [r, s] = [randomElement(), randomElement()];
  const delta1 = pointOf(key.delta1);
  const a = affine(sumA).add(pointOf(key.alpha1)).add(delta1.multiplyUnsafe(r));
  const b1 = affine(sumB1).add(pointOf(key.beta1)).add(delta1.multiplyUnsafe(s));
  const b2 = sumB2
    .map(affine2)
    .reduce((sum, part) => sum.add(part), point2Of(key.beta2).add(point2Of(key.delta2).multiplyUnsafe(s)));
  const c = affine(sumC)
    .add(affine(sumH))
    .add(a.multiplyUnsafe(s))
    .add(b1.multiplyUnsafe(r))
    .subtract(delta1.multiplyUnsafe((r * s) % R));
  const [first, second, third] = [a.toAffine(), b2.toAffine(), c.toAffine()];
  return [first.x, first.y, second.x.c1, second.x.c0, second.y.c1, second.y.c0, third.x, third.y];
}

/** Values of (A w)(B w) - C w on the odd roots of unity, canonical: the scalars of H. */
function quotientScalars(curve: Curve, { matrices, power }: ProvingKey, witness: Uint8Array): Promise<Uint8Array> {
  return curve.quotient({ bytes: matrices, count: matrices.length / ENTRY }, witness, power, quotientConstants(power));
}

/**
 * What the kernels take for a domain of n = 2^k: 1, root of order n, its inverse, the root of order 2 n that shifts, 1 / n; then 1,
 * 1 / (4 n^2), -1 / (4 n), not in Montgomery form.
 */
export function quotientConstants(k: number): Uint8Array {
  const shift = rootOfUnity(k + 1);
  const root = rootOfUnity(k);
  const n = 1n << BigInt(k);
  const values = [1n, root, inverse(root), shift, inverse(n)].map((value) => (value * MONTGOMERY) % R);
  const plain = [1n, inverse(4n * n * n), R - inverse(4n * n)];
  const out = new Uint8Array(32 * (values.length + plain.length));
  [...values, ...plain].forEach((value, i) => {
    out.set(toBytes(value), 32 * i);
  });
  return out;
}

function affine({ x, y }: Point): G1Point {
  return x === 0n && y === 0n ? G1.ZERO : G1.fromAffine({ x, y });
}

function affine2({ x: [x0, x1], y: [y0, y1] }: Point2): G2Point {
  if (x0 === 0n && x1 === 0n && y0 === 0n && y1 === 0n) return G2.ZERO;
  return G2.fromAffine({ x: { c0: x0, c1: x1 }, y: { c0: y0, c1: y1 } });
}

function coordinate(bytes: Uint8Array, k: number): bigint {
  return (fromBytes(bytes.subarray(32 * k)) * FROM_MONTGOMERY) % P;
}

function pointOf(bytes: Uint8Array): G1Point {
  return affine({ x: coordinate(bytes, 0), y: coordinate(bytes, 1) });
}

function point2Of(bytes: Uint8Array): G2Point {
  return affine2({
    x: [coordinate(bytes, 0), coordinate(bytes, 1)],
    y: [coordinate(bytes, 2), coordinate(bytes, 3)],
  });
}
