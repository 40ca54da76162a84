import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Address, getAddress, type Hex, keccak256, toHex } from 'viem';
import type { Point, ProofPoints, ProofSignals } from '../../src/argument/types.ts';
import { R } from '../../src/numbers/field.ts';
import { ascending, datasetId, modelId, shardId } from '../../src/registry/ids.ts';
import { DOMAIN, digest, digestsOf, kappaOf, nextDigest, publicSignals } from '../../src/registry/statement.ts';
import { abiOf, Contract, reverts, testChain } from './support/chain.ts';

const word = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const element = fc.oneof(fc.bigInt({ min: 0n, max: R - 1n }), fc.constantFrom(0n, R - 1n));
const point: fc.Arbitrary<Point> = fc.record({ x: word, y: word });
const address: fc.Arbitrary<Address> = fc
  .bigInt({ min: 0n, max: 2n ** 160n - 1n })
  .map((a) => getAddress(toHex(a, { size: 20 })));
const points: fc.Arbitrary<ProofPoints> = fc.record({
  trace: point,
  helper: point,
  rows: point,
  columns: point,
  quotient: point,
  columns2: point,
  quotient2: point,
  opening: point,
});
const signals: fc.Arbitrary<ProofSignals> = fc.record({
  eta: element,
  gamma: element,
  theta: element,
  gamma2: element,
  z: element,
  e2: element,
});
const parameters = fc.array(element, { maxLength: 3 });
const NO_GROTH16 = new Array(8).fill(0n);

