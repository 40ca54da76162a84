// The drawing of a convolutional network, and what it says of each layer.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseNetwork } from '../../src/model/network.ts';
import { drawNetwork, networkInWords, SHEET_STEP } from '../../web/lib/networkDrawing.ts';

const NETWORKS = [
  '28x28x1-c8k5s2p2-c16k5s2p2-64-10',
  '32x32x3-c16k3p1-a2-c32k3p1-a2-64-10',
  '64x64x1-c1k7s2p3-c4k2-1',
  '4x4x256-c4096k4-1',
  '8x8x3-c4k3p1-c4k3p1-c4k3p1-c4k3p1-a2-16-2',
  '2x2x1-c1k1-1',
];
const network = (text: string) => parseNetwork(text, 'softmax');

describe('the drawing of a network', () => {
  it('has the pictures and every layer from left to right, apart from each other and within its frame', () => {
    for (const text of NETWORKS) {
      const { width, height, stages } = drawNetwork(network(text));
      assert.equal(stages.length, network(text).layers.length + 1, text);
      let end = 0;
      for (const { x, y, width: wide, height: high, sheets, dots, kernel } of stages) {
        assert.ok(x > end, `${text}: ${x} after ${end}`);
        const behind = SHEET_STEP * Math.max(0, sheets - 1);
        end = x + wide + behind;
        assert.ok(y - behind >= 0 && y + high <= height, `${text}: ${y} ${high} of ${height}`);
        assert.ok(dots > 0 !== sheets > 0, 'dots or sheets');
        if (!kernel) continue;
        assert.ok(kernel.x >= x && kernel.x + kernel.size <= x + wide, `${text}: the kernel is on its sheet`);
        assert.ok(kernel.y >= y && kernel.y + kernel.size <= y + high, `${text}: the kernel is on its sheet`);
      }
      assert.ok(end <= width, `${text}: ${end} of ${width}`);
    }
  });

  it('has larger sheets for larger pictures, more of them for more channels, and a kernel where a convolution reads', () => {
    const { stages } = drawNetwork(network('28x28x1-c8k5s2p2-c16k5s2p2-64-10'));
    const [pictures, first, second, dense, outputs] = stages;
    assert.ok(pictures.width > first.width && first.width > second.width);
    assert.deepEqual([pictures.sheets, first.sheets, second.sheets, dense.sheets], [1, 3, 3, 0]);
    assert.deepEqual(
      stages.map(({ kernel }) => kernel?.pooled),
      [false, false, undefined, undefined, undefined],
    );
    assert.ok(dense.dots > outputs.dots && outputs.dots > 1);
    const pooled = drawNetwork(network('32x32x3-c16k3p1-a2-c32k3p1-a2-64-10')).stages;
    assert.deepEqual(
      pooled.map(({ kernel }) => kernel?.pooled),
      [false, true, undefined, undefined, undefined],
    );
  });
});

describe('a network in words', () => {
  it('says of each layer what it reads and what it makes', () => {
    assert.deepEqual(networkInWords(network('28x28x1-c8k5s2p2-c16k5s2p2-64-10')), [
      'pictures of 28×28 pixels',
      '5×5 convolution, stride 2, 2 pixels of zeros around: 8 channels of 14×14',
      '5×5 convolution, stride 2, 2 pixels of zeros around: 16 channels of 7×7',
      'dense: 64 units',
      'dense: 10 units',
    ]);
    assert.deepEqual(networkInWords(network('32x32x3-c16k3p1-a2-c32k3-a2-1')), [
      'pictures of 32×32 pixels in 3 channels',
      '3×3 convolution, 1 pixel of zeros around: 16 channels of 32×32',
      'averages over 2×2, 3×3 convolution: 32 channels of 14×14',
      'averages over 2×2, dense: 1 unit',
    ]);
  });
});
