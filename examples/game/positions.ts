// Positions of tic-tac-toe with the move that is best for noughts, as rows of a training.
// node examples/game/positions.ts <rows.csv>
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** 1 for a nought, -1 for a cross, 0 for an empty cell. */
export type Board = readonly number[];

const LINES = [
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
  [0, 4, 8],
  [2, 4, 6],
];

export function winnerOf(board: Board): number {
  const line = LINES.find(([a, b, c]) => board[a] !== 0 && board[a] === board[b] && board[b] === board[c]);
  return line === undefined ? 0 : board[line[0]];
}

export function emptyCells(board: Board): number[] {
  return board.flatMap((mark, cell) => (mark === 0 ? [cell] : []));
}

/** What a position is worth to whoever moves, a win in fewer moves more: -9 to 9. */
function worthOf(board: Board, mark: number): number {
  if (winnerOf(board) !== 0) return -(1 + emptyCells(board).length);
  const cells = emptyCells(board);
  if (cells.length === 0) return 0;
  return Math.max(...cells.map((cell) => -worthOf(board.with(cell, mark), -mark)));
}

/** The best move, the first of equals. */
export function bestMove(board: Board, mark: number): number {
  const worth = emptyCells(board).map((cell) => [cell, -worthOf(board.with(cell, mark), -mark)]);
  return worth.reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

/** All positions in which noughts move and nobody has won, after crosses have begun. */
export function positions(): Board[] {
  const found = new Map<string, Board>();
  const visit = (board: Board, mark: number) => {
    if (winnerOf(board) !== 0 || emptyCells(board).length === 0) return;
    if (mark === 1) {
      if (found.has(board.join())) return;
      found.set(board.join(), board);
    }
    for (const cell of emptyCells(board)) visit(board.with(cell, mark), -mark);
  };
  visit(new Array<number>(9).fill(0), -1);
  return [...found.values()];
}

/** A table with the columns a to i and best. */
export function tableOf(boards: readonly Board[]): string {
  const lines = boards.map((board) => [...board, `c${bestMove(board, 1)}`].join(','));
  return `a,b,c,d,e,f,g,h,i,best\n${lines.join('\n')}\n`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(process.argv[2], tableOf(positions()));
}
