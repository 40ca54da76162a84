// The measures of a leaderboard: which columns it has, and what stands in them where a score states nothing.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Address, type Hex, numberToHex, padHex } from 'viem';
import type { Head } from '../../src/model/head.ts';
import type { Measures } from '../../src/model/measures.ts';
import type { ShardKind } from '../../src/model/shardKind.ts';
import { isMoreBetter, measureColumns } from '../../web/lib/boardColumns.ts';
import { boardOf, measuredBoardOf } from '../../web/lib/chain/boards.ts';
import { Store } from '../../web/lib/chain/store.ts';
import type { Entry } from '../../web/lib/chain/types.ts';

const WHO: Address = padHex('0x1', { size: 20 });
const id = (k: number): Hex => numberToHex(k, { size: 32 });
const [BENCHMARK, SHARD] = [id(100), id(101)];
const at = { block: 1, transaction: id(0) };
const ROWS = 64;
const NOTHING = { loss: 0n, absolute: 0n, k: 1, top: 0n, counts: null };

interface Scored {
  head?: Head;
  scores: Partial<Omit<Measures, 'result'>>[];
}

/** The board of models 1, 2 .. with so many outputs, and what each was proved to have. */
function boardWith(kind: ShardKind, outputs: number, models: readonly Scored[]) {
  const store = new Store();
  store.addShard({ id: SHARD, owner: WHO, inputs: 3, outputs, rows: ROWS, kind, ...at });
  store.addBenchmark({ id: BENCHMARK, dataset: id(0), uri: '', rows: ROWS, kind, by: WHO, rules: [] }, [SHARD]);
  for (const [k, { head = 'squared error', scores }] of models.entries()) {
    const made = { kind: 'import' as const, trainer: WHO, depth: 0, widths: [3, outputs], head, shape: '0x1' };
    store.addModel({ id: id(k + 1), ...made, commitment: [{ x: '1', y: '2' }], parents: [], ...at });
    for (const score of scores) store.addMeasures(id(k + 1), SHARD, { ...NOTHING, ...score });
    const result = kind === 'regression' ? { error: k } : { right: ROWS - k };
    store.addScore({ model: id(k + 1), benchmark: BENCHMARK, rows: ROWS, prover: WHO, ...result, ...at });
  }
  const board = measuredBoardOf(store, BENCHMARK);
  return { store, board, ...measureColumns(board.entries, kind) };
}

const cellsOf = (column: { text(entry: Entry): string | undefined }, { entries }: { entries: Entry[] }) =>
  entries.map((entry) => column.text(entry));
const namesOf = (columns: readonly { name: string; bound: string }[]) =>
  columns.map(({ name, bound }) => `${name}, ${bound}`);

