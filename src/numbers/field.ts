/** Arithmetic in F, the scalar field of BN254, on single BigInt values (never in loops that grow with a model or its data). */

/** Order of F. */
export const R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001n;
/** Modulus of the base field of BN254 (coordinates of points). */
export const P = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47n;

/** The representative of x in [0, R). */
export function mod(x: bigint): bigint {
  const y = x % R;
  return y < 0n ? y + R : y;
}

/** base^exponent mod R, exponent >= 0. */
export function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let b = mod(base);
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * b) % R;
    b = (b * b) % R;
  }
  return result;
}

/** 1 / x modulo a prime, R unless told. @throws RangeError for x = 0 modulo it */
export function inverse(x: bigint, modulus = R): bigint {
  const reduce = (v: bigint) => ((v % modulus) + modulus) % modulus;
  let [a, b] = [reduce(x), modulus];
  if (a === 0n) throw new RangeError('zero has no inverse');
  let [s, t] = [1n, 0n];
  while (b > 0n) {
    const q = a / b;
    [a, b] = [b, a - q * b];
    [s, t] = [t, s - q * t];
  }
  return reduce(s);
}

/** Powers of two up to 2^28 divide R - 1. */
const TWO_ADICITY = 28;
/** Least non-residue modulo R: it fixes the roots of unity that snarkjs uses. */
const NON_RESIDUE = 5n;

/** The root of unity of order 2^log2 that snarkjs uses, 5^((R - 1) / 2^log2). @throws RangeError above 2^28 */
export function rootOfUnity(log2: number): bigint {
  if (!(log2 >= 0 && log2 <= TWO_ADICITY)) throw new RangeError(`F has no root of unity of order 2^${log2}`);
  return power(NON_RESIDUE, (R - 1n) >> BigInt(log2));
}

/** sum of coefficients[i] x^i mod R. */
export function evaluatePolynomial(coefficients: readonly bigint[], x: bigint): bigint {
  let y = 0n;
  for (let i = coefficients.length - 1; i >= 0; i--) y = mod(y * x + coefficients[i]);
  return y;
}

/** [1, x, .., x^(n-1)] mod R. */
export function powersOf(x: bigint, n: number): bigint[] {
  const out: bigint[] = [];
  for (let i = 0, p = 1n; i < n; i++, p = mod(p * x)) out.push(p);
  return out;
}

/** [x, x^2, x^4, .., x^(2^(n-1))] mod R (protocol section 3). */
export function squaresOf(x: bigint, n: number): bigint[] {
  const out: bigint[] = [];
  for (let i = 0, p = mod(x); i < n; i++, p = mod(p * p)) out.push(p);
  return out;
}

/** A uniform element of F from the platform's secure random source (48 bytes, so the bias is below 2^-128). */
export function randomElement(): bigint {
  const bytes = crypto.getRandomValues(new Uint8Array(48));
  let x = 0n;
  for (const b of bytes) x = (x << 8n) | BigInt(b);
  return x % R;
}

/** 32 little-endian bytes of x in [0, 2^256). */
export function toBytes(x: bigint): Uint8Array {
  const out = new Uint8Array(32);
  const view = new DataView(out.buffer);
  for (let i = 0; i < 4; i++) view.setBigUint64(8 * i, (x >> BigInt(64 * i)) & 0xffffffffffffffffn, true);
  return out;
}

/** The integer in 32 little-endian bytes. */
export function fromBytes(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 32);
  let x = 0n;
  for (let i = 3; i >= 0; i--) x = (x << 64n) | view.getBigUint64(8 * i, true);
  return x;
}
