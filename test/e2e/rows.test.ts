// What the page makes of a visitor's table before anything is proved.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InputError } from '../../src/errors/InputError.ts';
import type { AnswerKind } from '../../web/lib/prover/messages.ts';
import { prepareRows } from '../../web/lib/prover/prepareRows.ts';

const ROWS = 64;

function prepare(text: string, answers: AnswerKind = 'classes', label = 'last') {
  const source = { kind: 'csv', bytes: new TextEncoder().encode(text), label, answers } as const;
  return prepareRows({ source, rows: ROWS, hidden: 8, head: 'softmax' }, '');
}

function table(last: (k: number) => string, delimiter = ','): string {
  const rows = Array.from({ length: 150 }, (_, k) =>
    [Math.sin(k), Math.cos(3 * k)]
      .map((value) => value.toFixed(3))
      .concat(last(k))
      .join(delimiter),
  );
  return `${['a', 'b', 'last'].join(delimiter)}\n${rows.join('\n')}\n`;
}

describe('a table in the browser', () => {
  it('becomes a shard that carries what its columns and classes are', async () => {
    const { shard, test, classes, baseline } = await prepare(table((k) => ['cat', 'dog', 'emu'][k % 3]));
    assert.deepEqual(classes, ['cat', 'dog', 'emu']);
    assert.deepEqual([shard.rows, test.rows, shard.kind], [ROWS, 150 - ROWS, 'classes']);
    assert.ok(shard.schema?.kind === 'classes');
    assert.deepEqual(
      [shard.schema.columns, shard.schema.classes],
      [
        ['a', 'b'],
        ['cat', 'dog', 'emu'],
      ],
    );
    assert.ok(baseline > 0.3 && baseline < 0.5);
  });

  it('is read with the delimiter that it has', async () => {
    assert.equal((await prepare(table((k) => `${k % 2}`, ';'))).shard.inputs, 2);
  });

  it('is refused where many numbers would become classes, with what to do on the page', async () => {
    const numbers = table((k) => (k / 7).toFixed(3));
    await assert.rejects(prepare(numbers), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.shortMessage, /150 different numbers/);
      assert.match(error.hint!, /holds numbers to predict/);
      assert.doesNotMatch(error.hint!, /--/);
      return true;
    });
    const { shard, classes, baseline } = await prepare(numbers, 'numbers');
    assert.deepEqual([shard.kind, shard.outputs, classes], ['regression', 1, []]);
    assert.ok(baseline > 0.3 && baseline < 3, `${baseline} squared deviations of the training rows`);
  });

  it('may hold yes or no, of which the more frequent is told', async () => {
    const { shard, classes, baseline } = await prepare(
      table((k) => (k % 4 === 0 ? 'true' : '0')),
      'labels',
    );
    assert.deepEqual([shard.kind, shard.outputs, classes], ['labels', 1, []]);
    assert.ok(baseline > 0.5 && baseline < 1, `${baseline}`);
    await assert.rejects(
      prepare(
        table((k) => `${k % 3}`),
        'labels',
      ),
      /has 2 as label "last"; a label is 0 or 1/,
    );
  });

  it('says what was left out', async () => {
    const counted = table((k) => `${k % 2}`)
      .split('\n')
      .map((line, k) => (line === '' ? '' : `${k === 0 ? '' : k},${line}`))
      .join('\n');
    const { shard, notes } = await prepare(counted);
    assert.equal(shard.inputs, 2, 'a first column without a name counts the rows');
    assert.equal(notes.length, 1, notes.join(' '));
  });

  it('is refused where no row is left to measure with', async () => {
    await assert.rejects(
      prepare(
        table((k) => `${k % 2}`)
          .split('\n')
          .slice(0, ROWS)
          .join('\n'),
      ),
      /are to be trained on/,
    );
  });
});
