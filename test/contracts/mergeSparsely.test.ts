import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { concat, type Hex, slice, toHex } from 'viem';
import type { AnyShape } from '../../src/model/anyShape.ts';
import { parseNetwork } from '../../src/model/network.ts';
import { encodeShape } from '../../src/model/shape.ts';
import { MAX_TASKS, SPARSE_SLOTS, type SparseMethod } from '../../src/model/sparse/method.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { modelId } from '../../src/registry/ids.ts';
import { resultId } from '../../src/registry/statement.ts';
import { applyLogs } from '../../web/lib/chain/events.ts';
import { Store } from '../../web/lib/chain/store.ts';
import type { ChainConfig } from '../../web/lib/chain/types.ts';
import { Random } from '../reference/algebra.ts';
import { reverts } from './support/chain.ts';
import { type Merged, type Model, mergeClaim, pointOf, RegistryFixture, shapeFrom } from './support/registryFixture.ts';

const ONE = 2 ** 14;
const KIND_MERGE = 4;
const SPARSE_MERGE = 16n;
const TIES: SparseMethod = { signs: true, normalize: true, kept: [], seed: 0n };
const DARE: SparseMethod = { signs: false, normalize: false, kept: [32768], seed: 77n };

let fixture: RegistryFixture;

/** A sparse merge with any counts. */
function sparseClaim(parents: readonly Model[], method: SparseMethod, rows: number[][]): Merged {
  const claim = mergeClaim(parents, rows);
  const counts = Array.from({ length: SPARSE_SLOTS * MAX_TASKS }, (_, n) => 1000 * n + 3);
  claim.statement.sparse = { method, counts };
  return claim;
}

const imported = async (shape: AnyShape, count: number): Promise<Model[]> => {
  const models: Model[] = [];
  for (let i = 0; i < count; i++) models.push(await fixture.importModel(shape));
  return models;
};

before(async () => {
  fixture = await RegistryFixture.create();
});

