import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildCircuits } from '../../scripts/build/circuits.ts';
import { PROGRAM_NAMES, type Program } from '../../src/registry/programs/list.ts';
import { readR1cs, unusedWires } from '../reference/r1cs.ts';
import { publicNames } from './signals.ts';

/** Programs whose circuits `programs.test.ts` looks at. */
const ELSEWHERE: readonly Program[] = ['data', 'seed', 'train'];

for (const program of PROGRAM_NAMES.filter((name) => !ELSEWHERE.includes(name))) {
  describe(`program ${program}`, () => {
    it('has its public signals in the order of the protocol and every wire in a constraint', async () => {
      const { r1cs, sym } = (await buildCircuits([program]))[program];
      const system = readR1cs(r1cs, sym);
      const expected = publicNames(program);
      assert.equal(system.outputs + system.publicInputs, expected.length);
      expected.forEach((name, i) => {
        assert.ok(system.names[1 + i].includes(name), name);
      });
      assert.deepEqual(unusedWires(system), []);
      // with the constant and the public signals it fits a domain of 2^15
      assert.ok(system.constraints.length + 1 + expected.length < 2 ** 15);
    });
  });
}
