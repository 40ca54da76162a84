import { ACTIVATION_BITS, DELTA_BITS, LIMB_BITS, SIGNED_LIMIT } from '../numbers/constants.ts';

/** Entries of each table. */
export const TABLE_SIZE = 2 ** LIMB_BITS;

let tables: { exp: Int32Array; sigmoid: Int32Array } | undefined;

/** EXP[t] = round(2^16 exp(-t / 2^fa)), t in 0..2^16 - 1 (protocol section 1). Not to be changed. */
export function expTable(): Int32Array {
  return made().exp;
}

/** SIG[k] = round(2^fd / (1 + exp(-(k - 2^15) / 2^fa))), k in 0..2^16 - 1 (protocol section 1). Not to be changed. */
export function sigmoidTable(): Int32Array {
  return made().sigmoid;
}

/** Both are made once. No entry is near a half, so engines whose exponential differs in the last bits agree. */
function made(): { exp: Int32Array; sigmoid: Int32Array } {
  tables ??= {
    exp: Int32Array.from({ length: TABLE_SIZE }, (_, t) => Math.round(exactExp(t))),
    sigmoid: Int32Array.from({ length: TABLE_SIZE }, (_, k) => Math.round(exactSigmoid(k))),
  };
  return tables;
}

/** An entry before it is rounded. */
export function exactExp(t: number): number {
  return 2 ** LIMB_BITS * Math.exp(-t / 2 ** ACTIVATION_BITS);
}

/** An entry before it is rounded. */
export function exactSigmoid(k: number): number {
  return 2 ** DELTA_BITS / (1 + Math.exp(-(k - SIGNED_LIMIT) / 2 ** ACTIVATION_BITS));
}
