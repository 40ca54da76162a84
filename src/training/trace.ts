import type { Head } from '../model/head.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { SIGNED_LIMIT } from '../numbers/constants.ts';

/**
 * Intermediate values of one hidden layer; every array is [i, s] with s low, 2^a_l x S, S = passes * 2^sigma (protocol section 7), of a
 * convolutional network [c, y, x, s] with sides of 2^n_l (section 12).
 */
export interface HiddenTrace {
  /** max(Q, 0). */
  A: Int32Array;
  /** |Q|, so Q = 2A - V. */
  V: Int32Array;
  /** 1 where Q > 0. */
  m: Int32Array;
  /** m T. */
  D: Int32Array;
  /** T' = T + 2^15. */
  T: Int32Array;
  /** Limbs of the remainder of round(Z): Z + 2^31 = 2^32 Q + R0 + 2^16 R1. */
  R0: Int32Array;
  R1: Int32Array;
  /** Limbs of the remainder of round(E): E + 2^31 = 2^32 T + S0 + 2^16 S1. */
  S0: Int32Array;
  S1: Int32Array;
}

export interface OutputTrace {
  /** Q' = Q_L + 2^15. */
  Q: Int32Array;
  /** Limbs of the remainder of round(Z_L). */
  U0: Int32Array;
  U1: Int32Array;
  /** D_4, the delta of the output (D_6 of a convolutional network); 0 on padded rows. */
  D4: Int32Array;
  /** With softmax and sigmoid: the probability, fd fraction bits; 0 on padded classes. */
  P?: Int32Array;
  softmax?: SoftmaxTrace;
}

/** How softmax came to its probabilities (protocol section 7, Heads), on every row. */
export interface SoftmaxTrace {
  /** The largest logit of a row, and the sum of its e: 2^traceBits entries. */
  M: Int32Array;
  Sum: Int32Array;
  /** 1 at the first largest logit. */
  w: Int32Array;
  /** EXP[M - Q]; 0 on padded classes. */
  e: Int32Array;
  /** Limbs of the remainder r of P = floor((2^(fd+1) e + Sum) / (2 Sum)), and the upper one of 2 Sum - 1 - r. */
  r0: Int32Array;
  r1: Int32Array;
  z1: Int32Array;
}

/**
 * What a segment computed on its way. Padding units hold what the relations force on them: Q = T = 0, so
 * T' = Q' = R1 = S1 = U1 = 2^15 and 0 elsewhere.
 */
export interface SegmentTrace {
  hidden: HiddenTrace[];
  output: OutputTrace;
}

/** Order of the arrays in the trainer's memory and of the slots of the trace oracle. */
export const HIDDEN_ARRAYS = ['A', 'V', 'm', 'D', 'T', 'R0', 'R1', 'S0', 'S1'] as const;
/** Those of a pass without training, in their order in its memory. */
export const FORWARD_ARRAYS = ['A', 'V', 'm', 'R0', 'R1'] as const;
export const OUTPUT_ARRAYS = ['Q', 'U0', 'U1', 'D4'] as const;
/** Behind them the arrays of a head, each of the size of Q; then those with an entry a row. */
export const SOFTMAX_ARRAYS = ['w', 'e', 'r0', 'r1', 'z1'] as const;
export const SOFTMAX_ROWS = ['M', 'Sum'] as const;
export const HEAD_ARRAYS: Record<Head, readonly ('P' | (typeof SOFTMAX_ARRAYS)[number])[]> = {
  'squared error': [],
  softmax: ['P', ...SOFTMAX_ARRAYS],
  sigmoid: ['P'],
};

/** Which arrays hold 2^15 instead of 0 where nothing was computed. */
const FORCED = new Set<string>(['T', 'R1', 'S1', 'Q', 'U1']);

/** Value of a padding entry of the named array. */
export function paddingValue(name: string): number {
  return FORCED.has(name) ? SIGNED_LIMIT : 0;
}

/** Entries of each array of layer of `width` units over `rows` rows. */
export function traceArrayLength(width: number, rows: number): number {
  return 2 ** (ceilLog2(width) + ceilLog2(rows));
}
