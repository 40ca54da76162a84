import { InputError } from '../errors/InputError.ts';
import { ACTIVATION_BITS, FRACTION_BITS, SIGNED_LIMIT } from './constants.ts';

/**
 * The nearest fixed-point integer, halves upwards: floor(x * 2^bits + 1/2), the rule of every rounding in the
 * protocol (design section 1).
 * @throws InputError when x is not finite or the result is not an exact integer in a double.
 */
export function toFixed(x: number, bits: number): number {
  const value = Math.floor(x * 2 ** bits + 0.5);
  if (!Number.isSafeInteger(value)) throw new InputError(`${x} has no fixed-point form with ${bits} fraction bits.`);
  return value === 0 ? 0 : value; // no negative zero
}

export function fromFixed(value: number | bigint, bits: number): number {
  return Number(value) / 2 ** bits;
}

/** round(Z) = floor((Z + 2^(f-1)) / 2^f), the shift of every product in the protocol. */
export function roundProduct(z: bigint): bigint {
  const f = BigInt(FRACTION_BITS);
  return (z + (1n << (f - 1n))) >> f;
}

/**
 * An input or target with fa fraction bits, in [-2^15, 2^15), i.e. the real range [-64, 64).
 * @throws InputError outside it.
 */
export function toActivation(x: number, what = 'value', hint = SCALE_IT): number {
  const value = Number.isFinite(x) ? toFixed(x, ACTIVATION_BITS) : Number.NaN;
  if (!(value >= -SIGNED_LIMIT && value < SIGNED_LIMIT)) {
    throw new InputError(`The ${what} is ${x}, outside [-64, 64).`, {
      hint,
      docs: 'argument.md#1-numbers',
    });
  }
  return value;
}

const SCALE_IT = 'Scale the column, for example to zero mean and unit variance.';
