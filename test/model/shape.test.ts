import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CapacityError } from '../../src/errors/CapacityError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import {
  dataCapacity,
  importCapacity,
  mergeCapacity,
  scoreCapacity,
  seedCapacity,
  trainCapacity,
} from '../../src/model/capacity.ts';
import { HEADS } from '../../src/model/head.ts';
import { layout } from '../../src/model/layout.ts';
import {
  circuitLayer,
  decodeSegment,
  decodeShape,
  decodeShard,
  encodeSegment,
  encodeShape,
  encodeShard,
  modelLayout,
  parseWidths,
  SEGMENT_BITS,
  SHAPE_BITS,
  SHARD_BITS,
  SHARD_KINDS,
  type ShardShape,
  shardLayout,
} from '../../src/model/shape.ts';

const size = fc.oneof(fc.constantFrom(1, 2, 3, 4, 4095, 4096), fc.integer({ min: 1, max: 4096 }));
const smallWidths = fc.array(fc.integer({ min: 1, max: 1024 }), { minLength: 2, maxLength: 5 });
const shardShapes: fc.Arbitrary<ShardShape> = fc
  .record({
    inputs: size,
    outputs: size,
    rows: size,
    kind: fc.constantFrom(...SHARD_KINDS),
  })
  .filter((shape) => shardLayout(shape).log2 <= 25);

describe('layout', () => {
  it('places larger slots first and equal ones in the listed order, aligned and without overlap', () => {
    const { slots, log2 } = layout([
      { name: 'salt', log2: 0 },
      { name: 'a', log2: 2 },
      { name: 'b', log2: 3 },
      { name: 'c', log2: 2 },
    ]);
    assert.deepEqual(slots, {
      salt: { offset: 16, log2: 0 },
      a: { offset: 8, log2: 2 },
      b: { offset: 0, log2: 3 },
      c: { offset: 12, log2: 2 },
    });
    assert.equal(log2, 5);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 40 }), (sizes) => {
        const result = layout(sizes.map((bits, k) => ({ name: `${k}`, log2: bits })));
        const spans = Object.values(result.slots).sort((x, y) => x.offset - y.offset);
        let end = 0;
        for (const { offset, log2: bits } of spans) {
          assert.equal(offset, end, 'no gap, no overlap');
          assert.equal(offset % 2 ** bits, 0, 'aligned');
          end += 2 ** bits;
        }
        assert.ok(2 ** result.log2 >= end && (result.log2 === 0 || 2 ** (result.log2 - 1) < end));
      }),
    );
  });

  it('equals the rule of the protocol for a model: total size of larger slots and of equal ones listed before', () => {
    fc.assert(
      fc.property(smallWidths, (widths) => {
        const { slots } = modelLayout(widths);
        const list = Object.values(slots);
        list.forEach((slot, k) => {
          const before = list.filter((other, n) => other.log2 > slot.log2 || (other.log2 === slot.log2 && n < k));
          assert.equal(
            slot.offset,
            before.reduce((sum, other) => sum + 2 ** other.log2, 0),
          );
        });
      }),
    );
    assert.deepEqual(Object.keys(modelLayout([784, 128, 10]).slots), ['W1', 'b1', 'W2', 'b2']);
    assert.deepEqual(modelLayout([784, 128, 10]), {
      slots: {
        W1: { offset: 0, log2: 17 },
        b1: { offset: 2 ** 17 + 2 ** 11, log2: 7 },
        W2: { offset: 2 ** 17, log2: 11 },
        b2: { offset: 2 ** 17 + 2 ** 11 + 2 ** 7, log2: 4 },
      },
      used: 2 ** 17 + 2 ** 11 + 2 ** 7 + 2 ** 4,
      log2: 18,
    });
  });
});

