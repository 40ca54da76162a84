/**
 * Inverses modulo the prime of the base field by division steps (Bernstein and Yang, "Fast constant-time gcd computation
 * and modular inversion", 2019), thirty at a time on the lowest limbs, in variable time as in libsecp256k1 (`modinv32`).
 * Numbers are nine signed limbs of 30 bits (i32); all but the highest are in [0, 2^30).
 */

/** Bytes of a number. */
const NUMBER: usize = 36;
const BITS: i32 = 30;
const MASK: i64 = 0x3fffffff;

const PRIME: usize = memory.data<i32>([0x187cfd47, 0x3082305b, 0x71ca8d3, 0x205aa45a, 0x1585d97, 0x116da06, 0x1a029b85,
  0x139cb84c, 0x3064], 16);
/** 1 / p mod 2^30 */
const PRIME_INVERSE: i32 = 0x1b799c77;

/** The steps keep g = e a and f = d a modulo p, up to powers of two that `combine` divides out. */
const d: usize = memory.data(36, 16);
const e: usize = memory.data(36, 16);
const f: usize = memory.data(36, 16);
const g: usize = memory.data(36, 16);

/** 2^30 times what thirty steps do: f becomes u f + v g, g becomes q f + r g. */
let u: i32 = 0;
let v: i32 = 0;
let q: i32 = 0;
let r: i32 = 0;

/** Thirty steps from the lowest limbs of f, which is odd, and g; returns eta afterwards. */
function divisionSteps(eta: i32, f0: i32, g0: i32): i32 {
  let a: i32 = 1;
  let b: i32 = 0;
  let c: i32 = 0;
  let h: i32 = 1;
  let left = BITS;
  for (;;) {
    const zeros = i32(ctz(g0 | (-1 << left)));
    g0 = i32(u32(g0) >> zeros);
    a <<= zeros;
    b <<= zeros;
    eta -= zeros;
    left -= zeros;
    if (left == 0) break;
    if (eta < 0) {
      eta = -eta;
      let swapped = f0;
      f0 = g0;
      g0 = -swapped;
      swapped = a;
      a = c;
      c = -swapped;
      swapped = b;
      b = h;
      h = -swapped;
    }
    // as many low bits of g vanish at once as steps may follow without exchanging: f (f^2 - 2) is -1 / f modulo 2^6
    const limit = min(min(eta + 1, left), 6);
    const w = (f0 * g0 * (f0 * f0 - 2)) & ((1 << limit) - 1);
    g0 += f0 * w;
    c += a * w;
    h += b * w;
  }
  u = a;
  v = b;
  q = c;
  r = h;
  return eta;
}

/** (d, e) = the steps' matrix times (d, e) / 2^30 modulo p, both in (-2 p, p). */
function combine(): void {
  const signD = load<i32>(d, 32) >> 31;
  const signE = load<i32>(e, 32) >> 31;
  let d0 = i64(load<i32>(d));
  let e0 = i64(load<i32>(e));
  let c = i64(u) * d0 + i64(v) * e0;
  let h = i64(q) * d0 + i64(r) * e0;
  // multiples of p that make the lowest limbs vanish, and keep the range
  let m = (u & signD) + (v & signE);
  let n = (q & signD) + (r & signE);
  m -= (PRIME_INVERSE * i32(c) + m) & i32(MASK);
  n -= (PRIME_INVERSE * i32(h) + n) & i32(MASK);
  c = (c + i64(load<i32>(PRIME)) * i64(m)) >> BITS;
  h = (h + i64(load<i32>(PRIME)) * i64(n)) >> BITS;
  for (let i: usize = 4; i < NUMBER; i += 4) {
    d0 = i64(load<i32>(d + i));
    e0 = i64(load<i32>(e + i));
    const p = i64(load<i32>(PRIME + i));
    c += i64(u) * d0 + i64(v) * e0 + p * i64(m);
    h += i64(q) * d0 + i64(r) * e0 + p * i64(n);
    store<i32>(d + i - 4, i32(c & MASK));
    store<i32>(e + i - 4, i32(h & MASK));
    c >>= BITS;
    h >>= BITS;
  }
  store<i32>(d, i32(c), 32);
  store<i32>(e, i32(h), 32);
}

