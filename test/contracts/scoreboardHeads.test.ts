// Scores of models with each head, and of rows with any number of labels.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Hex } from 'viem';
import type { ShardShape } from '../../src/model/shape.ts';
import { NO_RULES } from '../../src/registry/rules.ts';
import { resultId } from '../../src/registry/statement.ts';
import { reverts } from './support/chain.ts';
import { type Model, type Registered, RegistryFixture, scoreClaim } from './support/registryFixture.ts';

const WIDTHS = [5, 4, 3];
const SHARD: ShardShape = { inputs: 5, outputs: 3, rows: 16, kind: 'classes' };
const [REGRESSION, LABELS] = [0, 2];
const ROWS_RIGHT = 1;

let fixture: RegistryFixture;
let model: Model;
let first: Registered;
let errors: Registered;

const idOf = ({ statement }: { statement: Parameters<typeof resultId>[0] }) => resultId(statement);
const score = (of: Model, shard: Registered, result: bigint) => fixture.submit(scoreClaim(of, shard, result));

before(async () => {
  fixture = await RegistryFixture.create();
  first = await fixture.registerShard(SHARD);
  errors = await fixture.registerShard({ ...SHARD, kind: 'regression' });
  model = await fixture.seedModel(WIDTHS);
});

/** Lists a shard and makes it a benchmark. */
async function openBenchmark(shard: Registered): Promise<Hex> {
  const args = [[idOf(shard)], ''];
  await fixture.datasets.send('registerDataset', args, fixture.alice);
  const id = await fixture.scoreboard.simulate('openBenchmark', [fixture.alice, ...args, NO_RULES]);
  await fixture.scoreboard.send('openBenchmark', [fixture.alice, ...args, NO_RULES]);
  return id;
}

async function rank(of: Model, benchmark: Hex): Promise<bigint> {
  const place = await fixture.scoreboard.simulate('rank', [idOf(of), benchmark, []]);
  await fixture.scoreboard.send('rank', [idOf(of), benchmark, []]);
  return place;
}

describe('a scoreboard', () => {
  it('keeps the greatest number of rows whose labels are right', async () => {
    const labels = await fixture.registerShard({ ...SHARD, kind: 'labels' });
    const sigmoid = await fixture.seedModel(WIDTHS, fixture.alice, 'sigmoid');
    await score(sigmoid, labels, 3n);
    await score(sigmoid, labels, 4n);
    await reverts(fixture.attempt(scoreClaim(sigmoid, labels, 4n)), 'NotBetter', [4n, 4n]);
    await score(sigmoid, first, 9n);
  });

  it('reverts with HeadUnfit when the head of the model has no use for the kind of the shard', async () => {
    const labels = await fixture.registerShard({ ...SHARD, kind: 'labels' });
    const softmax = await fixture.seedModel(WIDTHS, fixture.alice, 'softmax');
    const sigmoid = await fixture.seedModel(WIDTHS, fixture.alice, 'sigmoid');
    await reverts(fixture.attempt(scoreClaim(model, labels, 1n)), 'HeadUnfit', [0, LABELS]);
    await reverts(fixture.attempt(scoreClaim(softmax, errors, 1n)), 'HeadUnfit', [1, REGRESSION]);
    await reverts(fixture.attempt(scoreClaim(softmax, labels, 1n)), 'HeadUnfit', [1, LABELS]);
    await reverts(fixture.attempt(scoreClaim(sigmoid, errors, 1n)), 'HeadUnfit', [2, REGRESSION]);
  });

  it('ranks rows whose labels are right like rows of classes: more is better', async () => {
    const labels = await fixture.registerShard({ ...SHARD, kind: 'labels' });
    const benchmark = await openBenchmark(labels);
    assert.equal((await fixture.scoreboard.read('benchmark', [benchmark])).kind, LABELS);
    const [worse, better] = [
      await fixture.seedModel(WIDTHS, fixture.alice, 'sigmoid'),
      await fixture.seedModel(WIDTHS, fixture.alice, 'sigmoid'),
    ];
    await score(worse, labels, 5n);
    await score(better, labels, 6n);
    assert.equal(await rank(worse, benchmark), 1n);
    assert.equal(await rank(better, benchmark), 1n);
    assert.equal(await fixture.scoreboard.read('leader', [benchmark]), idOf(better));
    const scored = await fixture.scoreboard.read('scoreOf', [idOf(worse), benchmark]);
    assert.deepEqual(scored, { measure: ROWS_RIGHT, value: 5n, rows: 16n });
  });
});
