// What the examples of contracts that act on proved outputs train on.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { changesOf, pricesIn, rowsOf } from '../../examples/agent/rows.ts';
import { bestMove, emptyCells, positions, winnerOf } from '../../examples/game/positions.ts';

describe('examples/agent', () => {
  it('has rows of five changes and the next, in the range of the proofs, by the rule of the contract', () => {
    const prices = pricesIn(readFileSync(new URL('../../examples/agent/prices.csv', import.meta.url), 'utf8'));
    assert.equal(prices.length, 123);
    assert.deepEqual(changesOf([100, 110, 99, 99.01]), [409, -409, 0]);
    const [head, ...rows] = rowsOf(prices).trim().split('\n');
    assert.deepEqual([head, rows.length], ['c1,c2,c3,c4,c5,next', prices.length - 6]);
    for (const row of rows) for (const cell of row.split(',')) assert.ok(Math.abs(Number(cell)) < 64);
  });
});

describe('examples/game', () => {
  it('has every position in which noughts move, with a move that never loses', () => {
    const boards = positions();
    for (const board of boards) {
      const marks = (mark: number) => board.filter((cell) => cell === mark).length;
      assert.equal(marks(-1), marks(1) + 1);
      assert.equal(winnerOf(board), 0);
      assert.ok(emptyCells(board).includes(bestMove(board, 1)));
    }
    const play = (board: readonly number[], mark: number): void => {
      if (winnerOf(board) !== 0) {
        assert.equal(winnerOf(board), 1);
        return;
      }
      const cells = emptyCells(board);
      for (const cell of mark === 1 && cells.length > 0 ? [bestMove(board, 1)] : cells)
        play(board.with(cell, mark), -mark);
    };
    play(new Array<number>(9).fill(0), -1);
  });
});
