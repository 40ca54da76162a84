import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { EvolveLog } from '../../scripts/actions/evolveLog.ts';
import { temporaryFolder } from './cli.ts';

const { folder, remove } = temporaryFolder();
after(remove);

it('the log of a search refuses what no child is worth', () => {
  const path = join(folder, 'evolve.jsonl');
  const read = (fitness: unknown) => {
    writeFileSync(path, `${JSON.stringify({ generation: 0, candidates: [{ coefficients: [[1]], fitness }] })}\n`);
    return new EvolveLog(path).known[0].candidates[0].fitness;
  };
  assert.deepEqual(read({ right: 3, error: '5' }), { right: 3, error: 5n });
  assert.deepEqual(read({ right: null, error: '0' }), { right: null, error: 0n });
  assert.equal(read(undefined), undefined);
  for (const wrong of [
    { right: '3', error: '5' },
    { right: -1, error: '5' },
    { right: 0.5, error: '5' },
    { right: 3, error: '-5' },
    { right: 3, error: 5 },
    { right: 3 },
    null,
    7,
  ])
    assert.throws(() => read(wrong), /Line 1 of \S+ is no generation/);
});
