// The example of four tables: each from its CSV file to a registered result, beside scikit-learn on the same rows.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { deployRegistry } from '../../scripts/chain/deploy.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { descent, document, temporaryFolder } from '../cli/cli.ts';

const TABLES = join(import.meta.dirname, '..', '..', 'examples', 'tables');
const MINUTES = 3;
/** Rows right of LogisticRegression, or R2 of LinearRegression, in examples/tables/README.md. */
const CASES = [
  { table: 'iris', predicts: ['--label', 'species'], heldOut: 30, right: 30 },
  { table: 'wine', predicts: ['--label', 'cultivar'], heldOut: 36, right: 36 },
  { table: 'breast-cancer', predicts: ['--label', 'diagnosis'], heldOut: 114, right: 110 },
  { table: 'diabetes', predicts: ['--targets', 'progression'], heldOut: 88, r2: 0.384 },
];

describe('the example of four tables', { concurrency: false }, () => {
  const { folder, remove } = temporaryFolder();
  let node: LocalNode;
  let env: Record<string, string>;
  before(async () => {
    node = await startLocalNode();
    const { registry, scoreboard } = await deployRegistry(node.rpc);
    const site = { DESCENT_SITE: 'https://example.org' };
    env = { DESCENT_RPC: node.rpc, DESCENT_REGISTRY: registry, DESCENT_SCOREBOARD: scoreboard, ...site };
  });
  after(async () => {
    await node.close();
    remove();
  });

  for (const { table, predicts, heldOut, right, r2 } of CASES) {
    it(`${table}: as good as scikit-learn within two points in a hundred, or one row, in ${MINUTES} minutes`, async (test) => {
      const begun = performance.now();
      const where = ['--account', '1', '--runs', join(folder, 'runs'), '--json'];
      const made = document(await descent(['fit', join(TABLES, `${table}.csv`), ...predicts, ...where], { env }));
      const seconds = (performance.now() - begun) / 1000;
      const [score] = made.scores;
      assert.equal(score.rows, heldOut);
      assert.ok(score.submission.gas > 0, 'the result is registered');
      assert.ok(made.page.startsWith(`https://example.org/model/${made.id}`));
      if (right === undefined) {
        const [{ r2: found }] = made.evaluation.targets;
        assert.ok(found >= r2! - 0.02, `R2 ${found}, scikit-learn ${r2}`);
        test.diagnostic(`R2 ${found.toFixed(3)} in ${seconds.toFixed(0)} s`);
      } else {
        assert.equal(made.evaluation.right, score.right, 'what is measured is what is proved');
        assert.ok(score.right >= right - Math.max(1, 0.02 * heldOut), `${score.right} right, scikit-learn ${right}`);
        test.diagnostic(`${score.right} of ${heldOut} right in ${seconds.toFixed(0)} s`);
      }
      assert.ok(seconds < 60 * MINUTES, `${seconds} s`);
    });
  }
});
