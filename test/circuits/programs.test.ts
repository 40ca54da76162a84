import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { buildCircuits, circuitEntries, compile, mainOf } from '../../scripts/build/circuits.ts';
import { Random } from '../reference/algebra.ts';
import { type Judge, judgeOf } from '../reference/circuit.ts';
import { type DataShape, proveData, randomData } from '../reference/data.ts';
import { proveSeed, seedRun } from '../reference/seed.ts';

describe('program data', () => {
  let judge: Judge;
  before(async () => {
    judge = await judgeOf('data');
  });
  const shapes: [string, DataShape][] = [
    ['one row, one column, one output', { inputs: 1, outputs: 1, rows: 1, classes: true }],
    ['much padding', { inputs: 5, outputs: 3, rows: 9, classes: true }],
    ['no padding', { inputs: 4, outputs: 2, rows: 8, classes: true }],
    ['regression', { inputs: 3, outputs: 5, rows: 6, classes: false }],
    ['labels', { inputs: 3, outputs: 5, rows: 6, classes: false, labels: true }],
    ['one label', { inputs: 1, outputs: 1, rows: 3, classes: false, labels: true }],
  ];
  shapes.forEach(([name, shape], i) => {
    it(`accepts ${name}`, async () => {
      const random = new Random(i);
      await judge.accepts(proveData(random, randomData(random, shape)));
    });
  });
});

describe('program seed', () => {
  let judge: Judge;
  before(async () => {
    judge = await judgeOf('seed');
  });
  for (const widths of [
    [1, 1],
    [3, 2],
    [4, 8],
    [2, 3, 5, 2, 1],
    [17, 1, 3],
  ])
    it(`accepts ${widths.join('-')}`, async () => {
      const random = new Random(widths.length);
      await judge.accepts(proveSeed(random, seedRun(widths, random.element())));
    });

  for (const head of ['softmax', 'sigmoid'] as const)
    it(`accepts a model with ${head}`, async () => {
      await judge.accepts(proveSeed(new Random(9), { ...seedRun([3, 2], 5n), head }));
    });
});

describe('the build', () => {
  it('generates the main component from the list', () => {
    const [entry] = circuitEntries();
    assert.match(mainOf(entry), /include "programs\/data.circom";\ncomponent main \{public \[fold\]\} = Data\(\);/);
  });

  it('refuses a program that is not in the list', async () => {
    await assert.rejects(buildCircuits(['nothing']), /no program nothing/);
  });

  it("hands on the compiler's words", async () => {
    const main = 'pragma circom 2.2.0;\ninclude "lib/slots.circom";\ncomponent main = Missing();\n';
    await assert.rejects(compile({ name: 'broken', main, folder: 'build/circuits/templates/broken' }), /Missing/);
    await assert.rejects(
      compile({ name: 'broken', main: 'include "lib/none.circom";', folder: 'build/none' }),
      /cannot find the include/,
    );
  });
});
