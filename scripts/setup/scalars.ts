import { inverse, mod, R, rootOfUnity } from '../../src/numbers/field.ts';

/** n scalars of 32 canonical little-endian bytes. */
export function encodeScalars(values: readonly bigint[]): Uint8Array {
  const out = new Uint8Array(32 * values.length);
  const view = new DataView(out.buffer);
  for (let i = 0; i < values.length; i++) writeScalar(view, 32 * i, values[i]);
  return out;
}

/** Writes x in [0, 2^256) as 32 little-endian bytes. */
export function writeScalar(view: DataView, at: number, x: bigint): void {
  view.setBigUint64(at, x & MASK, true);
  view.setBigUint64(at + 8, (x >> 64n) & MASK, true);
  view.setBigUint64(at + 16, (x >> 128n) & MASK, true);
  view.setBigUint64(at + 24, x >> 192n, true);
}

/** The integer in 32 little-endian bytes. */
export function readScalar(view: DataView, at: number): bigint {
  const low = view.getBigUint64(at, true) | (view.getBigUint64(at + 8, true) << 64n);
  const high = view.getBigUint64(at + 16, true) | (view.getBigUint64(at + 24, true) << 64n);
  return high === 0n ? low : low | (high << 128n);
}

/** 1 / v for every entry with one inversion. @throws RangeError where an entry is zero */
export function invertAll(values: readonly bigint[]): bigint[] {
  const before: bigint[] = [];
  let product = 1n;
  for (const v of values) {
    before.push(product);
    product = (product * v) % R;
  }
  let inv = inverse(product);
  const out = new Array<bigint>(values.length);
  for (let i = values.length - 1; i >= 0; i--) {
    out[i] = (inv * before[i]) % R;
    inv = (inv * values[i]) % R;
  }
  return out;
}

/**
 * The Lagrange polynomials of the 2^power-th roots of unity at tau: entry i belongs to root^i, the order of .ptau and
 * .zkey files.
 * @throws RangeError where tau is itself such a root
 */
export function lagrangeAt(tau: bigint, power: number): bigint[] {
  const n = 1 << power;
  const root = rootOfUnity(power);
  const roots: bigint[] = [];
  for (let i = 0, w = 1n; i < n; i++, w = (w * root) % R) roots.push(w);
  let vanishing = tau;
  for (let i = 0; i < power; i++) vanishing = (vanishing * vanishing) % R;
  const factor = (mod(vanishing - 1n) * inverse(BigInt(n))) % R;
  const inverses = invertAll(roots.map((w) => mod(tau - w)));
  return roots.map((w, i) => (((factor * w) % R) * inverses[i]) % R);
}

const MASK = 0xffffffffffffffffn;
