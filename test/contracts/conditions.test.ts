import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import hre from 'hardhat';
import { type Hex, toHex, zeroHash } from 'viem';
import { ascending } from '../../src/registry/ids.ts';
import { resultId } from '../../src/registry/statement.ts';
import { requirePinnedGas } from '../support/gas.ts';
import { type Contract, reverts } from './support/chain.ts';
import { type Conditions, conditionsOf, type Evidence, evidenceOf, WHOLE } from './support/conditions.ts';
import { deploy } from './support/money.ts';
import {
  chainClaims,
  type Imported,
  type Model,
  mergeClaim,
  type Registered,
  RegistryFixture,
  trainClaim,
} from './support/registryFixture.ts';

const WIDTHS = [5, 4, 3];
/** 3 parts of the first parent to 1 of the second, in each layer. */
const THREE_TO_ONE = WIDTHS.slice(1).map(() => [3 * 2 ** 12, 2 ** 12]);
const UNKNOWN = toHex(999, { size: 32 });
const URI = 'ipfs://rows';
const [DATA, SEED, TRAIN, IMPORT, SPARSE_MERGE] = [1n, 2n, 3n, 4n, 16n];

let fixture: RegistryFixture;
let conditions: Contract;
let attestations: Contract;
/** Four shards, of which the last was never trained on. */
let shards: Registered[];
/** 0 seed; 1 of it, on shard 0; 2 of 1, on shards 1 and 0; 3 import; 4 merge of 2 and 3, 3 to 1; 5 of 4, on shard 2; 6 merge of 0 and 5,
 * 3 to 1; 7 seed. */
let ids: Hex[];
let snapshot: unknown;

const idOf = ({ statement }: { statement: Model['statement'] | Registered['statement'] }): Hex => resultId(statement);

