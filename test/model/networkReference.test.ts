import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  encodeNetwork,
  type Network,
  networkGeometry,
  networkLayoutWords,
  parseNetwork,
} from '../../src/model/network.ts';
import { type ConvNetwork, geometryOf, networkInputs, networkLayout, refusals } from '../reference/conv-geometry.ts';
import { headBits } from '../reference/sizes.ts';

// The descriptors of networks as the reference makes them, from the protocol alone.

const NETWORKS = [
  '28x28x1-c8k5s2p2-c16k5s2p2-64-10',
  '28x28x1-c8k5p2-a2-c16k3p1-a2-c32k3s2p1-a2-10',
  '32x32x3-c16k3p1-a2-c32k3p1-a2-c64k3-40-10',
  '4x4x7-c2k4-3-1',
  '64x64x1-a2-c4k7s2p3-c5k1-c6k2s2p1-3-2-1',
  '5x5x4-c1k1-2',
];

const asReference = ({ layers, ...network }: Network): ConvNetwork => ({ ...network, layers: [...layers] });

describe('the descriptor of a network', () => {
  for (const [i, text] of NETWORKS.entries())
    it(`is the reference's: ${text}`, () => {
      const head = (['squared error', 'softmax', 'sigmoid'] as const)[i % 3];
      const network = parseNetwork(text, head);
      const geometry = geometryOf(asReference(network));
      const { shape, layout } = networkInputs(geometry, networkLayout(geometry).slots, headBits(head));
      assert.equal(encodeNetwork(network), shape);
      assert.deepEqual(networkLayoutWords(network), layout);
    });

  it('is of what the contract takes, and of nothing else', () => {
    const kernels = [1, 2, 3, 4, 5, 6, 7, 8];
    let taken = 0;
    for (const side of [1, 2, 3, 5, 8, 12])
      for (const kernel of kernels)
        for (const padding of [0, 1, 2, 3, 4])
          for (const stride of [1, 2, 3] as (1 | 2)[])
            for (const pooled of [false, true]) {
              const layers = [
                { channels: 3, kernel, stride, padding, pooled },
                { channels: 2, flat: true },
              ];
              const network: Network = { channels: 2, side, layers, head: 'softmax' };
              // three bits of a stride or padding have no descriptor
              const known = stride < 3 && padding < 4;
              const allowed = known && refusals(geometryOf(network)).length === 0;
              let refused = false;
              try {
                networkGeometry(network);
              } catch {
                refused = true;
              }
              assert.equal(refused, !allowed, JSON.stringify(network));
              if (allowed) taken++;
            }
    assert.ok(taken > 100, `${taken}`);
  });
});
