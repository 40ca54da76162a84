// Which shapes of convolutional networks are taken, and where their weights stand (protocol section 12).
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import {
  decodeAnyShape,
  encodeAnyShape,
  formatShape,
  layerCount,
  shapeLayout,
  shapeParameters,
  shapeSides,
} from '../../src/model/anyShape.ts';
import { HEADS } from '../../src/model/head.ts';
import { parseNetwork } from '../../src/model/network.ts';
import { encodeSegment, encodeShard } from '../../src/model/shape.ts';
import { abiOf, Contract, reverts, testChain } from './support/chain.ts';
import { descriptorOf, type Fields, type Said, someNetwork } from './support/networks.ts';

const MODEL_LIMIT = 2 ** 23;

let networks: Contract;
let harness: Contract;

before(async () => {
  const chain = await testChain();
  networks = new Contract(chain, await chain.deploy('Networks'), await abiOf('Networks'));
  harness = new Contract(chain, await chain.deploy('Harness'), await abiOf('Harness'));
});

const layoutOf = (shape: bigint): Promise<[bigint, bigint, bigint]> => networks.read('layoutOf', [shape]);

/** 12x12 pictures, a convolution, a pooled one, a dense layer. */
const CONV: Fields = { channels: 8, side: 12, kernel: 5, padding: 2 };
const POOLED: Fields = { channels: 4, side: 6, kernel: 3, padding: 1, pooled: 1 };
const DENSE: Fields = { channels: 10, side: 1, kernel: 6, flat: 1 };
const GOOD: Said = { channels: 3, side: 12, layers: [CONV, POOLED, DENSE], head: 1 };
/** The same with some fields of a layer changed. */
const withLayer = (index: number, fields: Partial<Fields>): Said => ({
  ...GOOD,
  layers: GOOD.layers.map((layer, l) => (l === index ? { ...layer, ...fields } : layer)),
});

/** Neither the contract nor its twin takes the shape. */
async function refuses(said: Said | bigint, error: string, args: readonly unknown[]): Promise<void> {
  const shape = typeof said === 'bigint' ? said : descriptorOf(said);
  await reverts(layoutOf(shape), error, args);
  assert.throws(() => {
    const twin = decodeAnyShape(shape);
    if (shapeLayout(twin).used > MODEL_LIMIT) throw new RangeError('too large');
  }, error);
}

