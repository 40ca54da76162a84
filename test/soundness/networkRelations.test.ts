import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Analysis } from '../reference/analysis.ts';
import { check, circuitOf } from '../reference/check.ts';
import type { Lie } from '../reference/lies.ts';
import { CONV_HEAD_LIES, CONV_TRAIN_LIES } from '../support/lies/networks.ts';
import { repairOf } from '../support/smallProofs.ts';

let analysis: Analysis;
before(async () => {
  analysis = await Analysis.of('convTrain');
});

/** The reference's verifier and the constraints refuse a lie by the check that it says. */
function refused({ prove, relations = [], relations2 = [], claims = [], fails }: Lie): void {
  const { violated, inputs } = prove();
  assert.deepEqual(violated, { relations, relations2, claims });
  assert.deepEqual(circuitOf('convTrain', inputs).failed, [fails]);
  assert.deepEqual(analysis.violated(inputs), [fails]);
}

describe('a proof of program convTrain of which only one thing is false', () => {
  for (const lie of CONV_TRAIN_LIES) it(`is refused: ${lie.name}`, () => refused(lie));
});

describe('of the heads of program convTrain', () => {
  for (const lie of CONV_HEAD_LIES) it(`is refused by one check: ${lie.name}`, () => refused(lie));

  it('is refused by the contract, where all checks of the circuit are made to hold', () => {
    const seen = new Set<string>();
    for (const { name, relations = [], claims = [], again } of CONV_HEAD_LIES) {
      const key = `${relations} ${claims}`;
      if (seen.has(key) || !again) continue;
      seen.add(key);
      assert.deepEqual(check(again({ repair: repairOf('convTrain') })), ['opening 2'], name);
    }
    assert.ok(seen.size >= 12, `${seen.size}`);
  });
});
