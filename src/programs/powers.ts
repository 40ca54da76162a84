import { ACTIVATION_BITS, FRACTION_BITS, LIMB_BITS, SIGNED_LIMIT } from '../numbers/constants.ts';

/** 2^f, 2^fa, 2^c, 2^(c-1) */
export const F = 1n << BigInt(FRACTION_BITS);
export const FA = 1n << BigInt(ACTIVATION_BITS);
export const LIMB = 1n << BigInt(LIMB_BITS);
export const HALF = BigInt(SIGNED_LIMIT);