describe('Statement', () => {
  let harness: Contract;

  before(async () => {
    const chain = await testChain();
    harness = new Contract(chain, await chain.deploy('Harness'), await abiOf('Harness'));
  });

  it('has the domain of the protocol', () => {
    assert.equal(DOMAIN, keccak256(toHex('descent.statement.v2')));
  });

  it('makes the digest h_0 as its twin does', async () => {
    const commitments = fc.array(point, { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        address,
        fc.integer({ min: 0, max: 9 }),
        parameters,
        commitments,
        async (trainer, program, values, committed) => {
          const context = { chainId: 31337n, registry: harness.address, trainer };
          const words = committed.flatMap(({ x, y }) => [x, y]);
          const h0 = await harness.read('digest', [trainer, program, values, words]);
          assert.equal(h0, digest(context, program, values, committed));
          assert.ok(h0 < R);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('makes another digest on another chain', async () => {
    const chain = await testChain({ chainId: 5_001 });
    const other = new Contract(chain, await chain.deploy('Harness'), await abiOf('Harness'));
    assert.equal(other.address, harness.address);
    const trainer = chain.accounts[0];
    const context = { chainId: 5_001n, registry: other.address, trainer };
    assert.equal(await other.read('digest', [trainer, 3, [7n], []]), digest(context, 3, [7n], []));
    assert.notEqual(
      await other.read('digest', [trainer, 3, [7n], []]),
      await harness.read('digest', [trainer, 3, [7n], []]),
    );
  });

  it('makes another digest for another registry, trainer, program, parameter or commitment', () => {
    const context = { chainId: 1n, registry: toHex(1, { size: 20 }), trainer: toHex(2, { size: 20 }) };
    const p = { x: 1n, y: 2n };
    const all = [
      digest(context, 3, [7n], [p]),
      digest({ ...context, chainId: 2n }, 3, [7n], [p]),
      digest({ ...context, registry: toHex(3, { size: 20 }) }, 3, [7n], [p]),
      digest({ ...context, trainer: toHex(3, { size: 20 }) }, 3, [7n], [p]),
      digest(context, 2, [7n], [p]),
      digest(context, 3, [8n], [p]),
      digest(context, 3, [7n, 0n], [p]),
      digest(context, 3, [7n], [{ x: 2n, y: 1n }]),
      digest(context, 3, [7n], [p, p]),
      digest(context, 3, [7n, 1n, 2n], []),
    ];
    assert.equal(new Set(all).size, all.length);
  });

  it('lists the public signals and their digests as its twin does', async () => {
    await fc.assert(
      fc.asyncProperty(element, points, signals, parameters, async (h0, sent, challenges, values) => {
        const proof = { groth16: NO_GROTH16, points: sent, challenges };
        const all: bigint[] = await harness.read('signals', [h0, proof, values]);
        assert.deepEqual(all, publicSignals(challenges, digestsOf(h0, sent), values));
        assert.ok(all.every((signal) => signal < R));
      }),
      { numRuns: 60 },
    );
  });

  it('orders the signals: outputs, h_0 to h_5, parameters', async () => {
    const p = (n: bigint): Point => ({ x: n, y: n + 100n });
    const sent = {
      trace: p(1n),
      helper: p(2n),
      rows: p(3n),
      columns: p(4n),
      quotient: p(5n),
      columns2: p(6n),
      quotient2: p(7n),
      opening: p(8n),
    };
    const challenges = { eta: 10n, gamma: 11n, theta: 12n, gamma2: 13n, z: 14n, e2: 15n };
    const all: bigint[] = await harness.read('signals', [
      9n,
      { groth16: NO_GROTH16, points: sent, challenges },
      [70n, 71n],
    ]);
    const h1 = nextDigest(9n, [sent.trace]);
    const h2 = nextDigest(h1, [sent.helper]);
    const h3 = nextDigest(h2, [sent.rows]);
    const h4 = nextDigest(h3, [sent.columns, sent.quotient]);
    const h5 = nextDigest(h4, [sent.columns2, sent.quotient2]);
    assert.deepEqual(all, [10n, 11n, 12n, 13n, 14n, 15n, 9n, h1, h2, h3, h4, h5, 70n, 71n]);
  });

  for (const name of ['eta', 'gamma', 'theta', 'gamma2', 'z', 'e2'] as const) {
    it(`reverts with SignalNotInField when ${name} is r or more`, async () => {
      const zero = { x: 0n, y: 0n };
      const sent = {
        trace: zero,
        helper: zero,
        rows: zero,
        columns: zero,
        quotient: zero,
        columns2: zero,
        quotient2: zero,
        opening: zero,
      };
      const challenges = { eta: 0n, gamma: 0n, theta: 0n, gamma2: 0n, z: 0n, e2: 0n };
      for (const bad of [R, 2n ** 256n - 1n]) {
        const proof = { groth16: NO_GROTH16, points: sent, challenges: { ...challenges, [name]: bad } };
        await reverts(harness.read('signals', [0n, proof, []]), 'SignalNotInField', [bad]);
      }
    });
  }

  it('makes kappa as its twin does, and from every word', async () => {
    const all = fc.array(element, { minLength: 12, maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(all, point, async (values, opening) => {
        const kappa = await harness.read('kappa', [values, opening]);
        assert.equal(kappa, kappaOf(values, opening));
        values.forEach((value, i) => {
          assert.notEqual(kappaOf(values.with(i, value ^ 1n), opening), kappa);
        });
        assert.notEqual(kappaOf(values, { ...opening, x: opening.x ^ 1n }), kappa);
        assert.notEqual(kappaOf(values, { ...opening, y: opening.y ^ 1n }), kappa);
      }),
      { numRuns: 40 },
    );
  });

  it('makes ids as their twins do', async () => {
    const ids = fc.array(
      word.map((id) => toHex(id, { size: 32 })),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(point, word, ids, fc.string({ unit: 'binary' }), async (commitment, geometry, shards, uri) => {
        assert.equal(await harness.read('modelId', [commitment, geometry]), modelId(commitment, geometry));
        assert.equal(await harness.read('shardId', [commitment, geometry]), shardId(commitment, geometry));
        assert.equal(await harness.read('datasetId', [shards, uri]), datasetId(shards, uri));
      }),
      { numRuns: 40 },
    );
  });

  it('sorts ids as the registry compares them', () => {
    const id = (n: bigint): Hex => toHex(n, { size: 32 });
    const upper = id(0xabcn).replace('abc', 'ABC') as Hex;
    assert.deepEqual(ascending([id(2n ** 255n), id(9n), upper, id(10n), id(9n)]), [
      id(9n),
      id(10n),
      id(0xabcn),
      id(2n ** 255n),
    ]);
  });
});
