import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { againstTable, allWork, type Comparison, chosenWork, medians } from '../../bench/against.ts';
import { treeAt } from '../../bench/support/tree.ts';

const names = (...args: Parameters<typeof chosenWork>) => chosenWork(...args).map(({ name }) => name);

describe('comparing with another commit', () => {
  it('takes the proofs that have a goal, what is asked for besides, or what words name', () => {
    const goals = ['train 49-32-10 x 1024', 'train 784-128-10 x 1024', 'score 784-128-10 x 1024'];
    assert.deepEqual(names({ also: [] }), goals);
    assert.deepEqual(names({ also: ['demo', 'digits'] }), [...goals, 'demo', 'digits']);
    assert.deepEqual(names({ words: ['seed 49', 'demo'], also: [] }), ['seed 49-32-10', 'demo']);
    assert.deepEqual(names({ words: ['nothing'], also: [] }), []);
    assert.equal(names({ words: [], also: ['page'] }).length, 2);
    assert.equal(new Set(allWork().map(({ name }) => name)).size, allWork().length);
  });

  it('takes the median of each figure, and none where a run has none', () => {
    const samples = [
      { seconds: 3, peakMiB: 10 },
      { seconds: 1, peakMiB: 30 },
      { seconds: 10, peakMiB: 20 },
    ];
    const { seconds, peakMiB, cpuSeconds } = medians(samples);
    assert.deepEqual([seconds, peakMiB, cpuSeconds], [3, 20, undefined]);
    assert.equal(medians(samples.slice(0, 2)).seconds, 2);
    assert.equal(medians([...samples, { seconds: 4 }]).peakMiB, undefined);
  });

  it('says of every goal whether it is reached', () => {
    const compared = (before: number, now: number, goal: Comparison['goal']): Comparison => ({
      name: 'work',
      before: { seconds: before },
      now: { seconds: now, peakMiB: 100 },
      times: before / now,
      goal,
      runs: { before: [], now: [] },
    });
    const goal = (...args: Parameters<typeof compared>) =>
      againstTable([compared(...args)])
        .split('|')
        .at(-2)!
        .trim();
    assert.equal(goal(20, 10, { times: 2 }), '2 times: reached');
    assert.equal(goal(19, 10, { times: 2 }), '2 times: not reached');
    assert.equal(goal(19, 10, { seconds: 10, peakMiB: 99 }), '10 s: reached, 99 MiB: not reached');
    assert.equal(goal(19, 10, undefined), '');
  });

  it('refuses a commit that git does not know, and what looks like an option', () => {
    assert.throws(() => treeAt('no-such-commit'), /git knows no commit 'no-such-commit'/);
    assert.throws(() => treeAt('--all'), /git knows no commit '--all'/);
  });
});
