import type { Kernels } from '../argument/kernels.ts';
import { range } from '../argument/sumcheck.ts';
import { modelSlots, shardSlots } from '../model/shape.ts';
import type { Shard } from '../model/shard.ts';
import type { Weights } from '../model/weights.ts';
import { MAX_LAYERS } from '../numbers/constants.ts';
import { putTensor, type SlottedOracle, slottedOracle, slotView } from './common.ts';

/** The model oracle: W_l, b_l, salt (design section 2). */
export function modelOracle(k: Kernels, weights: Weights): SlottedOracle {
  const oracle = slottedOracle(k, modelSlots(weights.widths));
  weights.layers.forEach(({ W, b }, i) => {
    putTensor(k, oracle, `W${i + 1}`, W);
    putTensor(k, oracle, `b${i + 1}`, b);
  });
  k.set(slotView(k, oracle, 'salt'), 0, weights.salt);
  return oracle;
}

/** The shard oracle: X, Y, salt. */
export function shardOracle(k: Kernels, shard: Shard): SlottedOracle {
  const oracle = slottedOracle(k, shardSlots(shard));
  putTensor(k, oracle, 'X', shard.X);
  putTensor(k, oracle, 'Y', shard.Y);
  k.set(slotView(k, oracle, 'salt'), 0, shard.salt);
  return oracle;
}

/** Slot names W, b of the circuit's layers 1..4 (right-aligned); absent layers get a name that no slot has. */
export function layerNames(widths: readonly number[]): string[] {
  return range(1, MAX_LAYERS).flatMap((l) => {
    const own = l - (MAX_LAYERS - (widths.length - 1));
    return own >= 1 ? [`W${own}`, `b${own}`] : ['absent', 'absent'];
  });
}

/** Circuit inputs `widths1` and `present` of a shape (design 11.1). */
export function modelParameters(widths: readonly number[]): { widths1: bigint[]; present: bigint[] } {
  const absent = MAX_LAYERS - (widths.length - 1);
  return {
    widths1: range(0, MAX_LAYERS + 1).map((l) => BigInt(widths[Math.max(0, l - absent)] - 1)),
    present: range(1, MAX_LAYERS - 1).map((l) => (l > absent ? 1n : 0n)),
  };
}
