import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeAnyShape } from '../../src/model/anyShape.ts';
import { checkFit, checkSmoothing, HEADS, type Head } from '../../src/model/head.ts';
import {
  decodeShape,
  decodeShard,
  encodeSegment,
  encodeShape,
  encodeShard,
  modelSlots,
  SHARD_KINDS,
  type ShardShape,
  shardSlots,
} from '../../src/model/shape.ts';
import { abiOf, Contract, reverts, testChain } from './support/chain.ts';

const MODEL_LIMIT = 2 ** 23;
const SHARD_LIMIT = 2 ** 25;
const CHUNK = 2 ** 18;
const KINDS = { regression: 0, classes: 1, labels: 2 } as const;
/** Sizes of which many are powers of two or next to one, where padding changes. */
const size = fc.oneof(
  fc.integer({ min: 1, max: 4096 }),
  fc.integer({ min: 1, max: 40 }),
  fc
    .integer({ min: 0, max: 12 })
    .chain((k) => fc.integer({ min: Math.max(1, 2 ** k - 1), max: Math.min(4096, 2 ** k + 1) })),
);
const widths = fc.array(size, { minLength: 2, maxLength: 5 });
const shard: fc.Arbitrary<ShardShape> = fc.record(
  { inputs: size, outputs: size, rows: size, kind: fc.constantFrom(...SHARD_KINDS) },
  { noNullPrototype: true },
);

