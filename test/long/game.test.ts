// examples/game: a network that plays noughts, proved, against a person who plays crosses, to the end of a game.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { hexToBytes } from 'viem';
import { bestMove, emptyCells, positions, tableOf } from '../../examples/game/positions.ts';
import { bytesValues } from '../../src/model/inference.ts';
import { Acting, type Placed } from './acting.ts';

const CLASSES = Array.from({ length: 9 }, (_, cell) => `c${cell}`);
const COLUMNS = 'a,b,c,d,e,f,g,h,i';
const [PERSON, NETWORK] = [1, 2];

describe('a game against a proved network', { concurrency: false }, () => {
  let acting: Acting;
  let game: Placed;
  let model: string;

  before(async () => {
    acting = await Acting.start();
    writeFileSync(acting.path('positions.csv'), tableOf(positions()));
    const rows = ['--label', 'best', '--classes', ...CLASSES, '--run', 'boards'];
    await acting.run('data', '--csv', acting.path('positions.csv'), ...rows);
    const given = ['--lr', '0.25', '--batch', '8', '--passes', '4', '--run', 'player'];
    await acting.run('train', '--seed', '9-32-9', '--head', 'softmax', '--shards', 'boards', ...given);
    const end = ['runs', 'player', 'segment-001'];
    model = acting.path(...end, 'model.safetensors');
    const player = acting.modelOf(acting.path(...end, 'train.edge.json'));
    game = await acting.deploy('MoveGame', [acting.deployment.inferences, player]);
  });
  after(() => acting?.close());

  it('is played to its end, each nought by a proof', async () => {
    await acting.send(game, 'begin', [4n], 3);
    const state = async () => {
      const [now, cells] = (await acting.read(game, 'stateOf', [0n])) as [number, readonly number[]];
      return { now, cells: cells.map(Number) };
    };
    for (let move = 0; (await state()).now <= NETWORK; move++) {
      const { now, cells } = await state();
      if (now === PERSON) {
        await acting.send(game, 'move', [0n, BigInt(bestMove(cells, -1))], 3);
        continue;
      }
      const board = acting.path(`board-${move}.csv`);
      writeFileSync(board, `${COLUMNS}\n${cells.join(',')}\n`);
      const { prover, claim, outputs, proof } = await acting.prove(model, board, `move-${move}`);
      const values = [...bytesValues(hexToBytes(outputs))];
      const expected = emptyCells(cells).reduce((best, cell) => (values[cell] > values[best] ? cell : best));
      const gas = await acting.send(game, 'answer', [0n, prover, claim, outputs, proof]);
      assert.ok(gas < 650_000, `${gas}`);
      assert.equal((await state()).cells[expected], 1);
      await assert.rejects(acting.send(game, 'answer', [0n, prover, claim, outputs, proof]));
    }
  });
});