describe('mergeSparsely', () => {
  it('registers a merge, with what was left out and the base as its first parent', async () => {
    const parents = await imported(shapeFrom([5, 4, 3]), 3);
    const coefficients = [
      [ONE, 3, 0],
      [ONE, 7, ONE],
    ];
    const claim = sparseClaim(parents, TIES, coefficients);
    const ids = parents.map(({ statement }) => resultId(statement));
    const child = resultId(claim.statement);
    const receipt = await fixture.submit(claim, fixture.bob);
    const method = registryCall(claim.statement, claim.proof).args[1] as Hex;
    assert.equal(BigInt(slice(method, 0, 32)), 5n);
    const [, merged, sparse] = fixture.events(receipt);
    assert.deepEqual(merged, { eventName: 'Merged', args: { child, firstParent: ids[0], parents: ids, coefficients } });
    assert.deepEqual(sparse, { eventName: 'MergedSparsely', args: { child, method } });
    const node = await fixture.registry.read('node', [child]);
    assert.deepEqual([node.kind, node.parent, node.trainer], [KIND_MERGE, ids[0], fixture.bob]);
    assert.deepEqual(await fixture.reader.read('weightedParents', [child]), [
      { id: ids[0], weight: BigInt(2 * ONE) },
      { id: ids[1], weight: 10n },
      { id: ids[2], weight: BigInt(ONE) },
    ]);
  });

  it('is what the page reads from the events; a merge that leaves nothing out has no method', async () => {
    const parents = await imported(shapeFrom([3, 2]), 2);
    const claims = [sparseClaim(parents, DARE, [[ONE, 5]]), mergeClaim(parents, [[ONE, 7]])];
    for (const claim of claims) await fixture.submit(claim);
    const { address } = fixture.registry;
    const store = new Store();
    const logs = await fixture.chain.read.getLogs({ address, fromBlock: 0n });
    applyLogs(store, { registry: address } as ChainConfig, logs);
    const read = claims.map(({ statement }) => store.model(resultId(statement)));
    assert.deepEqual(
      read.map((model) => [model?.parents.length, model?.method]),
      [
        [2, 'DARE, masks of seed 77 keep 0.5'],
        [2, undefined],
      ],
    );
  });

  it('asks the verifiers about the words that the twin has, whatever the shape', async () => {
    const random = new Random(17);
    const shapes: AnyShape[] = [
      [1, 1],
      [4096, 1],
      [3, 5, 2, 4, 3],
    ].map((widths) => shapeFrom(widths));
    for (let k = 0; k < 12; k++) {
      shapes.push(shapeFrom(Array.from({ length: 2 + random.below(4) }, () => 1 + random.below(300))));
    }
    for (const text of ['8x8x1-c4k3p1-a2-c3k3s2p1-4-3', '16x16x3-c8k5s2p2-10', '12x12x1-c5k3p1-a2-c7k3p1-a2-9-8-7-2'])
      shapes.push(parseNetwork(text, 'softmax'));
    for (const shape of shapes) {
      const parents = await imported(shape, 2);
      const layers = 'side' in shape ? shape.layers.length : shape.widths.length - 1;
      await fixture.submit(
        sparseClaim(
          parents,
          DARE,
          Array.from({ length: layers }, (_, l) => [ONE, l + 1]),
        ),
      );
    }
  });

  it('counts the versions of its own key', async () => {
    const parents = await imported(shapeFrom([3, 2]), 2);
    await fixture.verifiers.send('setVersion', [SPARSE_MERGE, 9n]);
    const claim = sparseClaim(parents, DARE, [[ONE, 5]]);
    await fixture.submit(claim);
    const child: Model = { statement: claim.statement, oracle: claim.oracle };
    const floor = (model: Model, program: bigint) =>
      fixture.registry.read('versionFloor', [resultId(model.statement), program]);
    assert.equal(await floor(child, SPARSE_MERGE), 9n);
    await fixture.verifiers.send('setVersion', [SPARSE_MERGE, 4n]);
    const next = sparseClaim([child, parents[1]], DARE, [[ONE, 5]]);
    await fixture.submit(next);
    const after: Model = { statement: next.statement, oracle: next.oracle };
    assert.equal(await floor(after, SPARSE_MERGE), 4n);
    const merged = await fixture.mergeModels([after, parents[0]]);
    assert.equal(await floor(merged, SPARSE_MERGE), 4n);
    for (const program of [5n, 6n, 7n]) assert.equal(await floor(after, program), 0n);
  });

  describe('reverts', () => {
    let claim: Merged;
    let parents: Model[];
    before(async () => {
      parents = await imported(shapeFrom([3, 2]), 2);
      claim = sparseClaim(parents, DARE, [[ONE, 5]]);
    });
    const raw = (changes: object, method?: Hex) => {
      const { args } = registryCall(claim.statement, claim.proof);
      const edge = { ...(args[0] as object), ...changes };
      return fixture.registry.simulate('mergeSparsely', [edge, method ?? args[1], args[2]], fixture.alice);
    };

    it('with WrongMethodLength unless the method has seven words', async () => {
      for (const length of [0, 1, 223, 225, 256]) {
        const method = length === 0 ? '0x' : toHex(0n, { size: length });
        await reverts(raw({}, method), 'WrongMethodLength', [BigInt(length)]);
      }
    });

    it('with WrongMethod where words say no method that its readers know', async () => {
      const words = (word: bigint, seed = 0n) =>
        concat([word, seed, 0n, 0n, 0n, 0n, 0n].map((w) => toHex(w, { size: 32 })));
      const [trims, draws, whole] = [1n, 2n, 2n ** 16n];
      const share = (i: number, value: bigint) => value << BigInt(3 + 17 * i);
      const wrong: [bigint, bigint][] = [
        [0n, 0n],
        [4n, 0n],
        [trims, 7n],
        [trims | share(0, 1n), 0n],
        [draws, 7n],
        [draws | share(0, whole + 1n), 7n],
        [draws | share(0, whole) | share(1, 1n), 7n],
        [draws | share(0, whole) | share(3, 1n), 7n],
      ];
      for (const args of wrong) await reverts(raw({}, words(...args)), 'WrongMethod', args);
      // The verifiers here were told of another statement.
      for (const [word, seed] of [
        [trims, 0n],
        [draws | share(0, 1n), 0n],
        [trims | draws | share(0, whole), 7n],
      ])
        await assert.rejects(raw({}, words(word, seed)), (error: Error) => !/WrongMethod/.test(`${error}`));
    });

    it('with UnsupportedParents without a task, and above eight', async () => {
      for (const count of [0, 1, 9]) {
        const many = Array.from({ length: count }, () => parents[0].oracle.commitment);
        await reverts(raw({ parents: many }), 'UnsupportedParents', [BigInt(count)]);
      }
    });

    it('with WrongPointCount, UnknownModel, ParentTwice, ParentWithoutPart and CoefficientsMismatch as merge does', async () => {
      await reverts(raw({ child: [pointOf(), pointOf()] }), 'WrongPointCount', [2n, 1n]);
      const [base, task] = parents.map(({ oracle }) => oracle.commitment);
      const stranger = [pointOf()];
      await reverts(raw({ parents: [base, stranger] }), 'UnknownModel', [
        modelId(stranger, encodeShape({ widths: [3, 2], head: 'squared error' })),
      ]);
      await reverts(raw({ parents: [task, task] }), 'ParentTwice', [resultId(parents[1].statement)]);
      await reverts(raw({ coefficients: [[ONE, 0]] }), 'ParentWithoutPart', [resultId(parents[1].statement)]);
      await reverts(raw({ coefficients: [[ONE, 5, 5]] }), 'CoefficientsMismatch', [3n, 2n]);
      await reverts(raw({ coefficients: [] }), 'CoefficientsMismatch', [0n, 1n]);
    });
  });
});