describe('shapes of networks', () => {
  it('are taken where every rule holds', async () => {
    const shape = descriptorOf(GOOD);
    assert.equal(formatShape(decodeAnyShape(shape)), '12x12x3-c8k5p2-a2-c4k3p1-10');
    // W: 2^(6 + 2 + 3), 2^(4 + 3 + 2), 2^(6 + 2 + 4); b: 8, 4, 16. fan: 75, 72 and pooled, 144
    const [entries, first, second] = await layoutOf(shape);
    assert.equal(entries, 2048n + 8n + 512n + 4n + 4096n + 16n);
    assert.equal(first, 0n);
    const layer = (w: bigint, b: bigint, fan: bigint) => w | (b << 23n) | (fan << 46n);
    const words = [layer(4096n, 6672n, 7n), layer(6144n, 6680n, 7n + 4n), layer(0n, 6656n, 8n)];
    assert.equal(second, words[0] | (words[1] << 51n) | (words[2] << 102n));
  });

  it('have the layout, sides, layers, head and text of the TypeScript twin, on random networks', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(someNetwork, async (network) => {
        const shape = encodeAnyShape(network);
        const { used } = shapeLayout(network);
        if (used > MODEL_LIMIT) return reverts(layoutOf(shape), 'OracleTooLarge', [BigInt(used)]);
        assert.deepEqual(await layoutOf(shape), [BigInt(used), ...shapeParameters(network).slice(1)]);
        const { inputs, outputs } = shapeSides(network);
        assert.deepEqual(await harness.read('modelWidths', [shape]), [BigInt(inputs), BigInt(outputs)]);
        assert.equal(await harness.read('modelLayers', [shape]), BigInt(layerCount(network)));
        assert.equal(HEADS[await harness.read('modelHead', [shape])], network.head);
        assert.equal(await harness.read('shapeText', [shape]), formatShape(network));
        taken++;
      }),
      { numRuns: 300 },
    );
    assert.ok(taken > 150, `${taken}`);
  });

  it('have the text that people write, from which the twin makes the same shape', async () => {
    for (const text of [
      '64x64x1-c1k1-1',
      '28x28x1-c8k5s2p2-c16k5s2p2-64-10',
      '32x32x3-c16k3p1-a2-c32k3p1-a2-c64k3p1-a2-10',
      '4x4x200-c200k3s2p1-4096',
      '2x2x1024-c3k1-a2-4096-1-1-1',
    ]) {
      for (const head of HEADS) {
        const shape = encodeAnyShape(parseNetwork(text, head));
        assert.equal(await harness.read('shapeText', [shape]), text);
        assert.equal(await harness.read('headNumber', [shape]), BigInt(HEADS.indexOf(head)));
      }
    }
  });

  it('have slots of one size in the order of the layers, W before b', async () => {
    for (const text of ['2x2x1-c1k1-c1k1-1', '4x4x1-c1k1s2-a2-1-1', '4x4x2-c2k1-c2k1-c2k1-c2k1-2', '2x2x1-c1k2-1-1']) {
      const network = parseNetwork(text, 'softmax');
      const [entries, ...words] = await layoutOf(encodeAnyShape(network));
      assert.equal(entries, BigInt(shapeLayout(network).used));
      assert.deepEqual(words, shapeParameters(network).slice(1));
    }
  });
});