describe('the measures of a leaderboard', () => {
  it('of classes are the log-loss and the places that most scores have, and others are offered', () => {
    const { board, shown, offered } = boardWith('classes', 3, [
      {
        head: 'softmax',
        scores: [{ loss: 2n ** 22n, k: 2, top: 60n, counts: Uint16Array.of(9, 1, 2, 3, 8, 4, 5, 6, 7) }],
      },
      {
        scores: [
          { k: 2, top: 50n },
          { k: 3, top: 64n },
        ],
      },
      { scores: [] },
    ]);
    assert.deepEqual(namesOf(shown), ['Log-loss, at most', 'Top 2, at least']);
    const [loss, top] = shown;
    // 2^22 / 2^16 / 64 rows, and 3 outputs / 2 units a row by which powers are rounded
    assert.deepEqual(cellsOf(loss, board), ['1.001', undefined, undefined]);
    assert.deepEqual(cellsOf(top, board), ['93.7 %', '78.1 %', undefined]);
    assert.deepEqual(
      board.entries.map((entry) => top.value(entry)),
      [60, 50, undefined],
    );
    assert.deepEqual(namesOf(offered), [
      'Top 3, at least',
      'Class 0 right, at least',
      'Class 1 right, at least',
      'Class 2 right, at least',
    ]);
    assert.deepEqual(cellsOf(offered[0], board), [undefined, '100.0 %', undefined]);
    assert.deepEqual(
      offered.slice(1).map((column) => cellsOf(column, board)),
      [
        ['9', undefined, undefined],
        ['8', undefined, undefined],
        ['7', undefined, undefined],
      ],
    );
    assert.deepEqual([isMoreBetter(loss), isMoreBetter(top)], [false, true]);
  });

  it('of labels say how many may be wrong, and how often each is right', () => {
    const { board, shown, offered } = boardWith('labels', 4, [
      { head: 'sigmoid', scores: [{ loss: 2n ** 16n, k: 3, top: 40n, counts: Uint16Array.of(1, 2, 3, 4) }] },
    ]);
    assert.deepEqual(namesOf(shown), ['Log-loss of all outputs, at most', 'Fewer than 3 wrong, at least']);
    assert.deepEqual(cellsOf(shown[1], board), ['62.5 %']);
    assert.deepEqual(
      offered.map(({ name }) => name),
      [0, 1, 2, 3].map((k) => `Label ${k} right`),
    );
    assert.deepEqual(cellsOf(offered[3], board), ['4']);
  });

  it('keep log-losses of two heads apart, which cannot be compared', () => {
    const { board, shown } = boardWith('classes', 2, [
      { head: 'softmax', scores: [{ loss: 2n ** 22n }] },
      { head: 'sigmoid', scores: [{ loss: 2n ** 23n }] },
    ]);
    assert.deepEqual(namesOf(shown), ['Log-loss, at most', 'Log-loss of all outputs, at most']);
    assert.deepEqual(
      shown.map((column) => cellsOf(column, board)),
      [
        ['1.001', undefined],
        [undefined, '2.000'],
      ],
    );
    assert.match(shown[1].meaning, /the sum over all classes, each for itself$/);
  });

  it('of numbers are the absolute error alone', () => {
    const { board, shown, offered } = boardWith('regression', 2, [
      { scores: [{ absolute: 512n * 32n }] },
      { scores: [] },
    ]);
    assert.deepEqual(namesOf(shown), ['Absolute error, exact']);
    assert.deepEqual(cellsOf(shown[0], board), ['0.2500', undefined]);
    assert.deepEqual(offered, []);
  });

  it('are none where no score states any, or says what the result says', () => {
    const { shown, offered } = boardWith('classes', 2, [{ scores: [{ k: 1, top: 3n }] }, { scores: [] }]);
    assert.deepEqual([shown, offered], [[], []]);
  });

  it('list no counts of more than 32 outputs, and no more than 8 numbers of places', () => {
    const scores = Array.from({ length: 30 }, (_, k) => ({ k: k + 2, top: 1n, counts: new Uint16Array(33).fill(k) }));
    const { board, shown, offered } = boardWith('labels', 33, [{ head: 'sigmoid', scores }]);
    assert.equal(board.entries[0].measures?.rightBy, undefined);
    assert.equal(shown.length, 2);
    assert.deepEqual(
      offered.map(({ name }) => name),
      [3, 4, 5, 6, 7, 8, 9, 10].map((k) => `Fewer than ${k} wrong`),
    );
  });

  it('are asked for by the page of leaderboards alone, and change no rank', () => {
    const { store, board } = boardWith('classes', 2, [
      { scores: [{ k: 2, top: 9n }] },
      { scores: [{ k: 2, top: 10n }] },
    ]);
    const plain = boardOf(store, BENCHMARK);
    assert.ok(plain.entries.every(({ measures }) => measures === undefined));
    assert.deepEqual(
      board.entries.map(({ rank, model }) => [rank, model.id]),
      plain.entries.map(({ rank, model }) => [rank, model.id]),
    );
  });
});