describe('Shape', () => {
  let harness: Contract;

  before(async () => {
    const chain = await testChain();
    harness = new Contract(chain, await chain.deploy('Harness'), await abiOf('Harness'));
  });

  const take = (shape: bigint) => harness.read('requirePerceptron', [shape]);
  const packShard = ({ inputs, outputs, rows, kind }: ShardShape): Promise<bigint> =>
    harness.read('packShard', [inputs, outputs, rows, KINDS[kind]]);

  describe('requirePerceptron', () => {
    // a = 2, 3, 0, 1, 2; sizes W1 32, b1 8, W2 8, b2 1, W3 2, b3 2, W4 8, b4 4
    // equal slots keep their order: b1, W2 and W4 of 8; b2 of 1 stands last
    const OFFSETS = [0n, 32n, 40n, 64n, 60n, 62n, 48n, 56n];
    const FOUR = OFFSETS.reduce(
      (sum, offset, i) => sum | (offset << BigInt(63 + 23 * i)),
      [3n, 6n, 0n, 1n, 3n].reduce((sum, n, l) => sum | (n << BigInt(12 * l)), 7n << 60n),
    );
    /** 5-3: the output is the last layer, the others repeat the inputs' width. */
    const ONE = [4n, 4n, 4n, 4n, 2n].reduce((sum, n, l) => sum | (n << BigInt(12 * l)), 32n << BigInt(63 + 23 * 7));
    const refuses = (shape: bigint) => reverts(take(shape), 'MalformedShape', [shape]);

    it('takes shapes as the protocol says', async () => {
      assert.equal(FOUR, encodeShape({ widths: [4, 7, 1, 2, 4], head: 'squared error' }));
      assert.equal(ONE, encodeShape({ widths: [5, 3], head: 'squared error' }));
      for (const head of [0n, 1n, 2n]) {
        for (const shape of [FOUR, ONE]) {
          await take(shape | (head << 247n));
          assert.equal(BigInt(await harness.read('modelHead', [shape | (head << 247n)])), head);
        }
      }
    });

    it('takes what the TypeScript twin makes of random widths', async () => {
      await fc.assert(
        fc.asyncProperty(widths, fc.constantFrom(...HEADS), async (n, head) => {
          fc.pre(entriesOf(modelSlots(n)) <= MODEL_LIMIT);
          const shape = encodeShape({ widths: n, head });
          await take(shape);
          assert.deepEqual(decodeShape(shape), { widths: n, head });
          assert.equal(HEADS[await harness.read('modelHead', [shape])], head);
          const [inputs, outputs] = await harness.read('modelWidths', [shape]);
          assert.deepEqual([inputs, outputs], [BigInt(n[0]), BigInt(n[n.length - 1])]);
          assert.equal(await harness.read('shapeText', [shape]), n.join('-'));
        }),
        { numRuns: 300 },
      );
    });

    it('reverts with MalformedShape for any other bit of a shape, as the twin refuses it', async () => {
      for (const shape of [FOUR, ONE]) {
        for (let bit = 0n; bit < 256n; bit++) {
          const other = shape ^ (1n << bit);
          let isTaken = false;
          try {
            decodeAnyShape(other);
            isTaken = true;
          } catch {}
          if (isTaken) await take(other);
          else await refuses(other);
        }
      }
    });

    it('reverts with MalformedShape for presence that has gaps', async () => {
      for (const presence of [1n, 2n, 3n, 5n]) await refuses((FOUR & ~(7n << 60n)) | (presence << 60n));
    });

    it('reverts with MalformedShape for an absent layer of another width than the inputs', async () => {
      for (const layer of [1n, 2n, 3n]) await refuses(ONE ^ (1n << (12n * layer)));
    });

    it('reverts with MalformedShape for a head that there is none of', async () => {
      await refuses(ONE | (3n << 247n));
    });

    it('takes the widths 1 and 4096', async () => {
      for (const n of [
        [1, 1],
        [4096, 1],
        [4096, 1024],
      ])
        await take(encodeShape({ widths: n, head: 'squared error' }));
    });

    it('reverts with OracleTooLarge when the slots exceed 2^23 entries', async () => {
      const widthsAt = (...n: number[]) => n.reduce((sum, width, l) => sum | (BigInt(width - 1) << BigInt(12 * l)), 0n);
      // W = 4096 x 2048 fills a model alone.
      const one = widthsAt(4096, 4096, 4096, 4096, 2048);
      await reverts(take(one), 'OracleTooLarge', [BigInt(MODEL_LIMIT + 2048)]);
      // W1 and W2 fill it together; nothing is left for biases.
      const two = widthsAt(2048, 2048, 2048, 2048, 2048) | (4n << 60n);
      await reverts(take(two), 'OracleTooLarge', [BigInt(MODEL_LIMIT + 4096)]);
    });
  });

  describe('packShard', () => {
    it('packs a shard as the protocol says', async () => {
      // sigma = 2, a_0 = 2, a_4 = 3: X 16, Y 32
      const expected = 2n | (7n << 12n) | (3n << 24n) | (1n << 36n) | (32n << 37n);
      assert.equal(await packShard({ inputs: 3, outputs: 8, rows: 4, kind: 'classes' }), expected);
      const neither = expected ^ (1n << 36n);
      assert.equal(await packShard({ inputs: 3, outputs: 8, rows: 4, kind: 'regression' }), neither);
      assert.equal(await packShard({ inputs: 3, outputs: 8, rows: 4, kind: 'labels' }), neither | (1n << 89n));
    });

    it('equals the TypeScript twin on random shards', async () => {
      await fc.assert(
        fc.asyncProperty(shard, async (s) => {
          const descriptor = await packShard(s);
          assert.equal(descriptor, encodeShard(s));
          assert.deepEqual(decodeShard(descriptor), s);
          const fields = await harness.read('shardFields', [descriptor]);
          assert.deepEqual(fields, [BigInt(s.inputs), BigInt(s.outputs), BigInt(s.rows), KINDS[s.kind]]);
          // Sizes, then the bits of classes and labels.
          const geometry = (descriptor & (2n ** 37n - 1n)) | ((descriptor >> 89n) << 37n);
          assert.deepEqual(await harness.read('geometry', [descriptor]), [Number(geometry), KINDS[s.kind]]);
        }),
        { numRuns: 300 },
      );
    });

    it('reverts with UnsupportedSize when inputs, outputs or rows are zero or over 4096', async () => {
      const good: ShardShape = { inputs: 3, outputs: 2, rows: 4, kind: 'regression' };
      for (const name of ['inputs', 'outputs', 'rows']) {
        for (const bad of [0, 4097])
          await reverts(packShard({ ...good, [name]: bad }), 'UnsupportedSize', [BigInt(bad)]);
      }
    });

    it('takes the greatest sizes of all: X and Y are at most 2^25 entries', async () => {
      const full: ShardShape = { inputs: 4096, outputs: 4096, rows: 4096, kind: 'classes' };
      assert.equal(entriesOf(shardSlots(full)), SHARD_LIMIT);
      const offset = 2n ** 24n;
      const sizes = 4095n | (4095n << 12n) | (4095n << 24n) | (1n << 36n);
      assert.equal(await packShard(full), sizes | (offset << 63n));
    });
  });

  describe('packSegment', () => {
    const descriptor = encodeShard({ inputs: 3, outputs: 2, rows: 64, kind: 'classes' });
    const squared = encodeShape({ widths: [3, 2], head: 'squared error' });
    const pack = (rate: bigint | number, batch: bigint | number, on = descriptor, passes: bigint | number = 1) =>
      harness.read('packSegment', [squared, on, rate, batch, passes, 0]);
    const smooth = (head: Head, outputs: number, smoothing: bigint | number, kind: ShardShape['kind'] = 'classes') =>
      harness.read('packSegment', [
        encodeShape({ widths: [3, outputs], head }),
        encodeShard({ inputs: 3, outputs, rows: 64, kind }),
        1,
        1,
        1,
        smoothing,
      ]) as Promise<bigint>;

    it('packs a segment as the protocol says', async () => {
      // 13 rows are padded to 16; X of 64 entries, Y of 32 behind it.
      const data = encodeShard({ inputs: 3, outputs: 2, rows: 13, kind: 'regression' });
      const expected = 7n | (12n << 17n) | (15n << 29n) | ((4n * 16n - 1n) << 41n) | (0n << 55n) | (64n << 81n);
      assert.equal(await pack(7, 16, data, 4), expected);
      // The smoothing stands on top; the label bit of the descriptor does not reach it.
      const labels = encodeShard({ inputs: 3, outputs: 2, rows: 13, kind: 'labels' });
      const sigmoid = encodeShape({ widths: [3, 2], head: 'sigmoid' });
      const packed = await harness.read('packSegment', [sigmoid, labels, 7, 16, 4, 200]);
      assert.equal(packed, expected | (200n << 107n));
    });

    it('equals the TypeScript twin on random segments', async () => {
      const segment = fc.record({
        lr: fc.integer({ min: 1, max: 2 ** 16 }),
        inputs: size,
        outputs: size,
        rows: size,
        steps: fc.integer({ min: 0, max: 12 }),
        e: fc.integer({ min: 0, max: 14 }),
        kind: fc.constantFrom(...SHARD_KINDS),
        head: fc.constantFrom(...HEADS),
        smoothing: fc.integer({ min: 0, max: 255 }),
      });
      await fc.assert(
        fc.asyncProperty(segment, async ({ lr, inputs, outputs, rows, steps, e, kind, head, smoothing: wanted }) => {
          const data: ShardShape = { inputs, outputs, rows, kind };
          const sigma = Math.ceil(Math.log2(rows));
          const batch = 2 ** Math.max(0, sigma - steps);
          const passes = 2 ** Math.min(e, 14 - sigma);
          const most = head === 'squared error' ? 0 : head === 'softmax' ? Math.floor(2047 / outputs) : 255;
          const smoothing = Math.min(wanted, most);
          const shape = encodeShape({ widths: [1, outputs], head });
          const packed = await harness.read('packSegment', [shape, encodeShard(data), lr, batch, passes, smoothing]);
          assert.equal(packed, encodeSegment({ lr, batch, passes, smoothing }, data));
        }),
        { numRuns: 300 },
      );
    });

    it('reverts with SmoothingOutOfRange where nothing is left for the right class, as checkSmoothing does', async () => {
      for (const [head, outputs, most] of [
        ['squared error', 2, 0],
        ['softmax', 1, 255],
        ['softmax', 8, 255],
        ['softmax', 9, 227],
        ['softmax', 10, 204],
        ['softmax', 1024, 1],
        ['softmax', 2047, 1],
        ['softmax', 2048, 0],
        ['softmax', 4096, 0],
        ['sigmoid', 2, 255],
        ['sigmoid', 4096, 255],
      ] as const) {
        const packed = await smooth(head, outputs, most);
        assert.equal(packed >> 107n, BigInt(most));
        checkSmoothing(head, outputs, most);
        for (const beyond of [BigInt(most + 1), 256n, 2n ** 255n, 2n ** 256n - 1n]) {
          await reverts(smooth(head, outputs, beyond), 'SmoothingOutOfRange', [beyond]);
        }
        if (most === 255) continue;
        assert.throws(() => checkSmoothing(head, outputs, most + 1), { code: 'INVALID_INPUT' });
      }
    });

    it('reverts with LearningRateOutOfRange for 0, 2^16 + 1 and beyond', async () => {
      for (const rate of [0n, 2n ** 16n + 1n, 2n ** 17n, 2n ** 256n - 1n]) {
        await reverts(pack(rate, 8), 'LearningRateOutOfRange', [rate]);
      }
    });

    it('accepts the learning rates 1 and 2^16', async () => {
      for (const rate of [1n, 2n ** 16n]) assert.equal(((await pack(rate, 8)) as bigint) & 0x1ffffn, rate);
    });

    it('reverts with UnsupportedBatch when the batch is no power of two or exceeds the rows', async () => {
      for (const batch of [0n, 3n, 63n, 65n, 128n, 2n ** 255n])
        await reverts(pack(1, batch), 'UnsupportedBatch', [batch, 64n]);
    });

    it('accepts the batches 1 and all rows', async () => {
      for (const batch of [1n, 64n]) assert.equal((((await pack(1, batch)) as bigint) >> 29n) & 0xfffn, batch - 1n);
    });

    it('reverts with UnsupportedPasses when they are no power of two or make more than 2^14 padded rows', async () => {
      for (const passes of [0n, 3n, 257n, 512n, 2n ** 255n])
        await reverts(pack(1, 1, descriptor, passes), 'UnsupportedPasses', [passes, 64n]);
      const odd = encodeShard({ inputs: 3, outputs: 2, rows: 33, kind: 'classes' });
      await reverts(pack(1, 1, odd, 512n), 'UnsupportedPasses', [512n, 33n]);
      const single = encodeShard({ inputs: 3, outputs: 2, rows: 1, kind: 'classes' });
      await reverts(pack(1, 1, single, 2n ** 15n), 'UnsupportedPasses', [2n ** 15n, 1n]);
    });

    it('takes padded rows in one batch and as many passes as make 2^14 rows', async () => {
      for (const [rows, passes] of [
        [1, 2 ** 14],
        [63, 256],
        [64, 256],
        [4095, 4],
        [4096, 4],
      ]) {
        const data = encodeShard({ inputs: 3, outputs: 2, rows, kind: 'classes' });
        const packed: bigint = await pack(1, 1, data, passes);
        assert.equal((packed >> 41n) & 0x3fffn, 2n ** 14n - 1n);
      }
      const odd = encodeShard({ inputs: 3, outputs: 2, rows: 33, kind: 'classes' });
      await pack(1, 64, odd);
      await reverts(pack(1, 128, odd), 'UnsupportedBatch', [128n, 33n]);
    });
  });

  describe('requireFit', () => {
    it('takes classes with every head, labels with sigmoid and regression with squared error, as checkFit does', async () => {
      for (const head of HEADS) {
        for (const kind of SHARD_KINDS) {
          const shape = encodeShape({ widths: [3, 2], head });
          const fits = harness.read('requireFit', [shape, encodeShard({ inputs: 3, outputs: 2, rows: 4, kind })]);
          const isRight =
            kind === 'classes' ||
            (kind === 'labels' && head === 'sigmoid') ||
            (kind === 'regression' && head === 'squared error');
          if (isRight) {
            await fits;
            checkFit(head, kind);
          } else {
            await reverts(fits, 'HeadUnfit', [HEADS.indexOf(head), KINDS[kind]]);
            assert.throws(() => checkFit(head, kind), { code: 'INVALID_INPUT' });
          }
        }
      }
    });
  });

  describe('the number of points', () => {
    const takes = async (functionName: string, geometry: bigint, points: number) => {
      await harness.read(functionName, [BigInt(points), geometry]);
      for (const other of [0, points - 1, points + 1, 256 + points]) {
        if (other === points) continue;
        await reverts(harness.read(functionName, [BigInt(other), geometry]), 'WrongPointCount', [
          BigInt(other),
          BigInt(points),
        ]);
      }
    };

    it('of a model is one for each 2^18 entries of its slots', async () => {
      for (const [n, points] of [
        [[1, 1], 1],
        [[1024, 128], 1],
        // 2^18 weights and the biases behind them.
        [[1024, 256], 2],
        [[4096, 1024], 17],
        [[1500, 1500, 3], 17],
        [[784, 128, 10], 1],
        [[2048, 2048, 1024, 512, 16], 27],
      ] as const) {
        await takes('requirePerceptronPoints', encodeShape({ widths: n, head: 'squared error' }), points);
      }
      await fc.assert(
        fc.asyncProperty(widths, async (n) => {
          const entries = entriesOf(modelSlots(n));
          fc.pre(entries <= MODEL_LIMIT);
          await harness.read('requirePerceptronPoints', [
            BigInt(Math.ceil(entries / CHUNK)),
            encodeShape({ widths: n, head: 'squared error' }),
          ]);
        }),
        { numRuns: 200 },
      );
    });

    it('of a shard is one for each 2^18 entries of X and Y', async () => {
      for (const [inputs, outputs, rows, points] of [
        [1, 1, 1, 1],
        [32, 32, 4096, 1],
        [33, 1, 4096, 2],
        [4096, 4096, 4096, 128],
      ]) {
        await takes('requireShardPoints', encodeShard({ inputs, outputs, rows, kind: 'classes' }), points);
      }
    });
  });
});

function entriesOf(slots: readonly { log2: number }[]): number {
  return slots.reduce((entries, { log2 }) => entries + 2 ** log2, 0);
}
