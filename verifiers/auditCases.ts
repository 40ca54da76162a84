// The honest runs of disjoint and subset that the verifier in Python is tried on.
import { toHex } from 'viem';
import type { Commitment } from '../src/argument/types.ts';
import { type RowRecord, recordBytes, recordShape } from '../src/model/record.ts';
import { encodeShard } from '../src/model/shape.ts';
import { emptyShard, type Shard } from '../src/model/shard.ts';
import { proveDisjoint } from '../src/programs/audits/disjoint.ts';
import { proveSubset } from '../src/programs/audits/subset.ts';
import type { DisjointStatement } from '../src/registry/programs/disjoint.ts';
import { CIRCUITS } from '../src/registry/programs/list.ts';
import { someShard } from '../test/support/models.ts';
import { shapeOf, stated } from './cases.ts';
import type { Case } from './run.ts';

const MAX_SETS = 16;
const DATASET = 2n ** 255n + 3n; // words that only contracts read may be r or more

/** @param second its rows, or the record */
function disjoint(widths: number[], rows: number, second: number | RowRecord): Case {
  const isRecord = typeof second !== 'number';
  return {
    name: `disjoint-${widths.join('-')}-${rows}-${isRecord ? 'record' : second}`,
    make: async (commit) => {
      const first = someShard(widths, rows);
      const other = isRecord ? second : someShard(widths, second, 'classes', 4);
      const statement: DisjointStatement = {
        program: 'disjoint',
        shard: shapeOf(first),
        shardCommitment: await commit.shard(first),
        other: isRecord ? recordShape(second) : shapeOf(other as Shard),
        otherCommitment: isRecord ? [] : await commit.shard(other as Shard),
        record: isRecord ? second : null,
        point: 0n,
      };
      return {
        stated: { ...stated(statement), given: { record: isRecord ? toHex(recordBytes(second)) : '0x' } },
        argument: async (session) => {
          const argued = await proveDisjoint(session, { first, second: other });
          statement.point = argued.r;
          return argued;
        },
      };
    },
  };
}

/** A shard of rows of others, taken in turn, some of them twice. */
function rowsOf(sets: readonly Shard[], rows: number): Shard {
  const { inputs, outputs, kind } = sets[0];
  const shard = emptyShard({ inputs, outputs, rows, kind }, 17n);
  const copy = (to: Int32Array, from: Int32Array, at: number, row: number, [own, other]: number[], count: number) => {
    for (let j = 0; j < count; j++) to[j * own + at] = from[j * other + row];
  };
  const padded = (of: Shard) => 2 ** Math.ceil(Math.log2(of.rows));
  for (let s = 0; s < rows; s++) {
    const set = sets[s % sets.length];
    const [row, sizes] = [(3 * s) % set.rows, [padded(shard), padded(set)]];
    copy(shard.X, set.X, s, row, sizes, inputs);
    copy(shard.Y, set.Y, s, row, sizes, outputs);
  }
  return shard;
}

/** @param sizes rows of the sets */
function subset(widths: number[], rows: number, sizes: number[], kind: Shard['kind'] = 'classes'): Case {
  return {
    name: `subset-${widths.join('-')}-${rows}-of-${sizes.join('-')}-${kind}`,
    make: async (commit) => {
      const sets = sizes.map((size, k) => someShard(widths, size, kind, 30 + k));
      const shard = rowsOf(sets, rows);
      const oracles: Commitment[] = [];
      for (const own of [shard, ...sets]) oracles.push(await commit.shard(own));
      while (oracles.length <= MAX_SETS) oracles.push([]);
      const words = sets.map((own) => encodeShard(own));
      const absent = new Array<bigint>(MAX_SETS - sets.length).fill(0n);
      return {
        stated: {
          program: 'subset',
          id: CIRCUITS.subset,
          bound: [encodeShard(shard), BigInt(sets.length), ...words, ...absent],
          late: () => [],
          extra: [DATASET],
          oracles,
          opensTables: false,
        },
        argument: (session) => proveSubset(session, { shard, sets }),
      };
    },
  };
}

/** Made without the curve. */
export const AUDIT_ARGUMENTS: Case[] = [
  disjoint([1, 1], 1, 1),
  disjoint([5, 3], 9, 4),
  disjoint([3, 2], 16, 33),
  disjoint([5, 3], 9, Int32Array.from([5, -7, 32767, -32768, 0])),
  disjoint([1, 2], 6, Int32Array.from([-4])),
  subset([1, 1], 1, [1], 'regression'),
  subset([5, 3], 9, [4, 7, 1]),
  subset([4, 3], 5, [16], 'labels'),
  subset([3, 2], 40, new Array<number>(MAX_SETS).fill(3)),
];

/** Proved with Groth16 and opened; by default none. */
export const AUDIT_PROOFS: Case[] = [
  disjoint([5, 3], 9, 4),
  disjoint([5, 3], 9, Int32Array.from([5, -7, 32767, -32768, 0])),
  subset([5, 3], 9, [4, 7, 1]),
];
