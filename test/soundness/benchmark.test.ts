import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Random } from '../reference/algebra.ts';
import { type Constraint, type Judge, judgeOf } from '../reference/circuit.ts';
import { proveData } from '../reference/data.ts';
import { randomWeights } from '../reference/models.ts';
import { proveScore } from '../reference/score.ts';
import { type ReferenceShard, randomShard } from '../reference/shards.ts';

const LABEL = 2n ** 9n;
const BATCH: Constraint = { file: 'programs/data.circom', template: 'Data', text: 'batch.value ===' };
const REDUCTION: Constraint = { file: 'programs/data.circom', template: 'Data', text: 'finish.value ===' };

// 3 classes padded to 4, 3 rows padded to 4; Y is [i, s] with s low. Row 0 has label 0.
const SHARDS: { name: string; change: (Y: bigint[]) => void; where: Constraint }[] = [
  { name: 'two labels in a row', change: (Y) => Y.fill(LABEL, 4, 5), where: REDUCTION },
  { name: 'no label in a row', change: (Y) => Y.fill(0n, 0, 1), where: REDUCTION },
  {
    name: 'a class beyond the real ones',
    change: (Y) => {
      [Y[0], Y[12]] = [0n, LABEL];
    },
    where: BATCH,
  },
  { name: 'a label on a padded row', change: (Y) => Y.fill(LABEL, 3, 4), where: BATCH },
  { name: 'a label of another size', change: (Y) => Y.fill(2n * LABEL, 0, 1), where: BATCH },
];

// Program score relies on the shard's being one that program data has proved: it would run on these.
describe('a shard for scoring', () => {
  let data: Judge;
  let score: Judge;
  before(async () => {
    [data, score] = [await judgeOf('data'), await judgeOf('score')];
  });
  const shardWith = (change: (Y: bigint[]) => void): ReferenceShard => {
    const shard = randomShard({ inputs: 3, outputs: 3, rows: 3, classes: true }, new Random(41));
    shard.Y.fill(0n).fill(LABEL, 0, 3);
    change(shard.Y);
    return shard;
  };
  const dataInputs = (shard: ReferenceShard) => proveData(new Random(42), { ...shard, sigma: 2, in: 2, out: 2 }).inputs;

  it('is accepted as it should be', async () => {
    assert.equal((await data.outputs(dataInputs(shardWith(() => {})))).length, 3);
  });

  for (const { name, change, where } of SHARDS)
    it(`with ${name} is refused by program data, which program score relies on`, async () => {
      const shard = shardWith(change);
      await data.rejects(dataInputs(shard), where);
      const random = new Random(43);
      await score.accepts(proveScore(randomWeights([3, 3], 2 ** 20, random), shard, random));
    });
});
