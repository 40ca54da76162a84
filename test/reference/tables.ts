// The functions of the heads (protocol, section 1, Tables), from exp(-1/512) in binary fractions of 256 bits.

import { range } from './algebra.ts';
import { slotOf } from './argument.ts';
import { atTau, chunkOf, type Oracle } from './commitments.ts';
import { LIMB_BITS } from './tensors.ts';

const BITS = 256n;
const ONE = 2n ** BITS;
const ENTRIES = 2 ** LIMB_BITS;
/** An error of a power is far below this: every step loses less than one unit of the last bit. */
const ERROR = 2n ** 64n;

/** exp(-t / 2^fa) for t = 0..2^16, rounded down a little. */
function powersOfE(): bigint[] {
  let [root, term] = [0n, ONE];
  for (let k = 1n; term !== 0n; k++) [root, term] = [root + term, -term / (512n * k)];
  const out = [ONE];
  while (out.length <= ENTRIES) out.push((out[out.length - 1] * root) >> BITS);
  return out;
}

/** x / 2^256 to the nearest integer. @throws RangeError where the error of x could decide */
function nearest(x: bigint): bigint {
  const [below, above] = [x - ERROR, x + ERROR].map((v) => (v + ONE / 2n) >> BITS);
  if (below !== above) throw new RangeError('a table needs more digits');
  return above;
}

/** x / 2^256 up to an integer. @throws RangeError where the error of x could decide */
function up(x: bigint): bigint {
  const [below, above] = [x - ERROR, x + ERROR].map((v) => -(-v >> BITS));
  if (below !== above) throw new RangeError('a table needs more digits');
  return above;
}

/** ln(1 + u) for u in [0, 1]: 2 artanh(u / (2 + u)). */
function logOfOneAnd(u: bigint): bigint {
  const z = (u << BITS) / (2n * ONE + u);
  const square = (z * z) >> BITS;
  let total = 0n;
  for (let [k, power] = [1n, z]; power !== 0n; k += 2n, power = (power * square) >> BITS) total += power / k;
  return 2n * total;
}

const E = powersOfE();
/** EXP[t] = round(2^16 exp(-t / 2^fa)). */
export const EXP: readonly bigint[] = range(ENTRIES).map((t) => nearest(E[t] << 16n));
/** SIG[k] = round(2^fd / (1 + exp(-(k - 2^15) / 2^fa))). */
export const SIG: readonly bigint[] = range(ENTRIES).map((k) => {
  const power = E[Math.abs(k - ENTRIES / 2)];
  return nearest((((k < ENTRIES / 2 ? power : ONE) << 11n) * ONE) / (ONE + power));
});
/** LOSS[k] = ceil(2^16 ln(1 + exp((k - 2^15) / 2^fa))). */
export const LOSS: readonly bigint[] = range(ENTRIES).map((k) => {
  const over = k - ENTRIES / 2;
  // ln(1 + exp(x)) = x + ln(1 + exp(-x))
  const whole = over > 0 ? (BigInt(over) * ONE) / 512n : 0n;
  return up((whole + logOfOneAnd(E[Math.abs(over)])) << 16n);
});

export const TABLE_SLOTS = {
  EXP: slotOf(0, LIMB_BITS),
  SIG: slotOf(ENTRIES, LIMB_BITS),
  LOSS: slotOf(2 * ENTRIES, LIMB_BITS),
};

/** The vector that is fixed for ever: one chunk without salt and blinding. */
export const tablesOracle = (): Oracle => ({
  vector: [...EXP, ...SIG, ...LOSS],
  beyond: [],
  slots: TABLE_SLOTS,
  chunks: 1,
});

/** The contract's constant. */
export const TABLES = atTau(chunkOf(tablesOracle(), 0));
