import { type ClaimTerm, type OracleNumber, weighted } from '../../argument/claims.ts';
import { columnSums } from '../../argument/integers.ts';
import type { Kernels, Vec } from '../../argument/kernels.ts';
import type { Oracle } from '../../argument/oracle.ts';
import { NUMBERING } from '../../generated/numbering.ts';
import { type ShardShape, shardLayout } from '../../model/shape.ts';
import type { Shard } from '../../model/shard.ts';
import { ceilLog2 } from '../../numbers/bits.ts';
import { MAX_SIZE, SIZE_BITS } from '../../numbers/constants.ts';
import { mod, power, squaresOf } from '../../numbers/field.ts';
import { type CircuitInputs, offsetBits } from '../common.ts';

/** Entries of a tensor that has one for each row that a shard can have. */
export const ROWS = 2 ** SIZE_BITS;

/** What a fingerprint is made of: the inputs alone, or the whole row. */
export type RowPart = 'inputs' | 'row';

/** sum_j r^j X(j; s) of the padded rows, 2^sigma of them; of whole rows with r^4096 sum_i r^i Y(i; s). */
export function fingerprints(k: Kernels, shard: Shard, r: bigint, part: RowPart): Vec {
  const S = 2 ** ceilLog2(shard.rows);
  const out = k.zeros(S);
  k.scoped(() => {
    columnSums(k, out, shard.X, k.powers(r, shard.X.length / S), S);
    if (part === 'inputs') return;
    const ofLabels = k.scale(k.powers(r, shard.Y.length / S), power(r, BigInt(MAX_SIZE)));
    columnSums(k, out, shard.Y, ofLabels, S);
  });
  return out;
}

/** A vector repeated until it has an entry for every row. */
export function everyRow(k: Kernels, v: Vec): Vec {
  const out = k.raw(ROWS);
  for (let from = 0; from < ROWS; from += v.len) k.put(k.view(out, from), v);
  return out;
}

/** 1 on the first rows, 0 behind them. */
export function realRows(k: Kernels, rows: number): Vec {
  return k.fromIntegers(new Int32Array(ROWS).fill(1, 0, rows));
}

/** A claim on fingerprints at a point of the rows. */
export function fingerprintClaim(
  oracle: OracleNumber,
  { slots }: Oracle,
  { inputs, outputs, rows }: Shard,
  r: bigint,
  rho: readonly bigint[],
  part: RowPart,
): ClaimTerm[] {
  const of = (slot: 'X' | 'Y', columns: number, factor: bigint): ClaimTerm => {
    const features = weighted(squaresOf(r, ceilLog2(columns)));
    const point = [...rho.slice(0, ceilLog2(rows)), ...features.point];
    return { oracle, offset: slots[slot].offset, point, coefficient: mod(factor * features.coefficient) };
  };
  const ofInputs = of('X', inputs, 1n);
  return part === 'inputs' ? [ofInputs] : [ofInputs, of('Y', outputs, power(r, BigInt(MAX_SIZE)))];
}

/** Circuit inputs of the descriptors' fields, one of each side. */
export function sideInputs(sides: readonly ShardShape[]): CircuitInputs {
  return {
    outputs1: sides.map(({ outputs }) => BigInt(outputs - 1)),
    rows1: sides.map(({ rows }) => BigInt(rows - 1)),
    classes: sides.map(({ kind }) => (kind === 'classes' ? 1n : 0n)),
    labels: sides.map(({ kind }) => (kind === 'labels' ? 1n : 0n)),
    places: sides.map((shape) => offsetBits(shardLayout(shape), NUMBERING.shared.shard.names)),
  };
}