before(async () => {
  fixture = await RegistryFixture.create();
  const { registry, datasets, trainers, relay, reader } = fixture;
  const beside = [datasets, trainers, relay].map(({ address }) => address);
  attestations = await deploy(fixture.chain, 'DataAttestations', beside);
  conditions = await deploy(fixture.chain, 'Conditions', [reader.address, attestations.address]);
  shards = [];
  for (const rows of [8, 9, 10, 11]) {
    shards.push(await fixture.registerShard({ inputs: 5, outputs: 3, rows, kind: 'classes' }));
  }
  const seed: Model = await fixture.seedModel(WIDTHS);
  const first = await fixture.trainModel(seed, shards[0]);
  const chained = chainClaims(first, [{ shard: shards[1] }, { shard: shards[0] }]);
  await fixture.trainMany(chained);
  const imported: Imported = await fixture.importModel(WIDTHS);
  const merged = await fixture.mergeModels([chained[1], imported], THREE_TO_ONE);
  const below = trainClaim(merged, shards[2]);
  await fixture.submit(below);
  const last = mergeClaim([seed, below], THREE_TO_ONE);
  await fixture.submit(last);
  const other = await fixture.seedModel(WIDTHS);
  ids = [seed, first, chained[1], imported, merged, below, last, other].map(idOf);
  assert.equal(await registry.read('nodeCount'), 8n);
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

const check = (model: Hex, terms: Partial<Conditions>, evidence: Partial<Evidence> = {}) =>
  conditions.read('check', [model, conditionsOf(terms), evidenceOf(evidence)]);
const checkTerms = (terms: Partial<Conditions>) => conditions.read('checkTerms', [conditionsOf(terms)]);
const nodes = (...numbers: number[]) => numbers.map((number) => ids[number]);
const shardIds = (...numbers: number[]) => ascending(numbers.map((number) => idOf(shards[number])));

describe('terms that are all zero', () => {
  it('ask for a registered model and nothing more', async () => {
    const nothing = conditionsOf({ mostMerges: 0n });
    for (const model of ids) await conditions.read('check', [model, nothing, evidenceOf()]);
    await reverts(check(UNKNOWN, {}), 'UnknownModel', [UNKNOWN]);
    await reverts(check(zeroHash, {}), 'UnknownModel', [zeroHash]);
  });
});

describe('ancestor', () => {
  it('is met along a first line, by the model itself, and through other parents by steps', async () => {
    await check(ids[5], { ancestor: ids[0] });
    await check(ids[5], { ancestor: ids[5] });
    await check(ids[6], { ancestor: ids[3] }, { steps: nodes(6, 5, 4, 3) });
  });

  it('is refused with NotADescendant for steps that do not lead there', async () => {
    const wrong = [[], [6, 5], [4, 3], [6, 5, 4], [6, 5, 4, 2], [6, 3], [5, 4, 4, 3]];
    for (const steps of wrong) {
      const call = check(ids[6], { ancestor: ids[3] }, { steps: nodes(...steps) });
      await reverts(call, 'NotADescendant', [ids[6], ids[3]]);
    }
    await reverts(check(ids[5], { ancestor: ids[7] }), 'NotADescendant', [ids[5], ids[7]]);
    await reverts(check(ids[0], { ancestor: ids[5] }), 'NotADescendant', [ids[0], ids[5]]);
    await reverts(check(ids[5], { ancestor: UNKNOWN }), 'NotADescendant', [ids[5], UNKNOWN]);
  });
});

describe('leastPart', () => {
  const quarter = WHOLE / 4n;

  it('is met by exactly that part along the way shown, and refused with PartTooSmall one unit below', async () => {
    await check(ids[5], { ancestor: ids[1], leastPart: 3n * quarter });
    const more = 3n * quarter + 1n;
    await reverts(check(ids[5], { ancestor: ids[1], leastPart: more }), 'PartTooSmall', [3n * quarter, more]);
    await check(ids[2], { ancestor: ids[0], leastPart: WHOLE });
  });

  it('judges the way shown, not the best one nor their sum', async () => {
    const terms = { ancestor: ids[0], leastPart: 3n * quarter };
    await check(ids[6], terms);
    const other = (quarter * 3n) / 4n;
    await reverts(check(ids[6], terms, { steps: nodes(6, 5) }), 'PartTooSmall', [other, terms.leastPart]);
    const both = { ...terms, leastPart: 3n * quarter + other };
    await reverts(check(ids[6], both), 'PartTooSmall', [3n * quarter, both.leastPart]);
  });

  it('keeps out a model into which the ancestor was merged with the least of all weights', async () => {
    const models = [await fixture.seedModel(WIDTHS), await fixture.seedModel(WIDTHS)];
    const grain = mergeClaim(models, [
      [2 ** 17 - 1, 1],
      [2 ** 17 - 1, 0],
    ]);
    await fixture.submit(grain);
    const [child, ancestor] = [idOf(grain), idOf(models[1])];
    const steps = [child, ancestor];
    await check(child, { ancestor }, { steps });
    const part = WHOLE / (2n * (2n ** 17n - 1n) + 1n);
    await reverts(check(child, { ancestor, leastPart: WHOLE / 100n }, { steps }), 'PartTooSmall', [part, WHOLE / 100n]);
  });
});

describe('mostMerges', () => {
  it('is met by exactly so many on the way shown, and refused with TooManyMerges by one more', async () => {
    await check(ids[2], { ancestor: ids[0], mostMerges: 0n });
    await check(ids[5], { ancestor: ids[0], mostMerges: 1n });
    await reverts(check(ids[5], { ancestor: ids[0], mostMerges: 0n }), 'TooManyMerges', [1n, 0n]);
    const steps = nodes(6, 5);
    await check(ids[6], { ancestor: ids[1], mostMerges: 2n }, { steps });
    await reverts(check(ids[6], { ancestor: ids[1], mostMerges: 1n }, { steps }), 'TooManyMerges', [2n, 1n]);
  });
});

describe('undeclared and noForeign', () => {
  it('keep out what descends from an import through any parent, with DeclaredOrigin', async () => {
    for (const model of nodes(0, 1, 2, 7)) await check(model, { undeclared: true, noForeign: true });
    for (const model of nodes(3, 4, 5, 6)) {
      await reverts(check(model, { undeclared: true }), 'DeclaredOrigin', [model]);
      await check(model, { noForeign: true });
    }
  });

  it('keep out what a foreign program made and what descends from it, with ForeignOrigin', async () => {
    const [seed, foreign, child] = [1, 2, 3].map((n) => toHex(n, { size: 32 }));
    const graph = await deploy(fixture.chain, 'LineageHarness');
    const reader = await deploy(fixture.chain, 'LineageReader', [graph.address]);
    const judge = await deploy(fixture.chain, 'Conditions', [reader.address, attestations.address]);
    await graph.send('addOrigin', [seed, 1]);
    await graph.send('addForeign', [foreign, [seed]]);
    await graph.send('addChild', [child, foreign]);
    const ask = (model: Hex, terms: Partial<Conditions>) =>
      judge.read('check', [model, conditionsOf(terms), evidenceOf()]);
    await ask(seed, { noForeign: true });
    for (const model of [foreign, child]) {
      await reverts(ask(model, { noForeign: true }), 'ForeignOrigin', [model]);
      await ask(model, { undeclared: true });
      // A foreign child stands in the way of no merges, though it has one parent.
      await reverts(ask(model, { ancestor: seed, mostMerges: 0n }), 'TooManyMerges', [1n, 0n]);
    }
  });
});

describe('registeredAfter and registeredBefore', () => {
  it('are met a second later and a second earlier, and refused in the same second', async () => {
    const { timestamp } = await fixture.registry.read('node', [ids[4]]);
    await check(ids[4], { registeredAfter: timestamp - 1n, registeredBefore: timestamp + 1n });
    const late = { registeredAfter: timestamp };
    await reverts(check(ids[4], late), 'RegisteredTooEarly', [timestamp, timestamp]);
    const early = { registeredBefore: timestamp };
    await reverts(check(ids[4], early), 'RegisteredTooLate', [timestamp, timestamp]);
  });
});

describe('minimalVersions', () => {
  const lanes = (versions: Record<string, number>) =>
    Object.entries(versions).reduce((sum, [program, v]) => sum | (BigInt(v) << (8n * (BigInt(program) - 1n))), 0n);

  it('are met by keys of that version, and refused with KeyTooOld by an older one anywhere above', async () => {
    await fixture.verifiers.send('setVersion', [DATA, 3n]);
    const newer = await fixture.registerShard({ inputs: 5, outputs: 3, rows: 16, kind: 'classes' });
    await fixture.verifiers.send('setVersion', [SEED, 2n]);
    const seed = await fixture.seedModel(WIDTHS);
    await fixture.verifiers.send('setVersion', [TRAIN, 5n]);
    const trained = await fixture.trainModel(seed, newer);
    const versions = { [`${DATA}`]: 3, [`${SEED}`]: 2, [`${TRAIN}`]: 5 };
    await check(idOf(trained), { minimalVersions: lanes(versions) });
    for (const [program, version] of Object.entries(versions)) {
      const minimalVersions = lanes({ ...versions, [program]: version + 1 });
      const args = [BigInt(program), BigInt(version), BigInt(version + 1)];
      await reverts(check(idOf(trained), { minimalVersions }), 'KeyTooOld', args);
    }
    const mixed = mergeClaim([trained, seed]);
    await fixture.submit(mixed);
    // No import is among the ancestors: whatever is asked of that program is met.
    await check(idOf(mixed), { minimalVersions: lanes({ [`${IMPORT}`]: 255 }) });
    const sparse = mergeClaim(
      [seed, trained],
      [
        [2 ** 14, 5],
        [2 ** 14, 5],
      ],
    );
    sparse.statement.sparse = {
      method: { signs: true, normalize: true, kept: [], seed: 0n },
      counts: new Array<number>(48).fill(1),
    };
    await fixture.verifiers.send('setVersion', [SPARSE_MERGE, 4n]);
    await fixture.submit(sparse);
    await check(idOf(sparse), { minimalVersions: lanes({ [`${SPARSE_MERGE}`]: 4 }) });
    const dearer = { minimalVersions: lanes({ [`${SPARSE_MERGE}`]: 5 }) };
    await reverts(check(idOf(sparse), dearer), 'KeyTooOld', [SPARSE_MERGE, 4n, 5n]);
    const onOldShard = await fixture.trainModel(trained, shards[0]);
    await reverts(check(idOf(onOldShard), { minimalVersions: lanes({ 1: 2 }) }), 'KeyTooOld', [DATA, 1n, 2n]);
  });
});

/** Evidence of the dataset of these shards, and its id. */
async function dataset(...numbers: number[]) {
  const shown = { registrar: fixture.alice, shardIds: shardIds(...numbers), uri: URI };
  const id: Hex = await fixture.datasets.read('datasetId', [shown.registrar, shown.shardIds, URI]);
  return { shown, id };
}

/** The model and all its ancestors, the newest first. */
const ANCESTRY = [6, 5, 4, 3, 2, 1, 0];

describe('disjointFrom', () => {
  it('is met where no edge above was trained on a shard of the dataset, registered or not', async () => {
    const { shown, id } = await dataset(3);
    await check(ids[6], { disjointFrom: id }, { ...shown, ancestry: nodes(...ANCESTRY) });
    await check(
      ids[7],
      { disjointFrom: (await dataset(0, 1, 2, 3)).id },
      {
        ...(await dataset(0, 1, 2, 3)).shown,
        ancestry: nodes(7),
      },
    );
  });

  it('is refused with TrainedOn wherever a shard of it was used, in any segment and through any parent', async () => {
    // Which node is found first to have used the shard, going up from the newest.
    for (const [shard, user] of [
      [0, 2],
      [1, 2],
      [2, 5],
    ]) {
      for (const others of [[], [3]]) {
        const { shown, id } = await dataset(shard, ...others);
        const call = check(ids[6], { disjointFrom: id }, { ...shown, ancestry: nodes(...ANCESTRY) });
        await reverts(call, 'TrainedOn', [ids[user], idOf(shards[shard])]);
      }
    }
    const { shown, id } = await dataset(0);
    const above = { ...shown, ancestry: nodes(1, 0) };
    await reverts(check(ids[1], { disjointFrom: id }, above), 'TrainedOn', [ids[1], idOf(shards[0])]);
    await check(ids[0], { disjointFrom: id }, { ...shown, ancestry: nodes(0) });
  });

  it('finds a shard wherever it stands among many, and none that is not there', async () => {
    const shard = idOf(shards[0]);
    const beside = (offset: number) => toHex(BigInt(shard) + BigInt(offset), { size: 32 });
    const below = Array.from({ length: 20 }, (_, i) => beside(i - 20));
    const above = Array.from({ length: 20 }, (_, i) => beside(i + 1));
    const evidence = { registrar: fixture.alice, uri: URI, ancestry: nodes(1, 0) };
    const askFor = async (list: Hex[]) => {
      const disjointFrom = await fixture.datasets.read('datasetId', [fixture.alice, list, URI]);
      return check(ids[1], { disjointFrom }, { ...evidence, shardIds: list });
    };
    for (const [before, behind] of [
      [below, []],
      [[], above],
      [below, above],
      [below.slice(13), above.slice(0, 3)],
    ]) {
      await reverts(askFor([...before, shard, ...behind]), 'TrainedOn', [ids[1], shard]);
      await askFor([...before, ...behind]);
    }
  });

  it('is refused with OtherDataset where registrar, shards or text are not those of the dataset', async () => {
    const { shown, id } = await dataset(0, 3);
    const [ofDataset, ancestry] = [{ disjointFrom: id }, nodes(...ANCESTRY)];
    const false_ = [{ registrar: fixture.bob }, { shardIds: shardIds(3) }, { uri: 'ipfs://other' }];
    for (const change of false_) {
      const lie = { ...shown, ...change };
      const other = await fixture.datasets.read('datasetId', [lie.registrar, lie.shardIds, lie.uri]);
      await reverts(check(ids[6], ofDataset, { ...lie, ancestry }), 'OtherDataset', [other, id]);
    }
  });

  it('is refused with ShardsNotAscending for a list in which a shard could not be found', async () => {
    const list = shardIds(0, 1, 2, 3);
    for (const [wrong, at] of [
      [[list[0], list[2], list[1], list[3]], 1],
      [[list[0], list[0]], 0],
    ] as const) {
      const id = await fixture.datasets.read('datasetId', [fixture.alice, wrong, URI]);
      const shown = { registrar: fixture.alice, shardIds: [...wrong], uri: URI, ancestry: nodes(0) };
      await reverts(check(ids[0], { disjointFrom: id }, shown), 'ShardsNotAscending', [wrong[at], wrong[at + 1]]);
    }
  });
});

describe('an ancestry', () => {
  const show = async (model: number, ancestry: Hex[]) => {
    const { shown, id } = await dataset(3);
    return check(ids[model], { disjointFrom: id }, { ...shown, ancestry });
  };

  it('is refused with AncestryOfAnother where it does not begin with the model', async () => {
    await reverts(show(6, []), 'AncestryOfAnother', [zeroHash, ids[6]]);
    await reverts(show(6, nodes(5, 4, 3, 2, 1, 0)), 'AncestryOfAnother', [ids[5], ids[6]]);
    await reverts(show(6, nodes(7, ...ANCESTRY)), 'AncestryOfAnother', [ids[7], ids[6]]);
  });

  it('is refused with AncestryNotClosed without any one of its nodes, named with its child', async () => {
    const children: Record<number, number> = { 0: 6, 1: 2, 2: 4, 3: 4, 4: 5, 5: 6 };
    for (const [parent, child] of Object.entries(children)) {
      const lacking = ANCESTRY.filter((node) => node !== Number(parent));
      await reverts(show(6, nodes(...lacking)), 'AncestryNotClosed', [ids[child], ids[Number(parent)]]);
    }
  });

  it('is refused with AncestryNotDescending out of order, with a node twice and with one that does not exist', async () => {
    const previous = [
      [6, 5, 4, 2, 3, 1, 0],
      [6, 5, 4, 4, 3, 2, 1, 0],
    ];
    await reverts(show(6, nodes(...previous[0])), 'AncestryNotDescending', [ids[2], ids[3]]);
    await reverts(show(6, nodes(...previous[1])), 'AncestryNotDescending', [ids[4], ids[4]]);
    await reverts(show(6, [...nodes(...ANCESTRY), UNKNOWN]), 'AncestryNotDescending', [ids[0], UNKNOWN]);
    await reverts(show(6, [...nodes(6, 5), UNKNOWN, ...nodes(4)]), 'AncestryNotDescending', [ids[5], UNKNOWN]);
  });

  it('can hold a stranger, which helps nobody', async () => {
    // 1 is no ancestor of 0, and 0 not trained.
    await show(2, nodes(2, 1, 0));
    await reverts(show(5, nodes(5, 4, 3, 2, 1)), 'AncestryNotClosed', [ids[1], ids[0]]);
    const { shown, id } = await dataset(1);
    const stranger = check(ids[3], { disjointFrom: id }, { ...shown, ancestry: nodes(3, 2, 1, 0) });
    await reverts(stranger, 'TrainedOn', [ids[2], idOf(shards[1])]);
  });
});

describe('attestedBy', () => {
  const source = () => fixture.bob;
  const attest = async (...numbers: number[]) => {
    const { shown } = await dataset(...numbers);
    await fixture.datasets.send('registerDataset', [shown.shardIds, URI], fixture.alice);
    await attestations.send('attest', [shown, source(), 'ipfs://mine', 'CC0-1.0'], source());
    return shown;
  };
  const ask = (model: number, ...ancestry: number[]) =>
    check(ids[model], { attestedBy: source() }, { ancestry: nodes(model, ...ancestry) });

  it('is met where the source attests every shard above, and by whatever was trained on nothing', async () => {
    await attest(0, 1);
    await ask(2, 1, 0);
    await ask(0);
    await ask(3);
  });

  it('is refused with ShardNotAttested for one shard that it does not, by another source and once it took that back', async () => {
    await attest(1, 3);
    await reverts(ask(2, 1, 0), 'ShardNotAttested', [ids[2], idOf(shards[0]), source()]);
    const shown = await attest(0);
    await ask(2, 1, 0);
    const another = check(ids[2], { attestedBy: fixture.alice }, { ancestry: nodes(2, 1, 0) });
    await reverts(another, 'ShardNotAttested', [ids[2], idOf(shards[1]), fixture.alice]);
    await attestations.send('withdraw', [shown, source()], source());
    await reverts(ask(2, 1, 0), 'ShardNotAttested', [ids[2], idOf(shards[0]), source()]);
  });

  it('needs the whole ancestry too', async () => {
    await attest(1);
    await reverts(ask(2), 'AncestryNotClosed', [ids[2], ids[1]]);
  });
});

describe('terms', () => {
  const both = async (terms: Partial<Conditions>, name: string, args: unknown[]) => {
    await reverts(checkTerms(terms), name, args);
    await reverts(check(ids[0], terms), name, args);
  };

  it('are taken where a model can meet them', async () => {
    await checkTerms({});
    await checkTerms({ ancestor: ids[0], leastPart: WHOLE, mostMerges: 0n, registeredAfter: 5n, registeredBefore: 7n });
    await checkTerms({ registeredAfter: 2n ** 64n - 1n, minimalVersions: 2n ** 80n - 2n ** 48n + 2n ** 40n - 1n });
    await checkTerms({ minimalVersions: 2n ** 128n - 2n ** 120n });
    await checkTerms({ registeredBefore: 2n });
  });

  it('are refused with PartWithoutAncestor, which would be passed over', async () => {
    await both({ leastPart: 1n }, 'PartWithoutAncestor', [1n]);
  });

  it('are refused with PartOutOfRange above all of a model', async () => {
    await both({ ancestor: ids[0], leastPart: WHOLE + 1n }, 'PartOutOfRange', [WHOLE + 1n]);
  });

  it('are refused with NoTimeBetween where no second lies between the times', async () => {
    const latest = 2n ** 64n - 1n;
    for (const [after, earlier] of [
      [5n, 6n],
      [5n, 5n],
      [0n, 1n],
      [latest, latest],
    ]) {
      await both({ registeredAfter: after, registeredBefore: earlier }, 'NoTimeBetween', [after, earlier]);
    }
  });

  it('are refused with UnknownPrograms for programs that make no models, and above the sixteenth', async () => {
    for (const bit of [40n, 47n, 80n, 119n, 128n, 255n])
      await both({ minimalVersions: 2n ** bit }, 'UnknownPrograms', [2n ** bit]);
  });

  it('are refused with UnknownModel for an ancestor that is not registered', async () => {
    await reverts(checkTerms({ ancestor: UNKNOWN }), 'UnknownModel', [UNKNOWN]);
  });

  it('are judged by contracts that are named', async () => {
    assert.equal(await conditions.read('lineage'), fixture.registry.address);
    assert.equal(await conditions.read('reader'), fixture.reader.address);
    assert.equal(await conditions.read('attestations'), attestations.address);
  });
});

describe('an ancestry of 200 nodes', () => {
  const LENGTH = 200;
  const STEP = 25;

  it('is judged, each node trained on a shard of its own line, for less than a third of what a transaction may take', async () => {
    let parent: Model = await fixture.seedModel(WIDTHS);
    const ancestry = [idOf(parent)];
    while (ancestry.length < LENGTH) {
      const segments = Array.from({ length: Math.min(STEP, LENGTH - ancestry.length) }, (_, i) => ({
        shard: shards[i % 3],
      }));
      const claims = chainClaims(parent as never, segments);
      await fixture.trainMany(
        claims,
        claims.map(() => true),
      );
      ancestry.push(...claims.map(idOf));
      parent = claims[claims.length - 1];
    }
    ancestry.reverse();
    const { shown: all } = await dataset(0, 1, 2);
    await fixture.datasets.send('registerDataset', [all.shardIds, URI], fixture.alice);
    await attestations.send('attest', [all, fixture.bob, 'ipfs://mine', 'CC0-1.0'], fixture.bob);
    const { shown, id } = await dataset(3);
    const terms = conditionsOf({
      ancestor: ancestry[LENGTH - 1],
      mostMerges: 0n,
      disjointFrom: id,
      attestedBy: fixture.bob,
    });
    const gas = await fixture.chain.read.estimateContractGas({
      address: conditions.address,
      abi: conditions.abi,
      functionName: 'check',
      args: [ancestry[0], terms, evidenceOf({ ...shown, ancestry })],
      account: fixture.alice,
    });
    // Counting lines for coverage costs gas itself.
    if (hre.globalOptions.coverage) return;
    assert.ok(gas < 2n ** 24n / 3n, `${gas}`);
    // Each byte of an id that is zero costs less, and so do searches that end early.
    requirePinnedGas({ 'conditions on an ancestry of 200 nodes': Number(gas) }, 20_000);
  });
});