describe('shape', () => {
  it('packs 49-32-10 right-aligned, as protocol section 1 says', () => {
    const field = (at: number, bits: number) =>
      Number((encodeShape({ widths: [49, 32, 10], head: 'squared error' }) >> BigInt(at)) & (2n ** BigInt(bits) - 1n));
    assert.deepEqual(
      [0, 12, 24, 36, 48].map((at) => field(at, 12)),
      [48, 48, 48, 31, 9],
    );
    assert.deepEqual(
      [60, 61, 62].map((at) => field(at, 1)),
      [0, 0, 1],
    );
    const offsets = Array.from({ length: 8 }, (_, k) => field(63 + 23 * k, 23));
    assert.deepEqual(offsets, [0, 0, 0, 0, 0, 2048 + 512, 2048, 2048 + 512 + 32]);
    assert.deepEqual(
      HEADS.map((head) => Number(encodeShape({ widths: [49, 32, 10], head }) >> 247n)),
      [0, 1, 2],
    );
    assert.equal(SHAPE_BITS, 249);
    assert.equal(SHARD_BITS, 90);
    assert.equal(SEGMENT_BITS, 115);
  });

  it('decodes what it encodes, in at most 249 bits', () => {
    fc.assert(
      fc.property(
        smallWidths.filter((w) => modelLayout(w).log2 <= 23),
        fc.constantFrom(...HEADS),
        (widths, head) => {
          const shape = encodeShape({ widths, head });
          assert.ok(shape >> 249n === 0n);
          assert.deepEqual(decodeShape(shape), { widths, head });
        },
      ),
    );
    for (const widths of [
      [1, 1],
      [4096, 1],
      [1, 4096],
      [3, 5, 7, 2, 9],
      [1, 1, 1, 1, 1],
    ]) {
      const shape = { widths, head: 'softmax' } as const;
      assert.deepEqual(decodeShape(encodeShape(shape)), shape);
    }
  });

  it('refuses every descriptor with one bit changed unless that is another canonical shape', () => {
    const shape = encodeShape({ widths: [3, 5, 7, 2, 9], head: 'squared error' });
    for (let bit = 0n; bit < 253n; bit++) {
      const changed = shape ^ (1n << bit);
      let decoded: ReturnType<typeof decodeShape>;
      try {
        decoded = decodeShape(changed);
      } catch (error) {
        assert.ok(error instanceof InputError, String(error));
        continue;
      }
      assert.ok(bit < 60n || bit === 247n || bit === 248n, `bit ${bit} cannot change alone`);
      assert.equal(encodeShape(decoded), changed);
    }
    assert.throws(() => decodeShape(-1n), InputError);
    assert.throws(() => decodeShape(shape | (3n << 247n)), /canonical/);
    assert.throws(() => decodeShape(shape | (1n << 249n)), /249 bits/);
    // a hole in the layers: p_1 = 1, p_2 = 0
    assert.throws(
      () => decodeShape(encodeShape({ widths: [3, 3, 3, 3, 3], head: 'squared error' }) ^ (1n << 61n)),
      /canonical/,
    );
  });

  it('refuses widths outside 1..4096 and layer counts outside 1..4', () => {
    for (const widths of [[], [4], [1, 2, 3, 4, 5, 6], [0, 1], [1, 4097], [1.5, 2], [Number.NaN, 1]]) {
      assert.throws(() => encodeShape({ widths, head: 'squared error' }), InputError, `${widths}`);
    }
    assert.throws(() => encodeShape({ widths: [4096, 4096], head: 'squared error' }), InputError);
    assert.throws(
      () => encodeShape({ widths: [2, 2], head: 'hinge' as never }),
      /one of squared error, softmax, sigmoid/,
    );
  });

  it('parses 49-32-10 and nothing sloppy', () => {
    assert.deepEqual(parseWidths('49-32-10'), [49, 32, 10]);
    for (const text of ['', '49', '49-', '-49-3', '49x32', '49-32-10 ', '0-1', '4097-1', '1-2-3-4-5-6', '1e3-2']) {
      assert.throws(() => parseWidths(text), InputError, text);
    }
  });

  it('numbers circuit layers from the right', () => {
    assert.deepEqual(
      [1, 2].map((l) => circuitLayer([49, 32, 10], l)),
      [3, 4],
    );
    assert.equal(circuitLayer([1, 1], 1), 4);
  });
});

describe('shard descriptor', () => {
  it('packs the fields of protocol section 1', () => {
    const shard = encodeShard({ inputs: 49, outputs: 10, rows: 512, kind: 'classes' });
    const fields = 48n | (9n << 12n) | (511n << 24n) | (1n << 36n) | (0n << 37n) | (BigInt(2 ** 15) << 63n);
    assert.equal(shard, fields);
    const labels = encodeShard({ inputs: 49, outputs: 10, rows: 512, kind: 'labels' });
    assert.equal(labels, fields ^ (1n << 36n) ^ (1n << 89n));
    assert.throws(() => decodeShard(fields | (1n << 89n)), InputError, 'classes and labels');
  });

  it('decodes what it encodes and refuses other bits', () => {
    fc.assert(
      fc.property(shardShapes, fc.integer({ min: 0, max: 98 }), (shape, bit) => {
        const shard = encodeShard(shape);
        assert.ok(shard >> 90n === 0n);
        assert.deepEqual(decodeShard(shard), { ...shape });
        const changed = shard ^ (1n << BigInt(bit));
        try {
          assert.equal(encodeShard(decodeShard(changed)), changed);
        } catch (error) {
          assert.ok(error instanceof InputError, String(error));
        }
      }),
    );
  });
});

