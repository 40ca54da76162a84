// Claims as contracts encode them for the verifiers, against how viem encodes them.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type AbiParameter, encodeAbiParameters, type Hex, slice } from 'viem';
import { verifiersAbi } from '../../src/generated/abi.ts';
import { abiOf, Contract, reverts, testChain } from './support/chain.ts';

interface Point {
  x: bigint;
  y: bigint;
}

interface Training {
  segment: bigint;
  descriptor: bigint;
  parent: Point[];
  child: Point[];
  shard: Point[];
}

const word = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const words = fc.array(word, { maxLength: 5 });
const point = fc.record({ x: word, y: word });
const points = fc.array(point, { maxLength: 4 });

let harness: Contract;

before(async () => {
  const chain = await testChain();
  harness = new Contract(chain, await chain.deploy('LayoutHarness'), await abiOf('LayoutHarness'));
});

/** What IVerifiers takes as claim, or as claims: encoded, without the word that says where it begins. */
function encoded(what: 'verify' | 'verifyMany', value: unknown): Hex {
  const { inputs } = verifiersAbi.find((entry) => entry.type === 'function' && entry.name === what) as {
    inputs: readonly AbiParameter[];
  };
  return slice(encodeAbiParameters([inputs[2]], [value]), 32);
}

const chunksOf = (oracles: readonly (readonly Point[])[]) =>
  oracles.reduce((chunks, { length }, i) => chunks | (BigInt(length) << BigInt(8 * i)), 0n);

const claimOf = (training: Training, parameters: readonly bigint[]) => {
  const oracles = [training.parent, training.child, training.shard];
  return {
    parameters: [...parameters.slice(0, -1), training.segment],
    extra: [training.descriptor],
    commitments: oracles.flat(),
    chunks: chunksOf(oracles),
  };
};

describe('Claims', () => {
  it('encode a claim with the points of any oracles, and free memory begins behind it at any time', async () => {
    await fc.assert(
      fc.asyncProperty(words, words, fc.array(points, { maxLength: 4 }), async (parameters, extra, oracles) => {
        const commitments = oracles.flat();
        const chunks = chunksOf(oracles);
        const claim = await harness.read('claim', [parameters, extra, chunks, BigInt(commitments.length), oracles]);
        assert.equal(claim, encoded('verify', { parameters, extra, commitments, chunks }));
      }),
      { numRuns: 40 },
    );
  });

  it('encode the claims of trainings, and free memory begins behind them at any time', async () => {
    const training = fc.tuple(points, points).chain(([parent, shard]) =>
      fc.record({
        segment: word,
        descriptor: word,
        parent: fc.constant(parent),
        child: fc.array(point, { minLength: parent.length, maxLength: parent.length }),
        shard: fc.constant(shard),
      }),
    );
    const some = fc.array(word, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(some, fc.array(training, { maxLength: 4 }), async (parameters, trainings) => {
        const claims = trainings.map((each) => claimOf(each, parameters));
        assert.equal(await harness.read('trainings', [parameters, trainings]), encoded('verifyMany', claims));
      }),
      { numRuns: 40 },
    );
  });

  it('of a training take as many points of the child as of the parent: else WrongPointCount', async () => {
    const [one, two] = [
      [{ x: 1n, y: 2n }],
      [
        { x: 1n, y: 2n },
        { x: 3n, y: 4n },
      ],
    ];
    const training = { segment: 1n, descriptor: 2n, parent: two, child: one, shard: one };
    await reverts(harness.read('trainings', [[0n], [training]]), 'WrongPointCount', [1n, 2n]);
  });
});
