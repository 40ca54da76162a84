import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type BuiltCircuit, buildCircuits, circuitEntries, compile, mainOf } from '../../scripts/build/circuits.ts';
import { Random } from '../reference/algebra.ts';
import { outputs } from '../reference/argument.ts';
import type { Proved } from '../reference/common.ts';
import { type DataShape, proveData, randomData } from '../reference/data.ts';
import { readR1cs, unusedWires } from '../reference/r1cs.ts';
import { proveSeed, seedRun } from '../reference/seed.ts';
import { proveTrain } from '../reference/train.ts';
import { randomTrain, type TrainShape } from '../reference/train-run.ts';
import { runCircuit } from '../reference/witness.ts';
import { pinned } from './pinned.ts';
import { publicNames } from './signals.ts';

const LIMITS: Record<string, number> = { data: 2 ** 15, seed: 2 ** 15, train: 2 ** 16 };

for (const program of ['data', 'seed', 'train'] as const) {
  describe(`program ${program}`, () => {
    let circuit: BuiltCircuit;
    before(async () => {
      circuit = (await buildCircuits([program]))[program];
    });
    /** The circuit takes a run and outputs what a verifier written apart derives from its messages. */
    const accepts = async ({ inputs, opened, state }: Proved) => {
      const expected = outputs(state, opened, inputs.h as bigint[], inputs.nonce as bigint[]);
      assert.deepEqual(await runCircuit(circuit.wasm, inputs), Object.values(expected));
    };

    it('has the pinned number of constraints; with its public signals it fits its domain', () => {
      const r1cs = readR1cs(circuit.r1cs, circuit.sym);
      assert.equal(r1cs.constraints.length, circuit.constraints);
      assert.equal(circuit.constraints, pinned(program));
      assert.ok(circuit.constraints + 1 + r1cs.outputs + r1cs.publicInputs < LIMITS[program]);
    });

    it('has every wire in a constraint, and its public signals in the order of the protocol', () => {
      const r1cs = readR1cs(circuit.r1cs, circuit.sym);
      assert.deepEqual(unusedWires(r1cs), []);
      const expected = publicNames(program);
      expected.forEach((name, i) => {
        assert.ok(r1cs.names[1 + i].includes(name), name);
      });
      assert.equal(r1cs.outputs + r1cs.publicInputs, expected.length);
    });

    if (program === 'data') {
      const shapes: [string, DataShape][] = [
        ['one row, one column, one output', { inputs: 1, outputs: 1, rows: 1, classes: true }],
        ['much padding', { inputs: 5, outputs: 3, rows: 9, classes: true }],
        ['no padding', { inputs: 4, outputs: 2, rows: 8, classes: true }],
        ['regression', { inputs: 3, outputs: 5, rows: 6, classes: false }],
      ];
      shapes.forEach(([name, shape], i) => {
        it(`accepts ${name}`, async () => {
          const random = new Random(i);
          await accepts(proveData(random, randomData(random, shape)));
        });
      });
    }

    if (program === 'seed') {
      for (const widths of [
        [1, 1],
        [3, 2],
        [4, 8],
        [2, 3, 5, 2, 1],
        [17, 1, 3],
      ])
        it(`accepts ${widths.join('-')}`, async () => {
          const random = new Random(widths.length);
          await accepts(proveSeed(random, seedRun(widths, random.element())));
        });
    }

    if (program === 'train') {
      const shapes: TrainShape[] = [
        { widths: [1, 1], batch: 1, steps: 1, lr: 1 },
        { widths: [3, 2], batch: 2, steps: 1, lr: 65536 },
        { widths: [3, 1], batch: 1, steps: 4, lr: 3 },
        { widths: [4, 4, 2], batch: 2, steps: 2, lr: 1 },
        { widths: [5, 3, 3], batch: 4, steps: 2, lr: 9 },
        { widths: [2, 3, 5, 2], batch: 1, steps: 2, lr: 2 },
        { widths: [3, 2, 3, 2, 4], batch: 2, steps: 2, lr: 7 },
      ];
      for (const shape of shapes)
        it(`accepts ${shape.widths.join('-')}, ${shape.steps} steps of ${shape.batch}`, async () => {
          const random = new Random(shape.lr);
          await accepts(proveTrain(random, randomTrain(random, shape)));
        });
    }
  });
}

describe('the build', () => {
  it('generates the main component from the list', () => {
    const [entry] = circuitEntries();
    assert.match(mainOf(entry), /include "programs\/data.circom";\ncomponent main \{public \[h, shard\]\} = Data\(\);/);
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
