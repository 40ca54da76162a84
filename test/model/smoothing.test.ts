import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEADS } from '../../src/model/head.ts';
import {
  describeTargets,
  headOfWord,
  headWord,
  smoothingShare,
  smoothingUnits,
  usualHead,
} from '../../src/model/smoothing.ts';

test('heads have one word each', () => {
  for (const head of HEADS) assert.equal(headOfWord(headWord(head)), head);
  assert.throws(() => headOfWord('squared error'), {
    name: 'InputError',
    message: /heads are squared-error, softmax, sigmoid/,
  });
});

test('the usual head trains on the rows it is usual for', () => {
  assert.deepEqual((['classes', 'labels', 'regression'] as const).map(usualHead), [
    'softmax',
    'sigmoid',
    'squared error',
  ]);
});

test('a smoothing is shared among the wrong classes of softmax, and is whole for sigmoid', () => {
  assert.equal(smoothingUnits(0.05, 'softmax', 2), 102);
  assert.equal(smoothingUnits(0.1, 'softmax', 10), 23);
  assert.equal(smoothingUnits(0.05, 'sigmoid', 10), 102);
  assert.equal(smoothingUnits(0, 'squared error', 10), 0);
  assert.equal(smoothingShare(23, 'softmax', 10), (23 * 9) / 2048);
  assert.equal(describeTargets(23, 'softmax', 10), '0.89893 for the right class, 0.01123 for each wrong one');
  assert.equal(describeTargets(102, 'sigmoid', 10), '0.9502 for the right value, 0.0498 for the wrong one');
});

test('a smoothing that no training takes is refused with what to give', () => {
  for (const [wanted, head, outputs, message] of [
    [0.05, 'squared error', 3, /no smoothing of targets, not 0.05\.\n.*train a network with softmax or sigmoid/],
    [1, 'softmax', 3, /from 0 to below 1/],
    [-0.1, 'softmax', 3, /from 0 to below 1/],
    [Number.NaN, 'softmax', 3, /from 0 to below 1/],
    [0.0001, 'sigmoid', 3, /at least 0.00049/],
    [0.13, 'sigmoid', 3, /at most 0.12451/],
    [0.01, 'softmax', 1, /one output for each class/],
    [0.9, 'softmax', 10, /smoothing of 0.9 is more.*\n.*at most 0.89648/],
    [0.5, 'sigmoid', 1, /at most 0.12451/],
    [0.6, 'softmax', 2048, /Leave it out: 2048 outputs/],
  ] as const) {
    assert.throws(() => smoothingUnits(wanted, head, outputs), { name: 'InputError', message });
  }
});
