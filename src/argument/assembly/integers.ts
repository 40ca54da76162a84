/** Sums of products of small integers and elements of F (`fr.ts`): limbs are summed as 64-bit integers and reduced once a sum. */

import { add, mul, scratchOf, sub } from './fr';

const SIZE: usize = 32;
/** A 32-bit integer below this in absolute value is one digit. */
const DIGIT: i32 = 1 << 17;

/** One 16-bit digit of an integer of `size` bytes, the highest one signed; with digit -1 the whole of 32 bits. */
// @ts-ignore: decorator
@inline
function digitOf(at: usize, size: usize, digit: i32): i64 {
  if (digit < 0) return i64(load<i32>(at));
  if (size == 4) return digit == 0 ? i64(load<u16>(at)) : i64(load<i16>(at, 2));
  return digit == 3 ? i64(load<i16>(at, 6)) : i64(load<u16>(at + 2 * usize(digit)));
}

/** Whether n 32-bit integers, `step` bytes apart, are all digits. */
function areSmall(at: usize, step: usize, n: usize): bool {
  let out: u32 = 0;
  for (let i: usize = 0; i < n; i++, at += step) out |= u32(load<i32>(at) + DIGIT) & ~u32(2 * DIGIT - 1);
  return out == 0;
}

/** o = a0 + 2^32 a1 + .. + 2^224 a7 of signed sums; o + 32 is scratch. */
// @ts-expect-error: decorator
@inline
export function settle(
  o: usize, one: usize, r2: usize, a0: i64, a1: i64, a2: i64, a3: i64, a4: i64, a5: i64, a6: i64, a7: i64,
): void {
  // the carry is signed: what is left of it stands for multiples of 2^256
  a1 += a0 >> 32;
  a2 += a1 >> 32;
  a3 += a2 >> 32;
  a4 += a3 >> 32;
  a5 += a4 >> 32;
  a6 += a5 >> 32;
  a7 += a6 >> 32;
  const top = a7 >> 32;
  store<u32>(o, u32(a0));
  store<u32>(o, u32(a1), 4);
  store<u32>(o, u32(a2), 8);
  store<u32>(o, u32(a3), 12);
  store<u32>(o, u32(a4), 16);
  store<u32>(o, u32(a5), 20);
  store<u32>(o, u32(a6), 24);
  store<u32>(o, u32(a7), 28);
  mul(o, o, one);
  if (top == 0) return;
  const t = o + SIZE;
  store<u64>(t, top < 0 ? u64(-top) : u64(top));
  store<u64>(t, 0, 8);
  store<u64>(t, 0, 16);
  store<u64>(t, 0, 24);
  mul(t, t, r2);
  if (top < 0) sub(o, o, t);
  else add(o, o, t);
}

/** o = sum over i < n of one digit of the integers `step` bytes apart times e[i]; with digit -1 the whole of 32 bits. */
function digitSum(o: usize, at: usize, size: usize, step: usize, digit: i32, e: usize, n: usize, one: usize, r2: usize): void {
  let a0: i64 = 0;
  let a1: i64 = 0;
  let a2: i64 = 0;
  let a3: i64 = 0;
  let a4: i64 = 0;
  let a5: i64 = 0;
  let a6: i64 = 0;
  let a7: i64 = 0;
  for (let i: usize = 0; i < n; i++, at += step, e += SIZE) {
    const v = digitOf(at, size, digit);
    if (v == 0) continue;
    a0 += v * i64(load<u32>(e));
    a1 += v * i64(load<u32>(e, 4));
    a2 += v * i64(load<u32>(e, 8));
    a3 += v * i64(load<u32>(e, 12));
    a4 += v * i64(load<u32>(e, 16));
    a5 += v * i64(load<u32>(e, 20));
    a6 += v * i64(load<u32>(e, 24));
    a7 += v * i64(load<u32>(e, 28));
  }
  settle(o, one, r2, a0, a1, a2, a3, a4, a5, a6, a7);
}

/** As integerSums, one sum, to scratch. */
// @ts-ignore: decorator
@inline
function integerSum(t: usize, data: usize, size: usize, step: usize, e: usize, n: usize, one: usize, r2: usize, radix: usize): void {
  if (size == 4 && areSmall(data, step, n)) {
    digitSum(t, data, size, step, -1, e, n, one, r2);
    return;
  }
  let digit = i32(size / 2) - 1;
  digitSum(t, data, size, step, digit, e, n, one, r2);
  while (--digit >= 0) {
    mul(t + 2 * SIZE, t, radix);
    digitSum(t, data, size, step, digit, e, n, one, r2);
    add(t, t, t + 2 * SIZE);
  }
}

// @ts-ignore: decorator
@inline
function put(out: usize, t: usize): void {
  store<u64>(out, load<u64>(t));
  store<u64>(out, load<u64>(t, 8), 8);
  store<u64>(out, load<u64>(t, 16), 16);
  store<u64>(out, load<u64>(t, 24), 24);
}

/**
 * out[i] = sum over j < n of e[j] times the integer at data + i next + j step, for i < count. The integers have `size` bytes, 4 or 8, and are signed; n is at
 * most 2^13. `one` points at 2^256, `r2` at 2^512, `radix` at 2^16 2^256, modulo r.
 */
export function integerSums(
  out: usize, data: usize, size: usize, next: usize, step: usize, e: usize, count: usize, n: usize,
  one: usize, r2: usize, radix: usize,
): void {
  const t = scratchOf();
  for (let i: usize = 0; i < count; i++, data += next, out += SIZE) {
    integerSum(t, data, size, step, e, n, one, r2, radix);
    put(out, t);
  }
}

/**
 * out[i steps + k] = sum over b < batch of e[k batch + b] times the 32-bit integer [i, (k batch + b) mod rows] of rows of `rows`, for i < count; a batch
 * divides the rows and is at most 2^13.
 */
export function integerStepSums(
  out: usize, data: usize, rows: usize, e: usize, steps: usize, batch: usize, count: usize,
  one: usize, r2: usize, radix: usize,
): void {
  const t = scratchOf();
  for (let i: usize = 0; i < count; i++, data += 4 * rows) {
    for (let k: usize = 0, row: usize = 0; k < steps; k++, out += SIZE) {
      integerSum(t, data + 4 * row, 4, 4, e + k * batch * SIZE, batch, one, r2, radix);
      put(out, t);
      row += batch;
      if (row == rows) row = 0;
    }
  }
}
