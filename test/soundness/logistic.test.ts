// Logistic regression is a network of one layer: 4,096 rows in one proof, from a table to a proved result, by the command that people use.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { descent, document, temporaryFolder } from '../cli/cli.ts';
import { onChain } from '../cli/onChain.ts';
import { npy, npyHeader } from '../corpus/files.ts';
import { logisticRows } from '../support/logistic.ts';

const [TRAINING, TESTS] = [4096, 1024];
/**
 * Settings and, of the 1,024 rows held out, those that scikit-learn 1.9.1's LogisticRegression gets right on the same rows with the
 * same scaling. Two points in a hundred less are allowed.
 */
const CASES = [
  { inputs: 30, head: 'sigmoid', network: '30-1', lr: '0.25', passes: '2', sklearn: 816 },
  { inputs: 1024, head: 'softmax', network: '1024-2', lr: '0.125', passes: '4', sklearn: 787 },
] as const;

describe('logistic regression on 4,096 rows', { concurrency: false }, () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const env = onChain();

  for (const { inputs, head, network, lr, passes, sklearn } of CASES) {
    it(`${inputs} features with ${head}: one training proof, and a proved result as good as scikit-learn's`, async (test) => {
      const { features, labels, best } = logisticRows(inputs, TRAINING + TESTS);
      const file = (name: string, content: Uint8Array) => {
        writeFileSync(join(folder, `${name}-${inputs}.npy`), content);
        return join(folder, `${name}-${inputs}.npy`);
      };
      const [header, bytes] = [npyHeader('<f4', [TRAINING + TESTS, inputs]), new Uint8Array(features.buffer)];
      const rows = file('rows', npy(header, bytes));
      const answers = file('answers', npy(npyHeader('|u1', [TRAINING + TESTS]), labels));
      const settings = ['--hidden', 'none', '--lr', lr, '--batch', '64', '--passes', passes, '--epochs', '1'];
      const order = ['--shuffle', 'none', '--scale', 'standard', '--held-out', `${TESTS}`];
      const begun = performance.now();
      const made = document(
        await descent(
          [
            ...['fit', rows, '--answers', answers, ...(head === 'sigmoid' ? ['--labels'] : []), ...settings, ...order],
            ...['--account', '1', '--runs', join(folder, 'runs'), '--json'],
          ],
          { env },
        ),
      );
      const seconds = ((performance.now() - begun) / 1000).toFixed(0);
      assert.deepEqual([made.settings.head, made.rows.training, made.segments.length], [head, TRAINING, 1]);
      const [score] = made.scores;
      assert.equal(score.rows, TESTS);
      assert.ok(score.right >= sklearn - 0.02 * TESTS, `${score.right} right, scikit-learn ${sklearn}`);
      assert.ok(score.submission.gas > 0, 'the result is registered');
      const gas = [made.seed, ...made.shards, ...made.segments, score].map(({ submission }) => submission.gas);
      test.diagnostic(`${network}: ${score.right} of ${TESTS} right, ${best(TESTS)} by the odds that drew the labels`);
      test.diagnostic(`${seconds} s in all; gas of seed, shard, training and score: ${gas.join(', ')}`);
    });
  }
});
