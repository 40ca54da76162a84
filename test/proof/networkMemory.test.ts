// What the checks before a training and before a score say of the memory of their proofs, of convolutional networks.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { scoreElements, trainElements } from '../../src/model/capacity.ts';
import { parseNetwork } from '../../src/model/network.ts';
import { networkSides } from '../../src/model/networkWeights.ts';
import { proveScore } from '../../src/programs/score/score.ts';
import { proveTrain } from '../../src/programs/train/train.ts';
import type { Prover } from '../../src/proof/prover.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { heldElements } from '../support/heldElements.ts';
import { openProver } from '../support/prover.ts';
import { random, randomShard } from '../training/helpers.ts';
import { randomNetworkWeights } from '../training/networkCases.ts';

const SIZES: [what: string, network: string, rows: number, passes: number, batch: number][] = [
  ['many channels', '12x12x1-c16k3p1-a2-c16k3p1-10', 128, 1, 16],
  ['one channel of large pictures', '32x32x1-c1k5s2p2-c2k3p1-4', 128, 1, 16],
  ['steps of one row, in two passes', '16x16x2-c4k5s2p2-c8k3p1-16-4', 64, 2, 1],
  ['many kernels that read much', '8x8x4-c32k5p2-a2-c64k3-8', 64, 1, 8],
  ['a dense layer behind pictures', '16x16x1-c8k3s2p1-128-10', 256, 1, 16],
];

describe('the memory of proofs of convolutional networks', { concurrency: false }, () => {
  let prover: Prover;
  before(async () => {
    prover = await openProver([]);
  });
  after(() => prover.close());

  function sized([, text, rows]: (typeof SIZES)[number]) {
    const network = parseNetwork(text, 'softmax');
    const model = randomNetworkWeights(network, random(3));
    return { network, model, shard: randomShard({ ...networkSides(network), rows, kind: 'classes' }, random(4)) };
  }

  for (const size of SIZES) {
    const [what, , rows, passes, batch] = size;
    it(`of training is at most what is said before, and little less: ${what}`, async () => {
      const { network, model: parent, shard } = sized(size);
      const segment = { lr: 16, passes, batch };
      const trained = trainSegment(parent, shard, { ...segment, salt: 7n });
      const taken = await heldElements(prover, (session) =>
        proveTrain(session, { parent, shard, ...segment, ...trained }),
      );
      const said = trainElements(network, { rows, passes, batch });
      assert.ok(taken <= said && said < 1.4 * taken, `${taken} elements, ${said} were said`);
    });
    it(`of a score is at most what is said before, and little less: ${what}`, async () => {
      const { network, model, shard } = sized(size);
      const forward = forwardTrace(model, shard);
      const taken = await heldElements(prover, (session) => proveScore(session, { model, shard, forward }));
      const said = scoreElements(network, rows);
      assert.ok(taken <= said && said < 1.5 * taken, `${taken} elements, ${said} were said`);
    });
  }
});
