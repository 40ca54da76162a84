import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Random } from '../reference/algebra.ts';
import { check } from '../reference/check.ts';
import { type Judge, judgeOf } from '../reference/circuit.ts';
import { type DataShape, randomData } from '../reference/data.ts';
import { proveDisjoint } from '../reference/disjoint.ts';
import { provenAbsent, provenDisjoint, shareRow } from '../support/lies/disjoint.ts';
import { pinned } from './pinned.ts';

const SHAPES: [name: string, first: DataShape, second: DataShape][] = [
  [
    'one row each, of one input',
    { inputs: 1, outputs: 1, rows: 1, classes: true },
    { inputs: 1, outputs: 1, rows: 1, classes: true },
  ],
  [
    'other outputs and kinds',
    { inputs: 5, outputs: 3, rows: 8, classes: true },
    { inputs: 5, outputs: 2, rows: 3, classes: false, labels: true },
  ],
  [
    'one row against many',
    { inputs: 4, outputs: 1, rows: 1, classes: false },
    { inputs: 4, outputs: 1, rows: 33, classes: false },
  ],
];

describe('program disjoint', () => {
  let judge: Judge;
  before(async () => {
    judge = await judgeOf('disjoint');
  });

  it('has the pinned number of constraints', () => assert.equal(judge.constraints, pinned('disjoint')));

  SHAPES.forEach(([name, first, second], i) => {
    it(`accepts ${name}`, async () => {
      const random = new Random(30 + i);
      const run = { first: randomData(random, first), second: randomData(random, second) };
      await judge.accepts(proveDisjoint(random, run));
    });
  });

  it('accepts a record that is not among the rows', () => judge.accepts(provenAbsent()));

  it('accepts rows that occur twice in their own shard', async () => {
    const twice = provenDisjoint({}, ({ first }) => {
      for (const j of [0, 1, 2]) first.X[4 * j + 1] = first.X[4 * j];
    });
    await judge.accepts(twice);
  });

  it('looks at rows up to the last one and no further', async () => {
    // the padded row of the first shard is all zeros, and so is a real row of the second
    const zero = provenDisjoint({}, ({ second }) => {
      for (const j of [0, 1, 2]) second.X[8 * j + 4] = 0n;
    });
    await judge.accepts(zero);
  });

  it('rejects two shards that share a row, whatever its label', async () => {
    const shared = provenDisjoint({}, shareRow(2, 4));
    assert.deepEqual(check(shared), ['coprime']);
    const text = 'coprimeA + coprimeB === 1;';
    await judge.rejects(shared.inputs, { file: 'programs/disjoint.circom', template: 'Disjoint', text });
  });

  it('rejects a record that is a row', async () => {
    const present = provenAbsent({}, ({ first, second }) => {
      second.record = [0, 1, 2].map((j) => first.X[4 * j + 1]);
    });
    assert.deepEqual(check(present), ['coprime']);
    await judge.rejects(present.inputs);
  });
});
