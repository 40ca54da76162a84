import * as poseidon from 'poseidon-lite';

const hashes: Record<number, (inputs: bigint[]) => bigint> = {
  2: poseidon.poseidon2,
  3: poseidon.poseidon3,
  4: poseidon.poseidon4,
  5: poseidon.poseidon5,
  6: poseidon.poseidon6,
  7: poseidon.poseidon7,
  8: poseidon.poseidon8,
  9: poseidon.poseidon9,
  10: poseidon.poseidon10,
  11: poseidon.poseidon11,
  12: poseidon.poseidon12,
  13: poseidon.poseidon13,
  14: poseidon.poseidon14,
  15: poseidon.poseidon15,
  16: poseidon.poseidon16,
};

/** c of a circuit's signals: the rest of them absorbed in the state of the first (protocol section 2). */
export function digestOf([first, ...others]: readonly bigint[]): bigint {
  return new Transcript(first).absorb(others);
}

/** The Fiat-Shamir transcript (protocol section 3): one field element of state, which is also the latest challenge. */
export class Transcript {
  state: bigint;

  constructor(statement: bigint) {
    this.state = statement;
  }

  /** Absorbs at least one element, in chunks of at most 15, and returns the challenge. */
  absorb(elements: readonly bigint[]): bigint {
    if (elements.length === 0) throw new RangeError('nothing to absorb');
    for (let i = 0; i < elements.length; i += 15) {
      const chunk = elements.slice(i, i + 15);
      this.state = hashes[chunk.length + 1]([this.state, ...chunk]);
    }
    return this.state;
  }
}
