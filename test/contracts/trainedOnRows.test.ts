// What a chain tells of a scored model and the rows of its score, on the registry itself.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Hex } from 'viem';
import type { ChainReads } from '../../src/registry/chainReads.ts';
import { trainedInWords } from '../../src/registry/check.ts';
import { trainedOnRows } from '../../src/registry/checkTrained.ts';
import { clientReads } from '../../src/registry/clientReads.ts';
import { resultId } from '../../src/registry/statement.ts';
import {
  dataClaim,
  type Model,
  type Registered,
  RegistryFixture,
  scoreClaim,
  trainClaim,
} from './support/registryFixture.ts';

const WIDTHS = [4, 3, 2];
const SHARD = { inputs: 4, outputs: 2, rows: 16, kind: 'classes' } as const;

describe('a score', () => {
  let fixture: RegistryFixture;
  let reads: ChainReads;
  let [seen, fresh]: Registered[] = [];
  let [seed, trained, merged, apart]: Model[] = [];
  before(async () => {
    fixture = await RegistryFixture.create();
    reads = clientReads(fixture.chain.read as never, 31337);
    seen = await fixture.registerShard(SHARD);
    fresh = await fixture.registerShard(SHARD);
    seed = await fixture.seedModel(WIDTHS);
    apart = await fixture.seedModel(WIDTHS);
    trained = await fixture.trainModel(seed as never, seen);
    merged = await fixture.mergeModels([apart, trained]);
    // As far down as one question for parents does not reach.
    for (let k = 0; k < 3; k++) merged = await fixture.mergeModels([apart, merged]);
  });

  const told = (model: Model, shard: Registered, other: Partial<ChainReads> = {}) =>
    trainedOnRows(scoreClaim(model, shard, 9n).statement, {
      reads: { ...reads, ...other },
      registry: fixture.registry.address,
      contract: fixture.scoreboard.address,
    });
  const idOf = ({ statement }: Model): Hex => resultId(statement);

  it('of a model on the shard it was trained on says so, and so does one of its child through the second parent', async () => {
    assert.deepEqual(await told(trained, seen), { by: idOf(trained), isItself: true });
    const ofChild = await told(merged, seen);
    assert.deepEqual(ofChild, { by: idOf(trained), isItself: false });
    assert.equal(
      trainedInWords(ofChild),
      `Anything about rows that the model has not seen: the chain says that its ancestor ${idOf(trained)} was trained on this shard.`,
    );
  });

  it('of a model that was never trained on the shard says that another shard may hold the same rows', async () => {
    // The seed is a parent of what was trained on it, not a child.
    for (const [model, shard] of [
      [seed, seen],
      [apart, seen],
      [merged, fresh],
    ] as const)
      assert.equal(await told(model, shard), 'none');
    assert.match(trainedInWords('none'), /another shard may hold the same rows/);
  });

  it('says nothing where the chain does not tell', async () => {
    const refuse = () => Promise.reject(new Error('limit exceeded'));
    assert.equal(await told(trained, seen, { logs: refuse }), undefined);
    assert.equal(await told(trainClaim(seed as never, seen), seen), undefined, 'a model that is not registered');
    assert.equal(await told(trained, dataClaim(SHARD)), undefined, 'a shard that is not registered');
    assert.match(trainedInWords(undefined), /only a sealed benchmark speaks for that/);
  });
});
