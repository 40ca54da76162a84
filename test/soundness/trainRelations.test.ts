import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { circuitOf } from '../reference/check.ts';
import { TRAIN_LIES } from '../support/lies/train.ts';

describe('a proof of program train of which only one thing is false', () => {
  for (const { name, prove, relations = [], relations2 = [], claims = [], fails } of TRAIN_LIES)
    it(`is refused: ${name}`, () => {
      const { violated, inputs } = prove();
      assert.deepEqual(violated, { relations, relations2, claims });
      assert.deepEqual(circuitOf('train', inputs).failed, [fails]);
    });
});
