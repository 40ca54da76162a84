import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { range } from '../reference/algebra.ts';
import { bits } from '../reference/argument.ts';
import { Bench } from '../reference/bench.ts';

interface Fields {
  lr: number;
  rows1: number;
  batchRows1: number;
  traceRows1: number;
  X: number;
  Y: number;
  smoothing: number;
}

const packed = ({ lr, rows1, batchRows1, traceRows1, X, Y, smoothing }: Fields) =>
  [lr, 0, rows1, 17, batchRows1, 29, traceRows1, 41, X, 55, Y, 81, smoothing, 107].reduce(
    (word, v, i, all) => (i % 2 ? word : word + (BigInt(v) << BigInt(all[i + 1]))),
    0n,
  );

describe('segment descriptor', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'segment',
      `include "programs/train/segment.circom";
      template Bench() {
        signal input one; signal input seg; signal input lr; signal input rows1; signal input batchRows1; signal input traceRows1; signal input offsets[2][26]; signal input smoothing;
        signal output bits[12]; signal output rows[12]; signal output all[14]; signal output steps[14];
        component s = SegmentDescriptor();
        s.seg <== seg; s.lr <== lr; s.rows1 <== rows1; s.batchRows1 <== batchRows1; s.traceRows1 <== traceRows1; s.offsets <== offsets; s.smoothing <== smoothing;
        for (var t = 0; t < 14; t++) { if (t < 12) { bits[t] <== one * s.rowBits[t]; rows[t] <== one * s.rowMask[t]; } all[t] <== one * s.rowsMask[t]; steps[t] <== one * s.stepMask[t]; }
      }`,
    );
  });
  const inputs = (fields: Fields, seg = packed(fields)) => ({
    one: 1n,
    seg,
    lr: BigInt(fields.lr),
    rows1: BigInt(fields.rows1),
    batchRows1: BigInt(fields.batchRows1),
    traceRows1: BigInt(fields.traceRows1),
    offsets: [bits(BigInt(fields.X), 26), bits(BigInt(fields.Y), 26)],
    smoothing: BigInt(fields.smoothing),
  });
  const accepts = (fields: Fields) => bench.accepts(bench.witness(inputs(fields)));
  const fields: Fields = {
    ...{ lr: 65536, rows1: 4, batchRows1: 3, traceRows1: 31 },
    ...{ X: 5 * 2 ** 20, Y: 2 ** 26 - 1, smoothing: 20 },
  };

  it('takes any number of rows, a batch within one pass and passes of whole shards', () => {
    for (const [rows, batch, passes] of [
      [1, 1, 1],
      [1, 1, 2 ** 14],
      [5, 8, 4],
      [4096, 4096, 4],
      [4095, 1, 1],
      [2049, 2048, 2],
      [128, 8, 32],
    ]) {
      const sigma = Math.ceil(Math.log2(rows));
      const witness = bench.witness(
        inputs({ ...fields, rows1: rows - 1, batchRows1: batch - 1, traceRows1: passes * 2 ** sigma - 1 }),
      );
      assert.ok(bench.accepts(witness), `${rows} rows`);
      const ones = (from: number, to: number, n: number) => range(n).map((t) => (t >= from && t < to ? 1n : 0n));
      const all = sigma + Math.log2(passes);
      assert.deepEqual(bench.array(witness, 'bits', 12), bits(BigInt(rows - 1), 12));
      assert.deepEqual(bench.array(witness, 'rows', 12), ones(0, sigma, 12));
      assert.deepEqual(bench.array(witness, 'all', 14), ones(0, all, 14));
      assert.deepEqual(bench.array(witness, 'steps', 14), ones(Math.log2(batch), all, 14));
    }
  });

  it('refuses a batch that is no power of two or longer than the padded shard', () => {
    assert.ok(accepts(fields));
    assert.ok(accepts({ ...fields, batchRows1: 7 }));
    assert.ok(!accepts({ ...fields, batchRows1: 4 }));
    assert.ok(!accepts({ ...fields, batchRows1: 2 }));
    assert.ok(!accepts({ ...fields, batchRows1: 15 }));
  });

  it('refuses passes that are no power of two or end within the shard', () => {
    assert.ok(accepts({ ...fields, traceRows1: 7 }));
    assert.ok(!accepts({ ...fields, traceRows1: 3 }));
    assert.ok(!accepts({ ...fields, traceRows1: 23 }));
    assert.ok(!accepts({ ...fields, traceRows1: 15 - 4 }));
  });

  it('refuses a field beyond its bits and another word', () => {
    assert.ok(accepts({ ...fields, lr: 2 ** 17 - 1 }));
    assert.ok(!accepts({ ...fields, lr: 2 ** 17 }));
    assert.ok(!accepts({ ...fields, rows1: 4096, traceRows1: 8191 }));
    assert.ok(!accepts({ ...fields, traceRows1: 2 ** 15 - 1 }));
    assert.ok(accepts({ ...fields, smoothing: 0 }) && accepts({ ...fields, smoothing: 255 }));
    assert.ok(!accepts({ ...fields, smoothing: 256 }));
    for (const delta of [1n, 1n << 107n, 1n << 115n])
      assert.ok(!bench.accepts(bench.witness(inputs(fields, packed(fields) + delta))));
    const broken = inputs(fields);
    broken.offsets[0][0] = 2n;
    assert.ok(!bench.accepts(bench.witness({ ...broken, seg: packed(fields) + (2n << 55n) })));
  });
});
