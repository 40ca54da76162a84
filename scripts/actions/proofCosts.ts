import type { Capacity } from '../../src/model/capacity.ts';
import { CHUNK_BITS } from '../../src/numbers/constants.ts';
import { CHUNK_GAS, GAS_AT_MOST } from '../chain/funds.ts';

/** Programs whose proofs a training run or a fit makes. */
export type Measured = 'seed' | 'data' | 'train' | 'score';

/** What one proof takes. */
export interface ProofCost {
  /** Of one processor core. */
  seconds: number;
  /** Of memory, at its most. */
  bytes: number;
  /** To register it, at most. */
  gas: number;
}

/**
 * Seconds of one core that a proof takes whatever its size, and for each 2^20 entries of its oracles; bytes of memory likewise, where
 * what a sumcheck holds comes on top. Measured: bench/README.md, and convolutional networks of 28x28 pixels on 1,024 and 2,048 rows.
 */
const PROOFS: Record<Measured, { seconds: number; perEntries: number; memory: number; perEntriesMemory: number }> = {
  seed: { seconds: 2.4, perEntries: 1.2, memory: 2 ** 29, perEntriesMemory: 100 * 2 ** 20 },
  data: { seconds: 2.2, perEntries: 0.45, memory: 2 ** 29, perEntriesMemory: 80 * 2 ** 20 },
  train: { seconds: 3.5, perEntries: 0.6, memory: 2 ** 29, perEntriesMemory: 10 * 2 ** 20 },
  score: { seconds: 2.5, perEntries: 0.55, memory: 2 ** 29, perEntriesMemory: 10 * 2 ** 20 },
};

/** Bytes of a field element. */
const ELEMENT = 32;

/**
 * What a proof takes, by what its oracles hold: of networks of either kind, since entries are rounded values, not layers.
 * @param sizes log2 of each oracle (src/model/capacity.ts)
 * @param elements field elements that its sumcheck holds, by `trainElements` or `scoreElements`
 */
export function proofCost(program: Measured, sizes: Capacity, elements = 0): ProofCost {
  const { seconds, perEntries, memory, perEntriesMemory } = PROOFS[program];
  const entries = Object.values(sizes).reduce((sum, log2) => sum + 2 ** (log2 - 20), 0);
  return {
    seconds: seconds + perEntries * entries,
    bytes: memory + perEntriesMemory * entries + ELEMENT * elements,
    gas: GAS_AT_MOST[program] + CHUNK_GAS * furtherChunks(program, sizes),
  };
}

/** Chunks of the oracles of a proof beyond one each, as commitments have them. A training has a child as large as its parent. */
export function furtherChunks(program: Measured, sizes: Capacity): number {
  const further = (log2: number) => 2 ** Math.max(0, log2 - CHUNK_BITS) - 1;
  const own = Object.values(sizes).reduce((sum, log2) => sum + further(log2), 0);
  return program === 'train' ? own + further(sizes.model) : own;
}
