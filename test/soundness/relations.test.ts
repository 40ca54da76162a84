import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Analysis } from '../reference/analysis.ts';
import { circuitOf } from '../reference/check.ts';
import type { ProgramName } from '../reference/run.ts';
import { LIES } from '../support/lies/oneBatch.ts';

for (const [program, lies] of Object.entries(LIES))
  describe(`a proof of program ${program} of which only one thing is false`, () => {
    // the reference's verifier judges them all; of programs that have no other test of their relations, the constraints too
    let analysis: Analysis | undefined;
    before(async () => {
      if (['score', 'infer', 'convInfer', 'sparseMerge'].includes(program))
        analysis = await Analysis.of(program as ProgramName);
    });
    for (const { name, prove, relations = [], claims = [], fails } of lies)
      it(`is refused: ${name}`, () => {
        const { violated, inputs } = prove();
        assert.deepEqual(violated, { relations, relations2: [], claims });
        assert.deepEqual(circuitOf(program as ProgramName, inputs).failed, [fails]);
        if (analysis) assert.deepEqual(analysis.violated(inputs), [fails]);
      });
  });
