import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compile } from '../../scripts/build/circuits.ts';

const FOLDER = fileURLToPath(new URL('../../build/circuits/templates', import.meta.url));

/** Constraints and names of signals of Poseidon for `inputs` inputs, and its witness program. */
async function compiled(include: string, name: string, inputs: number) {
  const main = `pragma circom 2.2.0;\ninclude "${include}";\ncomponent main = Poseidon(${inputs});\n`;
  const built = await compile({ name: `${name}${inputs}`, main, folder: join(FOLDER, `${name}${inputs}`) });
  return { r1cs: readFileSync(built.r1cs), sym: readFileSync(built.sym, 'utf8'), wasm: readFileSync(built.wasm) };
}

describe('poseidon.circom', () => {
  for (const inputs of [1, 16]) {
    it(`has circomlib's constraints and signals for ${inputs} inputs, and a smaller witness program`, async () => {
      const ours = await compiled('lib/poseidon.circom', 'poseidon', inputs);
      const theirs = await compiled('circomlib/circuits/poseidon.circom', 'poseidonOfCircomlib', inputs);
      assert.ok(ours.r1cs.equals(theirs.r1cs));
      assert.equal(ours.sym, theirs.sym);
      assert.ok(ours.wasm.length < theirs.wasm.length);
    });
  }
});
