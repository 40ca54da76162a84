import { ACTIVATION_BITS, DELTA_BITS, LIMB_BITS, SIGNED_LIMIT } from '../numbers/constants.ts';

/** Entries of each table. */
export const TABLE_SIZE = 2 ** LIMB_BITS;

/** The tables in their order in the vector that is fixed for ever (protocol section 1). */
export const TABLE_NAMES = ['EXP', 'SIG', 'LOSS'] as const;
export type TableName = (typeof TABLE_NAMES)[number];

const MAKERS: Record<TableName, (k: number) => number> = {
  EXP: (t) => Math.round(exactExp(t)),
  SIG: (k) => Math.round(exactSigmoid(k)),
  LOSS: roundedLoss,
};

const made: Partial<Record<TableName, Int32Array>> = {};

/**
 * Each is made once. No entry of EXP and SIG is near a half and none of LOSS near an integer, so engines whose exponential differs in
 * the last bits agree.
 */
export function functionTable(name: TableName): Int32Array {
  made[name] ??= Int32Array.from({ length: TABLE_SIZE }, (_, k) => MAKERS[name](k));
  return made[name];
}

/** EXP[t] = round(2^16 exp(-t / 2^fa)), t in 0..2^16 - 1 (protocol section 1). Not to be changed. */
export function expTable(): Int32Array {
  return functionTable('EXP');
}

/** SIG[k] = round(2^fd / (1 + exp(-(k - 2^15) / 2^fa))), k in 0..2^16 - 1 (protocol section 1). Not to be changed. */
export function sigmoidTable(): Int32Array {
  return functionTable('SIG');
}

/** LOSS[k] = ceil(2^16 ln(1 + exp((k - 2^15) / 2^fa))), k in 0..2^16 - 1 (protocol section 1). Not to be changed. */
export function lossTable(): Int32Array {
  return functionTable('LOSS');
}

/** An entry before it is rounded. */
export function exactExp(t: number): number {
  return 2 ** LIMB_BITS * Math.exp(-t / 2 ** ACTIVATION_BITS);
}

/** An entry before it is rounded. */
export function exactSigmoid(k: number): number {
  return 2 ** DELTA_BITS / (1 + Math.exp(-(k - SIGNED_LIMIT) / 2 ** ACTIVATION_BITS));
}

/** What an entry of LOSS is more than 2^16 max(0, (k - 2^15) / 2^fa), which is an integer: above 0, so it is rounded by itself. */
export function exactLossRest(k: number): number {
  return 2 ** LIMB_BITS * Math.log1p(Math.exp(-Math.abs(k - SIGNED_LIMIT) / 2 ** ACTIVATION_BITS));
}

function roundedLoss(k: number): number {
  return 2 ** (LIMB_BITS - ACTIVATION_BITS) * Math.max(0, k - SIGNED_LIMIT) + Math.ceil(exactLossRest(k));
}
