import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildCircuits } from '../../scripts/build/circuits.ts';
import { CIRCUIT_NAMES } from '../../src/registry/programs/list.ts';
import { readR1cs, unusedWires } from '../reference/r1cs.ts';
import { pinned } from './pinned.ts';

/** Constraints and public signals of a program fit the domain of its keys. */
const domainOf = (circuit: string) => (['data', 'seed', 'import', 'merge'].includes(circuit) ? 2 ** 15 : 2 ** 16);

for (const program of CIRCUIT_NAMES) {
  describe(`program ${program}`, () => {
    it('has c, v and fold as its public signals, every wire in a constraint and the pinned number of constraints', async () => {
      const { r1cs, sym, constraints } = (await buildCircuits([program]))[program];
      const system = readR1cs(r1cs, sym);
      assert.deepEqual([system.outputs, system.publicInputs], [2, 1]);
      ['c', 'v', 'fold'].forEach((name, i) => {
        assert.ok(system.names[1 + i].includes(name), name);
      });
      assert.deepEqual(unusedWires(system), []);
      assert.equal(system.constraints.length, constraints);
      assert.equal(constraints, pinned(program));
      // with the constant and the public signals it fits its domain
      assert.ok(constraints + 4 < domainOf(program));
    });
  });
}