describe('segment descriptor', () => {
  const shard: ShardShape = { inputs: 49, outputs: 10, rows: 512, kind: 'classes' };

  it('packs the fields of protocol section 1', () => {
    const seg = encodeSegment({ lr: 65536, batch: 16 }, shard);
    const rest = (511n << 17n) | (15n << 29n) | (0n << 55n) | (BigInt(2 ** 15) << 81n);
    assert.equal(seg, 65536n | rest | (511n << 41n));
    const fields = { lr: 65536, rows: 512, batch: 16, offsets: { X: 0, Y: 2 ** 15 } };
    assert.deepEqual(decodeSegment(seg), { ...fields, passes: 1, smoothing: 0 });
    const many = encodeSegment({ lr: 65536, batch: 16, passes: 32 }, shard);
    assert.equal(many, 65536n | rest | (16383n << 41n));
    assert.deepEqual(decodeSegment(many), { ...fields, passes: 32, smoothing: 0 });
    const smooth = encodeSegment({ lr: 65536, batch: 16, smoothing: 255 }, shard);
    assert.equal(smooth, seg | (255n << 107n));
    assert.deepEqual(decodeSegment(smooth), { ...fields, passes: 1, smoothing: 255 });
  });

  it('takes any number of rows, padded to a power of two in batches and passes', () => {
    const odd = { ...shard, rows: 500 };
    const seg = encodeSegment({ lr: 1, batch: 512, passes: 2 }, odd);
    assert.equal((seg >> 17n) & 4095n, 499n);
    assert.equal((seg >> 41n) & 16383n, 1023n);
    const { rows, batch, passes } = decodeSegment(seg);
    assert.deepEqual({ rows, batch, passes }, { rows: 500, batch: 512, passes: 2 });
  });

  it('refuses free edges and batches or passes that are no powers of two or too many', () => {
    for (const lr of [0, 65537, 0.5]) assert.throws(() => encodeSegment({ lr, batch: 1 }, shard), /learning rate/);
    for (const batch of [0, 3, 1024]) assert.throws(() => encodeSegment({ lr: 1, batch }, shard), /batch/);
    for (const passes of [0, 3, 64]) assert.throws(() => encodeSegment({ lr: 1, batch: 1, passes }, shard), /passes/);
    for (const smoothing of [-1, 256, 0.5])
      assert.throws(() => encodeSegment({ lr: 1, batch: 1, smoothing }, shard), /smoothing/);
    const seg = encodeSegment({ lr: 1, batch: 1 }, shard);
    assert.throws(() => decodeSegment(seg ^ 1n), InputError, 'lr = 0');
    assert.throws(() => decodeSegment(seg | (1n << 115n)), InputError);
    assert.throws(() => decodeSegment(seg ^ (1n << 41n)), InputError, 'rows of no whole pass');
  });
});

describe('capacity', () => {
  it('fits the networks of the demo and the bench', () => {
    assert.deepEqual(trainCapacity({ widths: [49, 32, 10], head: 'squared error' }, 1024), {
      model: 12,
      shard: 17,
      trace: 19,
      helper: 18,
    });
    assert.deepEqual(trainCapacity({ widths: [784, 128, 10], head: 'squared error' }, 1024), {
      model: 18,
      shard: 21,
      trace: 21,
      helper: 19,
    });
    assert.deepEqual(seedCapacity([784, 128, 10]), { model: 18, trace: 20, helper: 19 });
    assert.deepEqual(importCapacity([784, 128, 10]), { model: 18, trace: 19, helper: 18 });
    assert.deepEqual(mergeCapacity([784, 128, 10]), { model: 18, trace: 19, helper: 19 });
    assert.deepEqual(scoreCapacity({ widths: [784, 128, 10], head: 'squared error' }, 1000), {
      model: 18,
      shard: 21,
      trace: 20,
      helper: 18,
    });
    assert.deepEqual(dataCapacity({ inputs: 784, outputs: 10, rows: 1024, kind: 'classes' }), {
      shard: 21,
      trace: 16,
      helper: 21,
    });
  });

  it('names the oracle that is too large and what to lower', () => {
    const oracleOf = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        assert.ok(error instanceof CapacityError, String(error));
        assert.match(error.message, /needs 2\^\d+ entries; at most 2\^2[356]\b/);
        return [error.oracle, error.log2, /rows/.test(error.hint!)];
      }
      return assert.fail('nothing was thrown');
    };
    assert.deepEqual(
      oracleOf(() => trainCapacity({ widths: [4096, 2048], head: 'squared error' }, 64)),
      ['model', 24, false],
    );
    assert.deepEqual(
      oracleOf(() => trainCapacity({ widths: [10, 2048, 10], head: 'squared error' }, 4096)),
      ['trace', 27, true],
    );
    assert.deepEqual(dataCapacity({ inputs: 4096, outputs: 4096, rows: 4096, kind: 'regression' }).shard, 25, 'fits');
  });

  it('allows a 4096-wide hidden layer 1024 rows and not 2048, in all passes', () => {
    assert.doesNotThrow(() => trainCapacity({ widths: [2, 4096, 2], head: 'squared error' }, 1024));
    assert.doesNotThrow(() => trainCapacity({ widths: [2, 4096, 2], head: 'squared error' }, 256, 4));
    assert.throws(() => trainCapacity({ widths: [2, 4096, 2], head: 'squared error' }, 2048), CapacityError);
    assert.throws(
      () => trainCapacity({ widths: [2, 4096, 2], head: 'squared error' }, 256, 8),
      /Make fewer passes|2\^27/,
    );
  });
});
