import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CapacityError } from '../../src/errors/CapacityError.ts';
import { importCapacity, mergeCapacity, scoreCapacity, seedCapacity, trainCapacity } from '../../src/model/capacity.ts';
import { mergeWeights } from '../../src/model/merge.ts';
import { parseNetwork } from '../../src/model/network.ts';
import {
  checkNetworkWeights,
  isRealEntry,
  kernelSizes,
  modelSides,
  type NetworkWeights,
  presentLayers,
  zeroNetworkWeights,
} from '../../src/model/networkWeights.ts';
import { zeroWeights } from '../../src/model/weights.ts';

const network = parseNetwork('7x7x3-c5k3s2p1-a2-c4k1-3', 'softmax');
const weights = (): NetworkWeights => zeroNetworkWeights(network, 5n);

describe('the weights of a convolutional network', () => {
  it('are padded in every index: dx, dy, channels read, channels made', () => {
    const sizes = weights().layers.map(({ W, b }) => [W.length, b.length]);
    assert.deepEqual(sizes, [
      [4 * 4 * 4 * 8, 8],
      [1 * 8 * 4, 4],
      [2 * 2 * 4 * 4, 4],
    ]);
    assert.deepEqual(modelSides(weights()), { inputs: 3 * 64, outputs: 3 });
    const [input, first] = presentLayers(network);
    assert.deepEqual(kernelSizes(input, first), { real: [3, 3, 3, 5], bits: [2, 2, 2, 3] });
  });

  it('are in range, and 0 on padding, of taps too', () => {
    checkNetworkWeights(weights());
    const layers = presentLayers(network);
    weights().layers.forEach(({ W }, l) => {
      const { real, bits } = kernelSizes(layers[l], layers[l + 1]);
      for (let x = 0; x < W.length; x++) {
        const changed = weights();
        changed.layers[l].W[x] = 1n;
        if (isRealEntry(x, real, bits)) checkNetworkWeights(changed);
        else assert.throws(() => checkNetworkWeights(changed), /is padding and must be 0, not 1/);
      }
    });
    for (const [value, message] of [
      [2n ** 47n, /Weight \[0, 0, 0, 1\] of layer 1 is 32768; weights lie in \[-32768, 32768\)/],
      [-(2n ** 47n) - 1n, /Weight \[0, 0, 0, 1\] of layer 1 is -32768/],
    ] as const) {
      const changed = weights();
      changed.layers[0].W[1] = value;
      assert.throws(() => checkNetworkWeights(changed), message);
    }
    const changed = weights();
    changed.layers[0].W[1] = -(2n ** 47n);
    changed.layers[0].W[2] = 2n ** 47n - 1n;
    checkNetworkWeights(changed);
    changed.layers[1].b[3] = 2n ** 47n;
    assert.throws(
      () => checkNetworkWeights(changed),
      /Bias \[3\] of layer 2 is 32768; weights lie in \[-32768, 32768\)/,
    );
    // behind averages weights have two bits less
    changed.layers[1].W[0] = 2n ** 47n;
    const pooled = /Weight \[0, 0, 0, 0\] of layer 2 is 131072; weights lie in \[-131072, 131072\)/;
    assert.throws(() => checkNetworkWeights(changed), pooled);
  });

  it('have as many layers and entries as their network', () => {
    const model = weights();
    assert.throws(() => checkNetworkWeights({ ...model, layers: model.layers.slice(1) }), /3 layers has 2 weight/);
    const [first, ...others] = model.layers;
    const short = { ...first, b: new BigInt64Array(5) };
    assert.throws(() => checkNetworkWeights({ ...model, layers: [short, ...others] }), /Layer 1 has arrays of/);
    assert.throws(() => checkNetworkWeights({ ...model, salt: -1n }), /salt/i);
  });

  it('merge with those of the same network alone', () => {
    const [a, b] = [weights(), weights()];
    a.layers[0].W[1] = 100n;
    b.layers[0].W[1] = 301n;
    const halves = [1, 2, 3].map(() => [2 ** 13, 2 ** 13]);
    const { child } = mergeWeights([a, b], halves, 7n);
    checkNetworkWeights(child);
    assert.equal(child.layers[0].W[1], 201n);
    assert.deepEqual([child.network, child.salt], [network, 7n]);
    const other = zeroNetworkWeights(parseNetwork('7x7x3-c5k3s2p1-a2-c4k1-2', 'softmax'), 1n);
    assert.throws(() => mergeWeights([a, other], halves, 7n), /one shape: 7x7x3-c5k3s2p1-a2-c4k1-3 and 7x7x3/);
    const dense = zeroWeights({ widths: [4, 2], head: 'softmax' }, 1n);
    assert.throws(() => mergeWeights<NetworkWeights | typeof dense>([a, dense], halves, 7n), /one shape.* 4-2 differ/);
  });
});

describe('the capacity of the programs of convolutional networks', () => {
  it('counts kernels, places and channels', () => {
    assert.deepEqual(seedCapacity(network), { model: 10, trace: 17, helper: 17 });
    assert.equal(importCapacity(network).trace, 17);
    assert.equal(mergeCapacity(network).helper, 17);
    // 9 arrays of 2^(3 + 2 + 2 + 10) and of 2^(2 + 1 + 1 + 10), 4 + 8 of the output, 2 tables
    assert.equal(trainCapacity(network, 1024, 1, 16).trace, 21);
    assert.equal(scoreCapacity(network, 1024).trace, 20);
  });

  it('says before the training which oracle is too large', () => {
    const large = parseNetwork('32x32x1-c64k3p1-c1k3s2p1-a2-10', 'softmax');
    assert.throws(
      () => trainCapacity(large, 1024),
      (error) => error instanceof CapacityError && error.oracle === 'trace',
    );
    const wide = parseNetwork('2x2x1024-c1k2-1', 'squared error');
    assert.throws(() => trainCapacity(wide, 4096, 4, 1), /GiB/);
    assert.doesNotThrow(() => trainCapacity(wide, 4096, 4, 16));
  });
});
