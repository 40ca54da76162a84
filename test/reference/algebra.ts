// Field and multilinear algebra in plain BigInt, written apart from src so that tests compare two implementations.

/** Order of the scalar field of BN254. */
export const ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

export const mod = (x: bigint): bigint => {
  const y = x % ORDER;
  return y < 0n ? y + ORDER : y;
};

export function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = (b * b) % ORDER)
    if (e & 1n) result = (result * b) % ORDER;
  return result;
}

export function inverse(x: bigint): bigint {
  if (mod(x) === 0n) throw new RangeError('0 has no inverse');
  let [a, b, u, v] = [mod(x), ORDER, 1n, 0n];
  while (a > 1n) {
    const q = b / a;
    [a, b, u, v] = [b - q * a, a, v - q * u, u];
  }
  return mod(u);
}

/** A square root by Tonelli and Shanks, where there is one: the order less 1 is 2^28 times an odd number. */
export function squareRoot(x: bigint): bigint | undefined {
  const square = mod(x);
  if (square === 0n) return 0n;
  if (power(square, (ORDER - 1n) / 2n) !== 1n) return undefined;
  const odd = (ORDER - 1n) >> 28n;
  // 5 is no square
  let generator = power(5n, odd);
  let root = power(square, (odd + 1n) / 2n);
  let left = power(square, odd);
  for (let order = 28; left !== 1n; ) {
    let k = 0;
    for (let t = left; t !== 1n; t = mod(t * t)) k++;
    const factor = power(generator, 2n ** BigInt(order - k - 1));
    root = mod(root * factor);
    generator = mod(factor * factor);
    left = mod(left * generator);
    order = k;
  }
  return root;
}

export const range = (n: number): number[] => [...Array(n).keys()];
export const zeros = (n: number): bigint[] => Array<bigint>(n).fill(0n);
export const log2Up = (n: number): number => Math.ceil(Math.log2(n));
export const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);
export const dot = (a: readonly bigint[], b: readonly bigint[]): bigint => mod(sum(a.map((x, i) => x * (b[i] ?? 0n))));

export function powers(x: bigint, n: number): bigint[] {
  const out = [1n];
  while (out.length < n) out.push((out[out.length - 1] * x) % ORDER);
  return out;
}

export function squares(x: bigint, n: number): bigint[] {
  const out = [x];
  while (out.length < n) out.push(out[out.length - 1] ** 2n % ORDER);
  return out;
}

/** eq(z, x) for all x in {0,1}^n, coordinate 0 lowest. */
export function eqTable(z: readonly bigint[]): bigint[] {
  let table = [1n];
  for (const c of z) {
    const high = table.map((v) => (v * c) % ORDER);
    table = [...table.map((v, i) => mod(v - high[i])), ...high];
  }
  return table;
}

/** f~(z). */
export function evaluate(f: readonly bigint[], z: readonly bigint[]): bigint {
  if (f.length !== 2 ** z.length) throw new RangeError(`${f.length} entries at a point of ${z.length} coordinates`);
  let table = [...f];
  for (let t = z.length - 1; t >= 0; t--) table = fold(table, z[t]);
  return mod(table[0]);
}

/** Binds the highest coordinate of a table. */
export function fold(table: readonly bigint[], r: bigint): bigint[] {
  const half = table.length / 2;
  const out = new Array<bigint>(half);
  for (let i = 0; i < half; i++) {
    const [low, high] = [table[i], table[i + half]];
    out[i] = low === high ? low : mod(low + r * (high - low));
  }
  return out;
}

/** sum_i c_i x^i. */
export const polynomial = (c: readonly bigint[], x: bigint): bigint => c.reduceRight((v, k) => mod(v * x + k), 0n);

/** Coefficients of the polynomial with these values at 0, 1, .., d. */
export function interpolate(values: readonly bigint[]): bigint[] {
  const out = zeros(values.length);
  values.forEach((value, i) => {
    let numerator = [1n];
    let denominator = 1n;
    for (let j = 0; j < values.length; j++) {
      if (j === i) continue;
      const next = zeros(numerator.length + 1);
      numerator.forEach((c, k) => {
        next[k] -= c * BigInt(j);
        next[k + 1] += c;
      });
      numerator = next;
      denominator *= BigInt(i - j);
    }
    const scale = value * inverse(denominator);
    numerator.forEach((c, k) => {
      out[k] = mod(out[k] + c * scale);
    });
  });
  return out;
}

/** eq(a, b) of two points of one length. */
export const eqAt = (a: readonly bigint[], b: readonly bigint[]): bigint =>
  a.reduce((v, x, t) => mod(v * (2n * x * b[t] + 1n - x - b[t])), 1n);

/** The extension of [x < y], by all pairs of corners. */
export function ltAt(x: readonly bigint[], y: readonly bigint[]): bigint {
  const [ex, ey] = [eqTable(x), eqTable(y)];
  let [below, total] = [0n, 0n];
  ey.forEach((e, k) => {
    total = mod(total + e * below);
    below += ex[k];
  });
  return total;
}

/** The extension of [x <= n - 1] at a point, by all corners. */
export const leAt = (n: number, z: readonly bigint[]): bigint => mod(sum(eqTable(z).slice(0, n)));

/** prod (1 - z_t) over the variables that an instance does not have. */
export const dormantAt = (positions: readonly number[], z: readonly bigint[]): bigint =>
  z.reduce((v, r, t) => (positions.includes(t) ? v : mod(v * (1n - r))), 1n);

/** A small deterministic source of test data: numbers below n, field elements. */
export class Random {
  #state: bigint;
  constructor(seed: number) {
    this.#state = BigInt(seed) * 0x9e3779b97f4a7c15n + 0x1234567n;
  }
  #next(): bigint {
    this.#state = BigInt.asUintN(64, this.#state + 0x9e3779b97f4a7c15n);
    let z = this.#state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  }
  below(n: number): number {
    return Number(this.#next() % BigInt(n));
  }
  element(): bigint {
    return mod((this.#next() << 192n) | (this.#next() << 128n) | (this.#next() << 64n) | this.#next());
  }
}
