import { InputError } from '../errors/InputError.ts';

/** Fields packed into one word, the first lowest. */
export class Packer {
  value = 0n;
  #bits = 0n;

  /** @throws InputError for a field that does not fit */
  add(field: number, bits: number): this {
    if (!Number.isInteger(field) || field < 0 || field >= 2 ** bits) {
      throw new InputError(`${field} does not fit in ${bits} bits.`, { docs: 'protocol.md#1-encodings' });
    }
    this.value |= BigInt(field) << this.#bits;
    this.#bits += BigInt(bits);
    return this;
  }
}

/** The fields of a word, the first lowest. */
export class Unpacker {
  #rest: bigint;

  /** @throws InputError for a word of more bits */
  constructor(value: bigint, bits: number, what: string) {
    if (value < 0n || value >> BigInt(bits) !== 0n) {
      throw new InputError(`The ${what} has at most ${bits} bits: ${value}.`, { docs: 'protocol.md#1-encodings' });
    }
    this.#rest = value;
  }

  take(bits: number): number {
    const field = Number(BigInt.asUintN(bits, this.#rest));
    this.#rest >>= BigInt(bits);
    return field;
  }
}
