import { Oracle } from '../argument/oracle.ts';
import { range } from '../argument/sumcheck.ts';
import { HEADS } from '../model/head.ts';
import { layout } from '../model/layout.ts';
import { chunkSalt } from '../model/salt.ts';
import { type ModelShape, modelLayout, shardLayout } from '../model/shape.ts';
import type { Shard } from '../model/shard.ts';
import type { Weights } from '../model/weights.ts';
import { LIMB_BITS, MAX_LAYERS } from '../numbers/constants.ts';
import { functionTable, TABLE_NAMES } from '../training/tables.ts';

/** The model oracle: W_l, b_l, with a salt behind every chunk (protocol section 1). */
export function modelOracle(weights: Weights): Oracle {
  const oracle = new Oracle(modelLayout(weights.widths));
  weights.layers.forEach(({ W, b }, i) => {
    oracle.put(`W${i + 1}`, W);
    oracle.put(`b${i + 1}`, b);
  });
  return salted(oracle, weights.salt);
}

/** The shard oracle: X, Y, salted as a model. */
export function shardOracle(shard: Shard): Oracle {
  const oracle = new Oracle(shardLayout(shard));
  oracle.put('X', shard.X);
  oracle.put('Y', shard.Y);
  return salted(oracle, shard.salt);
}

let tables: Oracle | undefined;

/** The functions of the heads, a vector that is fixed for ever (protocol section 1): EXP, SIG, LOSS. */
export function tablesOracle(): Oracle {
  if (tables === undefined) {
    tables = new Oracle(layout(TABLE_NAMES.map((name) => ({ name, log2: LIMB_BITS }))));
    for (const name of TABLE_NAMES) tables.put(name, functionTable(name));
  }
  return tables;
}

/** The zero vector that stands for an absent parent of a merge: it has no points. */
export function absentOracle(): Oracle {
  return new Oracle({ slots: {}, used: 0 });
}

function salted(oracle: Oracle, salt: bigint): Oracle {
  oracle.tails.forEach((tail, chunk) => {
    tail.push({ at: 0, value: chunkSalt(salt, chunk) });
  });
  return oracle;
}

/** Slot names W, b of the circuit's layers 1..4 (right-aligned); absent layers get a name that no slot has. */
export function layerNames(widths: readonly number[]): string[] {
  return range(1, MAX_LAYERS).flatMap((l) => {
    const own = l - (MAX_LAYERS - (widths.length - 1));
    return own >= 1 ? [`W${own}`, `b${own}`] : ['absent', 'absent'];
  });
}

/** Circuit inputs `widths1`, `present` and `head` of a shape (design 11.1). */
export function modelParameters({ widths, head }: ModelShape): Record<'widths1' | 'present' | 'head', bigint[]> {
  const number = HEADS.indexOf(head);
  const absent = MAX_LAYERS - (widths.length - 1);
  return {
    widths1: range(0, MAX_LAYERS + 1).map((l) => BigInt(widths[Math.max(0, l - absent)] - 1)),
    present: range(1, MAX_LAYERS - 1).map((l) => (l > absent ? 1n : 0n)),
    head: [BigInt(number & 1), BigInt(number >> 1)],
  };
}
