import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Hex, toHex, zeroHash } from 'viem';
import { packCoefficients } from '../../src/model/merge.ts';
import { encodeShape } from '../../src/model/shape.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { modelId } from '../../src/registry/ids.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { resultId } from '../../src/registry/statement.ts';
import { abiOf, Contract, reverts } from './support/chain.ts';
import {
  type Merged,
  type Model,
  mergeClaim,
  pointOf,
  type Registered,
  RegistryFixture,
} from './support/registryFixture.ts';

const WIDTHS = [5, 4, 3];
const ONE = 2 ** 14;
const MERGE = 5n;
const KIND_MERGE = 4;

let fixture: RegistryFixture;
let shard: Registered;
/** Eight models of one shape. The second is a declared import, the third is the first's child. */
let models: Model[];
let ids: Hex[];
let snapshot: unknown;

before(async () => {
  fixture = await RegistryFixture.create();
  shard = await fixture.registerShard({ inputs: 5, outputs: 3, rows: 16, kind: 'classes' });
  const seed = await fixture.seedModel(WIDTHS);
  models = [seed, await fixture.importModel(WIDTHS), await fixture.trainModel(seed, shard)];
  while (models.length < 8) models.push(await fixture.trainModel(models[models.length - 1] as Merged, shard));
  ids = models.map(({ statement }) => resultId(statement));
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

describe('merge', () => {
  it('registers a node below its first parent, with all parents and their weights', async () => {
    const coefficients = [
      [3, -5, ONE],
      [0, ONE, 2 ** 17 - 1],
    ];
    const claim = mergeClaim([models[2], models[1], models[4]], coefficients);
    const child = resultId(claim.statement);
    assert.equal(await fixture.attempt(claim), child);
    const parents = [ids[2], ids[1], ids[4]];
    const shape = encodeShape({ widths: WIDTHS, head: 'squared error' });
    const commitment = claim.statement.child;
    const registered = { id: child, trainer: fixture.bob, kind: KIND_MERGE, depth: 2n, shape, commitment };
    assert.deepEqual(fixture.events(await fixture.submit(claim, fixture.bob)), [
      { eventName: 'ModelRegistered', args: registered },
      { eventName: 'Merged', args: { child, firstParent: ids[2], parents, coefficients } },
    ]);
    const node = await fixture.registry.read('node', [child]);
    assert.deepEqual([node.kind, node.depth, node.parent, node.trainer], [KIND_MERGE, 2n, ids[2], fixture.bob]);
    assert.deepEqual(await fixture.reader.read('weightedParents', [child]), [
      { id: ids[2], weight: 3n },
      { id: ids[1], weight: BigInt(5 + ONE) },
      { id: ids[4], weight: BigInt(ONE + 2 ** 17 - 1) },
    ]);
    assert.deepEqual(await fixture.registry.read('children', [ids[1], toHex(0, { size: 32 }), 5n]), [
      [child],
      toHex(0, { size: 32 }),
    ]);
  });

  for (let count = 2; count <= 8; count++) {
    it(`takes ${count} parents`, async () => {
      await fixture.submit(mergeClaim(models.slice(0, count)));
    });
  }

  it('is declared when any parent is', async () => {
    const declared = async (...parents: Model[]) => {
      const { statement } = await fixture.mergeModels(parents);
      return fixture.registry.read('isDeclared', [resultId(statement)]);
    };
    assert.equal(await declared(models[0], models[2]), false);
    assert.equal(await declared(models[0], models[1]), true);
    assert.equal(await declared(models[1], models[0]), true);
  });

  it('takes the same parents again with another child', async () => {
    await fixture.mergeModels(models.slice(0, 2));
    await fixture.mergeModels(models.slice(0, 2));
  });

  it('takes the greatest coefficients, of both signs', async () => {
    const most = 2 ** 17 - 1;
    const { statement } = await fixture.mergeModels(models.slice(0, 2), [
      [most, -most],
      [-most, most],
    ]);
    const weights = await fixture.reader.read('weightedParents', [resultId(statement)]);
    assert.deepEqual(
      weights.map((parent: { weight: bigint }) => parent.weight),
      [BigInt(2 * most), BigInt(2 * most)],
    );
  });

  describe('reverts', () => {
    /** A call whose arguments need not be ones that the twin would encode. */
    function raw(claim: Merged, changes: object): Promise<Hex> {
      const { args } = registryCall(claim.statement, claim.proof);
      return fixture.registry.simulate('merge', [{ ...(args[0] as object), ...changes }, args[1]], fixture.alice);
    }

    it('with UnsupportedParents for fewer than two and more than eight', async () => {
      const claim = mergeClaim(models.slice(0, 2));
      for (const count of [0, 1, 9]) {
        const parents = Array.from({ length: count }, () => models[0].oracle.commitment);
        await reverts(raw(claim, { parents }), 'UnsupportedParents', [BigInt(count)]);
      }
    });

    it('with UnknownModel when any parent is not registered, or under another shape', async () => {
      const claim = mergeClaim(models.slice(0, 3));
      const stranger = [pointOf()];
      for (const i of [0, 1, 2]) {
        const parents = claim.statement.parents.with(i, stranger);
        await reverts(raw(claim, { parents }), 'UnknownModel', [
          modelId(stranger, encodeShape({ widths: WIDTHS, head: 'squared error' })),
        ]);
      }
      const shape = encodeShape({ widths: [5, 5, 3], head: 'squared error' });
      await reverts(raw(claim, { shape }), 'UnknownModel', [modelId(models[0].oracle.commitment, shape)]);
    });

    it('with UnknownModel when one parent has another shape than the others', async () => {
      const other = await fixture.importModel([5, 3, 3]);
      const claim = mergeClaim([models[0], models[1]]);
      const parents = [models[0].oracle.commitment, other.oracle.commitment];
      const id = modelId(other.oracle.commitment, encodeShape({ widths: WIDTHS, head: 'squared error' }));
      await reverts(raw(claim, { parents }), 'UnknownModel', [id]);
    });

    it('with UnknownModel when one parent has another head than the others', async () => {
      const other = await fixture.importModel(WIDTHS, zeroHash, NO_SCHEMA, 'softmax');
      const claim = mergeClaim([models[0], models[1]]);
      const parents = [models[0].oracle.commitment, other.oracle.commitment];
      const id = modelId(other.oracle.commitment, encodeShape({ widths: WIDTHS, head: 'squared error' }));
      await reverts(raw(claim, { parents }), 'UnknownModel', [id]);
    });

    it('with UnknownModel when an absent parent is passed as infinity, or as no point', async () => {
      const claim = mergeClaim(models.slice(0, 2));
      const infinity = [{ x: 0n, y: 0n }];
      const parents = [...claim.statement.parents, infinity];
      const { coefficients } = mergeClaim(models.slice(0, 3)).statement;
      const id = modelId(infinity, encodeShape({ widths: WIDTHS, head: 'squared error' }));
      await reverts(raw(claim, { parents, coefficients }), 'UnknownModel', [id]);
      const none = { parents: [...claim.statement.parents, []], coefficients };
      await reverts(raw(claim, none), 'UnknownModel', [
        modelId([], encodeShape({ widths: WIDTHS, head: 'squared error' })),
      ]);
    });

    it('with WrongPointCount when the child has not as many points as the parents', async () => {
      const claim = mergeClaim(models.slice(0, 2));
      for (const child of [[], [pointOf(), pointOf()]]) {
        await reverts(raw(claim, { child }), 'WrongPointCount', [BigInt(child.length), 1n]);
      }
    });

    it('with ParentTwice when a parent is listed again', async () => {
      const claim = mergeClaim([models[0], models[1], models[0]]);
      await reverts(fixture.attempt(claim), 'ParentTwice', [ids[0]]);
    });

    it('with ParentWithoutPart when a parent has no coefficient but 0', async () => {
      for (const without of [0, 1, 2]) {
        const claim = mergeClaim(models.slice(0, 3), [[ONE, 2, 1].with(without, 0), [ONE, -2, -1].with(without, 0)]);
        await reverts(fixture.attempt(claim), 'ParentWithoutPart', [ids[without]]);
      }
    });

    it('with CoefficientsMismatch when an absent parent or layer has coefficients, or a present one lacks them', async () => {
      const claim = mergeClaim(models.slice(0, 2));
      for (const [coefficients, given, wanted] of [
        [[[1, 1]], 1, 2],
        [
          [
            [1, 1],
            [1, 1],
            [1, 1],
          ],
          3,
          2,
        ],
        [
          [
            [1, 1, 1],
            [1, 1],
          ],
          3,
          2,
        ],
        [[[1, 1], [1]], 1, 2],
        [[], 0, 2],
      ] as const) {
        await reverts(raw(claim, { coefficients }), 'CoefficientsMismatch', [BigInt(given), BigInt(wanted)]);
      }
    });

    it('with CoefficientOutOfRange from 2^17 and from -2^17 on', async () => {
      const claim = mergeClaim(models.slice(0, 2));
      for (const bad of [2 ** 17, -(2 ** 17), 2 ** 23 - 1, -(2 ** 23)]) {
        const coefficients = [
          [1, 1],
          [1, bad],
        ];
        await reverts(raw(claim, { coefficients }), 'CoefficientOutOfRange', [1n, 1n, BigInt(bad)]);
      }
    });

    it('with ModelExists when the child is one of the parents or registered already', async () => {
      const claim = mergeClaim(models.slice(0, 2));
      const statement = { ...claim.statement, child: models[1].oracle.commitment };
      await reverts(fixture.attempt({ ...claim, statement }), 'ModelExists', [ids[1]]);
      await fixture.submit(claim);
      await reverts(fixture.attempt(claim, fixture.bob), 'ModelExists', [resultId(claim.statement)]);
    });

    it('with ProofRejected when coefficients, parents, their order, child or sender are not those of the proof', async () => {
      const claim = mergeClaim(models.slice(0, 3), [
        [1, 2, 3],
        [4, 5, 6],
      ]);
      await fixture.expect(claim, fixture.alice);
      const { parents } = claim.statement;
      const [a, b, c] = parents;
      for (const changes of [
        {
          coefficients: [
            [1, 2, 3],
            [4, 5, 7],
          ],
        },
        {
          coefficients: [
            [4, 5, 6],
            [1, 2, 3],
          ],
        },
        {
          coefficients: [
            [2, 1, 3],
            [5, 4, 6],
          ],
        },
        { parents: [b, a, c] },
        { parents: [a, b, models[5].oracle.commitment] },
        {
          parents: [a, b],
          coefficients: [
            [1, 2],
            [4, 5],
          ],
        },
        { child: [pointOf()] },
      ]) {
        await reverts(raw(claim, changes), 'ProofRejected', [MERGE]);
      }
      await reverts(fixture.call(claim, fixture.bob), 'ProofRejected', [MERGE]);
    });
  });
});

describe('packed coefficients', () => {
  it('are the same words in the contract and in its twin', async () => {
    const harness = new Contract(fixture.chain, await fixture.chain.deploy('Harness'), await abiOf('Harness'));
    const a = fc.oneof(
      fc.integer({ min: 1 - 2 ** 17, max: 2 ** 17 - 1 }),
      fc.constantFrom(0, 2 ** 17 - 1, 1 - 2 ** 17),
    );
    const rows = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2, max: 8 }))
      .chain(([layers, parents]) =>
        fc.array(fc.array(a, { minLength: parents, maxLength: parents }), { minLength: layers, maxLength: layers }),
      );
    await fc.assert(
      fc.asyncProperty(rows, async (coefficients) => {
        const count = coefficients[0].length;
        const circuitLayers = coefficients.length > 4 ? 6 : 4;
        const args = [coefficients, circuitLayers, coefficients.length, count];
        const [words, weights] = await harness.read('packCoefficients', args);
        assert.deepEqual(words, [0n, ...packCoefficients(coefficients, circuitLayers)]);
        const sums = coefficients[0].map((_, i) => coefficients.reduce((sum, row) => sum + Math.abs(row[i]), 0));
        assert.deepEqual(weights, sums.map(BigInt));
      }),
      { numRuns: 60 },
    );
  });

  it('have as many words as the shape has layers', async () => {
    const harness = new Contract(fixture.chain, await fixture.chain.deploy('Harness'), await abiOf('Harness'));
    for (const widths of [
      [1, 1],
      [5, 4, 3],
      [4096, 1, 1, 1],
      [2, 3, 4, 5, 6],
    ]) {
      assert.equal(
        await harness.read('modelLayers', [encodeShape({ widths, head: 'squared error' })]),
        BigInt(widths.length - 1),
      );
    }
  });
});
