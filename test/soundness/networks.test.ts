import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Analysis } from '../reference/analysis.ts';
import { check, circuitOf } from '../reference/check.ts';
import type { ProgramName, Reference } from '../reference/run.ts';
import { CONV_CHEATS, proveConvCheat } from '../support/lies/convCheats.ts';
import { CONV_SCORE_CHEATS, proveConvScoreCheat } from '../support/lies/convScoreCheats.ts';
import { CONV_SEED_CHEATS, proveConvSeedCheat } from '../support/lies/convSeedCheats.ts';
import { PROVE, repairOf } from '../support/smallProofs.ts';

// Cheats on what is new with convolutional networks. Each goes on honestly after its lie, so exactly the checks that must
// catch it fail. Then it makes every check of the circuit hold, and the contract refuses it.

interface Told {
  name: string;
  /** what the circuit refuses */
  fails: string[];
  /** what the contract refuses of the statement */
  contract?: string[];
}

function cheats<Cheat extends Told>(
  program: ProgramName,
  list: readonly Cheat[],
  prove: (cheat: Omit<Cheat, 'name' | 'fails'>) => Reference,
): void {
  describe(`cheats on program ${program}`, () => {
    let analysis: Analysis;
    before(async () => {
      analysis = await Analysis.of(program);
    });

    it('does not object to an honest run', () => {
      const proof = PROVE[program]();
      assert.deepEqual(analysis.violated(proof.inputs), []);
      assert.deepEqual(check(proof), []);
    });

    for (const cheat of list) {
      const { name, fails, contract = [] } = cheat;
      it(`rejects ${name}`, () => {
        const { inputs } = prove(cheat);
        assert.deepEqual(circuitOf(program, inputs).failed.toSorted(), fails.toSorted());
        assert.deepEqual(analysis.violated(inputs).toSorted(), fails.toSorted());
      });

      it(`rejects ${name}, all checks of the circuit made to hold`, () => {
        const hooks = { ...(cheat as { hooks?: object }).hooks, repair: repairOf(program) };
        const adaptive = prove({ ...cheat, hooks });
        assert.deepEqual(check(adaptive), [...contract, ...(fails.length > 0 ? ['opening 2'] : [])]);
        assert.deepEqual(analysis.violated(adaptive.inputs), []);
      });
    }
  });
}

cheats('convTrain', CONV_CHEATS, proveConvCheat);
cheats('convScore', CONV_SCORE_CHEATS, proveConvScoreCheat);
cheats('convSeed', CONV_SEED_CHEATS, proveConvSeedCheat);
