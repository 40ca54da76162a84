import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InputError } from '../../src/errors/InputError.ts';
import {
  atLeastPercent,
  atMost,
  countedTexts,
  countsAt,
  countsBytes,
  countsLength,
  countsOf,
  countsSum,
  lossPerRow,
  type MeasuredRows,
  meanAbsoluteError,
  measuredTexts,
  squaredErrorPerRow,
} from '../../src/model/measures.ts';
import { mod, power } from '../../src/numbers/field.ts';

const COUNTS = Uint16Array.from([1, 0, 4096, 256]);

describe('counts', () => {
  it('are two bytes each, big endian, and come back from them', () => {
    const bytes = countsBytes(COUNTS);
    assert.deepEqual([...bytes], [0, 1, 0, 0, 16, 0, 1, 0]);
    assert.deepEqual(countsOf(bytes), COUNTS);
    assert.deepEqual(countsOf(new Uint8Array([9, ...bytes]).subarray(1)), COUNTS);
    assert.deepEqual([countsBytes(null).length, countsOf(new Uint8Array())], [0, null]);
    assert.throws(() => countsOf(bytes.subarray(1)), InputError);
    assert.deepEqual([countsSum(COUNTS), countsSum(null)], [4353, 0]);
  });

  it('are stated of up to 32 classes and 1024 labels', () => {
    const lengths = [32, 33, 1024, 1025].map((n) => [countsLength('classes', n), countsLength('labels', n)]);
    assert.deepEqual(lengths, [
      [1024, 32],
      [0, 33],
      [0, 1024],
      [0, 0],
    ]);
    assert.equal(countsLength('regression', 3), 0);
  });

  it('are a polynomial at x, of classes with 4096 powers a row', () => {
    const x = 3n ** 150n;
    assert.equal(countsAt('labels', COUNTS, x), mod(1n + 4096n * x ** 2n + 256n * x ** 3n));
    assert.equal(countsAt('classes', COUNTS, x), mod(1n + (4096n + 256n * x) * power(x, 4096n)));
    assert.equal(countsAt('classes', null, x), 0n);
  });
});

describe('measures in units of people', () => {
  const of = (kind: MeasuredRows['kind'], head: MeasuredRows['head']) => ({ kind, head, rows: 1000, outputs: 10 });

  it('have the rounding of softmax in their bound', () => {
    const loss = 65536n * 310n;
    assert.equal(lossPerRow(loss, of('classes', 'softmax')), 0.31 + 5 / 65536);
    assert.equal(lossPerRow(loss, of('labels', 'sigmoid')), 0.31);
    assert.equal(lossPerRow(0n, of('classes', 'squared error')), null);
  });

  it('say what they bound', () => {
    const measures = { result: 937n, loss: 65536n * 310n, absolute: 0n, k: 5, top: 1000n };
    assert.deepEqual(measuredTexts(measures, of('classes', 'softmax')), [
      'at least 937 of 1,000 rows right',
      'label among the top 5 in at least 1,000 of 1,000 rows',
      'log-loss at most 0.3101 a row (natural logarithm)',
    ]);
    assert.deepEqual(measuredTexts({ ...measures, k: 2 }, of('labels', 'sigmoid')), [
      'all labels right in at least 937 of 1,000 rows',
      'fewer than 2 labels wrong in at least 1,000 of 1,000 rows',
      'log-loss of all outputs at most 0.3100 a row (natural logarithm)',
    ]);
    assert.equal(measuredTexts(measures, of('classes', 'squared error')).length, 2);
    // not the number of a softmax, though the rows have classes
    assert.equal(
      measuredTexts(measures, of('classes', 'sigmoid'))[2],
      'log-loss of all outputs at most 0.3100 a row (natural logarithm)',
    );
    // as many as are right
    assert.equal(measuredTexts({ ...measures, k: 1 }, of('classes', 'squared error')).length, 1);
    const errors = { ...measures, result: 250n * 2n ** 18n, absolute: 1200n * 2n ** 9n };
    assert.deepEqual(measuredTexts(errors, of('regression', 'squared error')), [
      'squared error 0.2500 a row',
      'absolute error 0.1200 on average',
    ]);
    const counts = new Uint16Array(100).fill(9);
    assert.deepEqual(countedTexts({ counts }, of('classes', 'softmax')), [
      'how many rows of each class are taken for which; 100 rows not shown (ties, or left out by who proved it)',
    ]);
    assert.deepEqual(countedTexts({ counts: new Uint16Array(100).fill(10) }, of('classes', 'softmax')), [
      'how many rows of each class are taken for which, exactly',
    ]);
    assert.deepEqual(countedTexts({ counts: counts.subarray(0, 10) }, of('labels', 'sigmoid')), [
      'how often each label is right: 90 of 10,000 at least',
    ]);
    assert.deepEqual(countedTexts({ counts: null }, of('classes', 'softmax')), []);
    assert.equal(meanAbsoluteError(5n, of('classes', 'softmax')), null);
    assert.equal(squaredErrorPerRow(5n, of('classes', 'softmax')), null);
  });

  it('round a share of rows that is a lower bound down: 100.0 % are all', () => {
    const shown = [
      [9999, 10_000],
      [9996, 10_000],
      [10_000, 10_000],
      [29, 32],
      [7, 10],
      [0, 3],
      [1, 3],
      [573, 1000],
    ];
    assert.deepEqual(
      shown.map(([count, rows]) => atLeastPercent(count, rows)),
      ['99.9 %', '99.9 %', '100.0 %', '90.6 %', '70.0 %', '0.0 %', '33.3 %', '57.3 %'],
    );
  });

  it('round what holds at most up, and by no more than a thousandth', () => {
    assert.deepEqual([0, 0.31004, 0.3101, 1.00001, 12.345678, 0.000012345].map(atMost), [
      '0.000',
      '0.3101',
      '0.3101',
      '1.001',
      '12.35',
      '0.00001235',
    ]);
    for (let k = 0; k < 1000; k++) {
      const value = Math.exp(20 * Math.random() - 12);
      const shown = Number(atMost(value));
      assert.ok(shown >= value && shown <= value * 1.001 + 1e-12, `${value} as ${shown}`);
    }
  });
});