describe('layoutOf reverts', () => {
  it('with MalformedShape for absent layers that are not the first ones, or are said to be present', async () => {
    for (let presence = 0; presence < 32; presence++) {
      // 28, 30 and 31 say that there are further layers, with kernels of one pixel: a network too.
      if ([24, 28, 30, 31].includes(presence)) await layoutOf(descriptorOf({ ...GOOD, presence }));
      else {
        const shape = descriptorOf({ ...GOOD, presence });
        await refuses(shape, 'MalformedShape', [shape]);
      }
    }
  });

  it('with MalformedShape for an absent layer that does not repeat the input', async () => {
    const input = { channels: GOOD.channels, side: GOOD.side };
    for (const absent of [
      { ...input, channels: 4 },
      { ...input, side: 11 },
      { ...input, kernel: 2 },
      { ...input, stride: 2 },
      { ...input, padding: 1 },
      { ...input, flat: 1 },
      { ...input, pooled: 1 },
    ]) {
      const shape = descriptorOf({ ...GOOD, absent });
      await refuses(shape, 'MalformedShape', [shape]);
    }
  });

  it('with MalformedShape for a head that there is none of, and for any bit between head and mark, or above', async () => {
    const shape = descriptorOf(GOOD);
    const bits = [...Array.from({ length: 50 }, (_, k) => 199n + BigInt(k)), 250n, 251n, 255n];
    const malformed = [descriptorOf({ ...GOOD, head: 3 }), ...bits.map((bit) => shape | (1n << bit))];
    for (const other of malformed) await refuses(other, 'MalformedShape', [other]);
    // Without the mark it is a shape of another kind.
    await reverts(layoutOf(shape ^ (1n << 249n)), 'MalformedShape', [shape ^ (1n << 249n)]);
  });

  it('with PicturesTooLarge for pictures of more than 4096 values', async () => {
    for (const [channels, side] of [
      [2, 64],
      [5, 32],
      [4, 33],
      [4096, 2],
    ]) {
      await refuses({ ...GOOD, channels, side }, 'PicturesTooLarge', [BigInt(channels), BigInt(side)]);
    }
  });

  it('with OddSidePooled for averages of an odd side', async () => {
    const odd = { ...withLayer(0, { side: 11 }), side: 11 };
    await refuses(odd, 'OddSidePooled', [2n, 11n]);
    await refuses({ ...GOOD, side: 11, layers: [{ ...CONV, pooled: 1 }, POOLED, DENSE] }, 'OddSidePooled', [1n, 11n]);
  });

  it('with FirstLayerFlat for a dense layer that reads pictures', async () => {
    const dense: Fields = { channels: 10, side: 1, kernel: 12, flat: 1 };
    await refuses({ ...GOOD, layers: [dense] }, 'FirstLayerFlat', []);
    await refuses({ ...GOOD, layers: [dense, { ...DENSE, kernel: 1 }] }, 'FirstLayerFlat', []);
    await refuses({ ...GOOD, side: 1, layers: [{ ...DENSE, kernel: 1 }] }, 'FirstLayerFlat', []);
  });

  it('with FlatLayerUnlike for a dense layer with another kernel than the side that it reads, a stride or a padding', async () => {
    for (const fields of [{ kernel: 5 }, { kernel: 7 }, { stride: 2 }, { padding: 1 }]) {
      await refuses(withLayer(2, fields), 'FlatLayerUnlike', [3n, 6n]);
    }
    await refuses(withLayer(2, { pooled: 1 }), 'FlatLayerUnlike', [3n, 3n]);
  });

  it('with LayerNotFlat for a convolution at the end, or of a single pixel', async () => {
    await refuses(withLayer(2, { flat: 0 }), 'LayerNotFlat', [3n]);
    const single: Fields = { channels: 2, side: 1, kernel: 1 };
    await refuses(
      { ...GOOD, layers: [CONV, { ...DENSE, kernel: 12 }, single, { ...DENSE, kernel: 1 }] },
      'LayerNotFlat',
      [3n],
    );
    await refuses({ channels: 1, side: 1, layers: [single, { ...DENSE, kernel: 1 }] }, 'LayerNotFlat', [1n]);
  });

  it('with UnsupportedKernel for one wider than 7, not wider than its padding, or by more than 5', async () => {
    for (const [kernel, padding] of [
      [8, 3],
      [64, 3],
      [6, 0],
      [7, 0],
      [7, 1],
      [1, 1],
      [2, 2],
      [3, 3],
    ]) {
      await refuses(withLayer(0, { kernel, padding }), 'UnsupportedKernel', [1n, BigInt(kernel), BigInt(padding)]);
    }
    for (const [kernel, padding] of [
      [7, 2],
      [7, 3],
      [6, 1],
      [5, 0],
      [4, 3],
      [2, 1],
      [1, 0],
    ]) {
      const side = 64 + 2 * padding - kernel + 1;
      if (side > 64) continue;
      const wide: Said = {
        channels: 1,
        side: 64,
        layers: [
          { channels: 1, side, kernel, padding },
          { ...DENSE, kernel: side },
        ],
      };
      await layoutOf(descriptorOf(wide));
      decodeAnyShape(descriptorOf(wide));
    }
  });

  it('with KernelTooWide for one that is wider than what it reads', async () => {
    const narrow: Said = {
      channels: 1,
      side: 2,
      layers: [
        { channels: 1, side: 1, kernel: 3 },
        { ...DENSE, kernel: 1 },
      ],
    };
    await refuses(narrow, 'KernelTooWide', [1n, 3n, 2n]);
    const padded = { channels: 1, side: 1, kernel: 7, padding: 2 };
    await refuses({ ...narrow, layers: [padded, { ...DENSE, kernel: 1 }] }, 'KernelTooWide', [1n, 7n, 6n]);
  });

  it('with SideDiffers for another side than the kernel leaves', async () => {
    for (const side of [1, 11, 13, 64]) await refuses(withLayer(0, { side }), 'SideDiffers', [1n, BigInt(side), 12n]);
    // (12 + 4 - 5) / 2 + 1, rounded down
    await refuses(withLayer(0, { stride: 2 }), 'SideDiffers', [1n, 12n, 6n]);
    await refuses(withLayer(2, { side: 2 }), 'SideDiffers', [3n, 2n, 1n]);
    // A side of 65 has no bits.
    const grown: Said = { channels: 1, side: 64, layers: [{ channels: 1, side: 1, kernel: 2, padding: 1 }, DENSE] };
    await refuses(grown, 'SideDiffers', [1n, 1n, 65n]);
  });

  it('with LayerReadsTooMuch for an output that reads more than 4096 values', async () => {
    // 12x12 of 65 channels: 2^(2 4) 2^7
    await refuses(
      {
        ...GOOD,
        layers: [
          { ...CONV, channels: 65 },
          { ...DENSE, kernel: 12 },
        ],
      },
      'LayerReadsTooMuch',
      [2n, 2n ** 15n],
    );
    await refuses(
      {
        ...GOOD,
        layers: [{ ...CONV, channels: 65 }, { ...POOLED, side: 12, kernel: 5, padding: 2, pooled: 0 }, DENSE],
      },
      'LayerReadsTooMuch',
      [2n, 2n ** 13n],
    );
  });

  it('with OracleTooLarge for more than 2^23 entries', async () => {
    // 2^12 channels of 2^11 values each fill a model alone.
    const full: Said = {
      channels: 128,
      side: 4,
      layers: [
        { channels: 4096, side: 1, kernel: 4 },
        { ...DENSE, channels: 1, kernel: 1 },
      ],
    };
    await refuses(full, 'OracleTooLarge', [2n ** 23n + 4096n + 4096n + 1n]);
    const [entries] = await layoutOf(descriptorOf({ ...full, channels: 64 }));
    assert.equal(entries, 2n ** 22n + 4096n + 4096n + 1n);
  });
});