/** (f, g) = the steps' matrix times (f, g) / 2^30, which is exact; both have `length` bytes. */
function apply(length: usize): void {
  let f0 = i64(load<i32>(f));
  let g0 = i64(load<i32>(g));
  let c = (i64(u) * f0 + i64(v) * g0) >> BITS;
  let h = (i64(q) * f0 + i64(r) * g0) >> BITS;
  for (let i: usize = 4; i < length; i += 4) {
    f0 = i64(load<i32>(f + i));
    g0 = i64(load<i32>(g + i));
    c += i64(u) * f0 + i64(v) * g0;
    h += i64(q) * f0 + i64(r) * g0;
    store<i32>(f + i - 4, i32(c & MASK));
    store<i32>(g + i - 4, i32(h & MASK));
    c >>= BITS;
    h >>= BITS;
  }
  store<i32>(f + length - 4, i32(c));
  store<i32>(g + length - 4, i32(h));
}

/** d, negated for a negative sign, brought from (-2 p, p) into [0, p). */
function normalise(sign: i32): void {
  for (let round = 0; round < 2; round++) {
    const negative = load<i32>(d, 32) < 0;
    let c: i64 = 0;
    for (let i: usize = 0; i < NUMBER; i += 4) {
      let limb = i64(load<i32>(d + i)) + (negative ? i64(load<i32>(PRIME + i)) : 0);
      if (round == 0 && sign < 0) limb = -limb;
      c += limb;
      store<i32>(d + i, i32(i < 32 ? c & MASK : c));
      c >>= BITS;
    }
  }
}

function isZero(length: usize): bool {
  let any: i32 = 0;
  for (let i: usize = 0; i < length; i += 4) any |= load<i32>(g + i);
  return any == 0;
}

/** The 32 little-endian bytes at o = 1 / a modulo p, for the bytes at a, less than p; 0 for 0. */
export function invertBytes(o: usize, a: usize): void {
  memory.fill(d, 0, NUMBER);
  memory.fill(e, 0, NUMBER);
  store<i32>(e, 1);
  memory.copy(f, PRIME, NUMBER);
  for (let i: usize = 0; i < 8; i++) {
    const bit: usize = 30 * i;
    // the last but one begins at bit 210, byte 26: eight bytes from there would leave the number
    const at = i < 7 ? bit >> 3 : 24;
    store<i32>(g + 4 * i, i32((load<u64>(a + at) >> u64(bit - 8 * at)) & MASK));
  }
  store<i32>(g, i32(load<u16>(a + 30)), 32);
  let eta: i32 = -1;
  let length = NUMBER;
  for (;;) {
    eta = divisionSteps(eta, load<i32>(f), load<i32>(g));
    combine();
    apply(length);
    if (load<i32>(g) == 0 && isZero(length)) break;
    // a highest limb that only has the sign becomes part of the one below
    const top = load<i32>(f + length - 4);
    const other = load<i32>(g + length - 4);
    if (length > 8 && (top ^ (top >> 31)) == 0 && (other ^ (other >> 31)) == 0) {
      length -= 4;
      store<i32>(f + length - 4, load<i32>(f + length - 4) | (top << BITS));
      store<i32>(g + length - 4, load<i32>(g + length - 4) | (other << BITS));
    }
  }
  normalise(load<i32>(f + length - 4));
  memory.fill(o, 0, 32);
  for (let i: usize = 0; i < 9; i++) {
    const bit: usize = 30 * i;
    const at = min(bit >> 3, 24);
    store<u64>(o + at, load<u64>(o + at) | (u64(load<u32>(d + 4 * i)) << u64(bit - 8 * at)));
  }
}
