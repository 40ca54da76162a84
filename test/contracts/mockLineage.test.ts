import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { reverts } from './support/chain.ts';
import { deploy, ETHER, Family, model, NO_MODEL } from './support/money.ts';

const KIND = { none: 0, seed: 1, import: 2, train: 3, merge: 4 };

describe('MockLineage', () => {
  let family: Family;

  // 1 seed, 2 import, 3 of 1, 4 of 3, 5 merge of 4 and 2, 6 of 5, 7 of 3
  before(async () => {
    family = await Family.create();
    const { alice, bob, carol } = family;
    await family.seed(1, alice);
    await family.import(2, bob);
    await family.train(3, bob, 1);
    await family.train(4, carol, 3);
    await family.merge(5, alice, [4, 2], [5, 11]);
    await family.train(6, bob, 5);
    await family.train(7, carol, 3);
  });

  const read = (name: string, ...args: unknown[]) => family.lineage.read(name, args);
  const models = (...numbers: number[]) => numbers.map(model);

  it('keeps what was added, in order', async () => {
    assert.equal(await read('nodeCount'), 7n);
    assert.deepEqual(
      [await read('nodeAt', 0n), await read('nodeAt', 1n), await read('nodeAt', 80n)],
      [NO_MODEL, model(1), NO_MODEL],
    );
    const node = await read('node', model(5));
    assert.deepEqual(
      { ...node, timestamp: 0n, blockNumber: 0n },
      {
        trainer: family.alice,
        kind: KIND.merge,
        depth: 3n,
        timestamp: 0n,
        blockNumber: 0n,
        parent: model(4),
        declared: true,
        number: 5n,
        version: 1n,
      },
    );
    assert.ok(node.timestamp > 0n && node.blockNumber > 0n);
    assert.equal((await read('node', model(9))).kind, KIND.none);
    assert.equal(await read('trainerOf', model(3)), family.bob);
    assert.equal(await read('trainerOf', model(9)), ETHER);
    assert.equal(await read('kindOf', model(2)), KIND.import);
    assert.equal(await read('depthOf', model(6)), 4n);
  });

  it('shows a declared import through any parent', async () => {
    const declared = await Promise.all([1, 2, 3, 4, 5, 6, 7, 9].map((number) => read('isDeclared', model(number))));
    assert.deepEqual(declared, [false, true, false, false, true, true, false, false]);
  });

  it('tells an edge in one call', async () => {
    const { alice, bob } = family;
    const time = async (number: number) => (await read('node', model(number))).timestamp;
    const expected: [number, string, bigint[]][] = [
      [1, alice, []],
      [2, bob, []],
      [3, bob, [2n ** 32n + 1n]],
      [5, alice, [5n * 2n ** 32n + 4n, 11n * 2n ** 32n + 2n]],
    ];
    for (const [number, trainer, parts] of expected) {
      assert.deepEqual(await read('edge', model(number)), [trainer, BigInt(number), await time(number), parts]);
      assert.equal(await read('numberOf', model(number)), BigInt(number));
    }
    assert.deepEqual(await read('edge', model(9)), [ETHER, 0n, 0n, []]);
    assert.equal(await read('numberOf', model(9)), 0n);
  });

  it('lists parents and children the newest first in pages', async () => {
    assert.deepEqual(await read('parents', model(5)), models(4, 2));
    assert.deepEqual(await read('parents', model(9)), []);
    assert.deepEqual(await read('children', model(3), NO_MODEL, 1n), [models(7), model(4)]);
    assert.deepEqual(await read('children', model(3), model(4), 5n), [models(4), NO_MODEL]);
    assert.deepEqual(await read('children', model(6), NO_MODEL, 5n), [[], NO_MODEL]);
    await reverts(read('children', model(3), model(5), 5n), 'NotAChild', [model(5), model(3)]);
  });

  it('finds ancestors along first lines only', async () => {
    const isAncestor = (a: number, b: number) => read('isAncestor', model(a), model(b));
    assert.deepEqual(
      await Promise.all([
        isAncestor(1, 6),
        isAncestor(6, 6),
        isAncestor(2, 6),
        isAncestor(6, 1),
        isAncestor(9, 6),
        isAncestor(1, 9),
      ]),
      [true, true, false, false, false, false],
    );
    assert.equal(await read('isAncestor', NO_MODEL, NO_MODEL), false);
    assert.equal(await read('ancestorAt', model(6), 1n), model(3));
    assert.equal(await read('ancestorAt', model(6), 5n), NO_MODEL);
    assert.equal(await read('ancestorAt', model(9), 0n), NO_MODEL);
  });

  it('checks paths through any parents', async () => {
    const via = (...numbers: number[]) => read('isAncestorVia', models(...numbers));
    assert.deepEqual(await Promise.all([via(2, 5, 6), via(1, 3, 4, 5), via(6), via(), via(9), via(2, 6), via(6, 5)]), [
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('gives lines that the reader follows as it follows the real ones', async () => {
    const reader = await deploy(family.chain, 'LineageReader', [family.lineage.address]);
    const nearest = (a: number, b: number) => reader.read('nearestCommonAncestor', [model(a), model(b)]);
    const pairs = [nearest(7, 6), nearest(6, 7), nearest(4, 6), nearest(6, 6), nearest(2, 6), nearest(9, 6)];
    const meetings = [model(3), model(3), model(4), model(6), NO_MODEL, NO_MODEL];
    assert.deepEqual(await Promise.all(pairs), meetings);
    assert.deepEqual(await reader.read('weightedParents', [model(5)]), [
      { id: model(4), weight: 5n },
      { id: model(2), weight: 11n },
    ]);
    assert.deepEqual(await reader.read('origins', [model(6), 3n]), [models(2, 1), true]);
    const { alice, bob, carol } = family;
    assert.deepEqual(await reader.read('trainersAlong', [model(6), 3n]), [[bob, alice, carol], model(3)]);
  });

  it('refuses what no registry would have', async () => {
    const { alice } = family;
    await reverts(family.seed(1, alice), 'ModelExists', [model(1)]);
    await reverts(family.seed(10, ETHER), 'NeedsTrainer');
    await reverts(family.train(10, alice, 9), 'UnknownModel', [model(9)]);
    await reverts(family.merge(10, alice, [1], [1]), 'UnsupportedParents', [1n]);
    await reverts(family.merge(10, alice, [1, 2], [1]), 'UnsupportedParents', [2n]);
    const nine = [1, 2, 3, 4, 5, 6, 7, 1, 2];
    await reverts(family.merge(10, alice, nine, nine), 'UnsupportedParents', [9n]);
  });
});