describe('a segment of a network', () => {
  const shard = { inputs: 768, outputs: 10, rows: 64, kind: 'classes' } as const;
  const pack = (shape: bigint, rate: number) => harness.read('packSegment', [shape, encodeShard(shard), rate, 8, 2, 3]);

  it('reverts with PooledLearningRate for a rate that 16 does not divide, where a layer reads averages', async () => {
    const shape = descriptorOf(GOOD);
    for (const rate of [1, 8, 15, 17, 65_535]) await reverts(pack(shape, rate), 'PooledLearningRate', [BigInt(rate)]);
    for (const rate of [16, 48, 65_536]) {
      assert.equal(await pack(shape, rate), encodeSegment({ lr: rate, batch: 8, passes: 2, smoothing: 3 }, shard));
    }
    await reverts(pack(shape, 65_552), 'LearningRateOutOfRange', [65_552n]);
    await reverts(pack(shape, 0), 'LearningRateOutOfRange', [0n]);
  });

  it('takes any rate where no layer does', async () => {
    const plain = descriptorOf({ ...GOOD, layers: [CONV, { ...DENSE, kernel: 12 }] });
    for (const rate of [1, 15, 17]) {
      assert.equal(await pack(plain, rate), encodeSegment({ lr: rate, batch: 8, passes: 2, smoothing: 3 }, shard));
    }
  });

  it('has the smoothing that its classes leave', async () => {
    // 2^11 / 10 classes
    const smooth = (head: number, smoothing: number) =>
      harness.read('packSegment', [descriptorOf({ ...GOOD, head }), encodeShard(shard), 16, 8, 2, smoothing]);
    await smooth(1, 204);
    await reverts(smooth(1, 205), 'SmoothingOutOfRange', [205n]);
    await smooth(2, 255);
    await reverts(smooth(0, 1), 'SmoothingOutOfRange', [1n]);
  });

  it('is of pictures with the padded side', async () => {
    const fits = (inputs: number, outputs = 10) =>
      harness.read('requireFit', [descriptorOf(GOOD), encodeShard({ ...shard, inputs, outputs })]);
    await fits(3 * 16 * 16);
    await reverts(fits(3 * 12 * 12), 'InputsDiffer', [768n, 432n]);
    await reverts(fits(768, 9), 'OutputsDiffer', [10n, 9n]);
  });
});
