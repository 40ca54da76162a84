import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { Address } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import type { ChildServer } from '../chain/childServer.ts';
import { startLocalNode } from '../chain/localNode.ts';
import { DEPLOYMENT_FILE, removePageDeployment, writePageDeployment } from '../chain/pageDeployment.ts';
import { demoDocument, describeDemo } from '../demo/describeDemo.ts';
import type { DemoResult } from '../demo/runDemo.ts';
import { servePage } from '../demo/servePage.ts';
import { createProverPool } from '../runs/proverPool.ts';
import { commandLine } from '../terminal/invocation.ts';
import type { Output } from '../terminal/output.ts';
import { type CommonOptions, natural, outputOf, positive, withCommon } from './options.ts';

interface DemoCommandOptions extends CommonOptions {
  rows: number;
  jobs?: number;
  serve?: boolean;
  port?: number;
  keepNode?: boolean;
}

export function addDemoCommand(program: Command): void {
  withCommon(program.command('demo'))
    .description('two people train, merge and rank digit recognisers; every step is proved and stored on a local chain')
    .option('--rows <number>', 'rows of a shard, a power of two', positive, 1024)
    .option('--jobs <number>', 'proofs at a time (default: one for each core, at most 4)', positive)
    .option('--serve', 'afterwards serve the page with this tree, until Ctrl-C (default in a terminal)')
    .option('--no-serve', 'end when the tree stands (default for --json, with CI set and outside a terminal)')
    .option('--port <number>', 'port of the page on 127.0.0.1 (default: a free one)', portNumber)
    .option('--keep-node', 'without the page: keep the chain running afterwards, until Ctrl-C')
    .action(async (options: DemoCommandOptions) => {
      const output = outputOf(options);
      const { runDemo } = await import('../demo/runDemo.ts');
      // Before the work of minutes: a port that is taken, a page that is not built.
      const page = options.serve ? await servePage(DEPLOYMENT_FILE, options.port) : undefined;
      const pool = createProverPool(options.jobs ?? Math.min(4, availableParallelism()));
      const node = await startLocalNode();
      try {
        const result = await runDemo({ folder: join(options.runs, 'demo'), rows: options.rows, pool, output }, node);
        pool.close();
        if (page !== undefined || options.keepNode) await keep(node.rpc, result, page, output);
        else {
          output.result(demoDocument(result), describeDemo(result));
          output.note(
            `\nTo end with the page: ${commandLine('demo', '--serve')}. To keep the chain only: --keep-node.`,
          );
        }
      } finally {
        pool.close();
        await Promise.all([page?.close(), node.close()]);
        removePageDeployment(node.rpc);
      }
    });
}

/** Lets page and commands know of the chain, prints the result and where both are, and waits for Ctrl-C. */
async function keep(rpc: string, result: DemoResult, page: ChildServer | undefined, output: Output): Promise<void> {
  const { deployment, names, benchmark } = result;
  const people = Object.fromEntries([...names].map(([address, name]) => [name, address as Address]));
  writePageDeployment(deployment, { rpc, people, benchmark, site: page?.address });
  if (page !== undefined) await requireAnswer(page.address);
  output.result({ ...demoDocument(result), rpc, site: page?.address }, describeDemo(result));
  output.note(
    [
      '',
      ...(page === undefined ? [] : [`The page with this tree and this leaderboard: ${page.address}`, '']),
      `${page === undefined ? 'The chain keeps' : 'Page and chain keep'} running until Ctrl-C. In another terminal:`,
      `  export DESCENT_RPC=${rpc}`,
      `  export DESCENT_REGISTRY=${deployment.registry}`,
      `  export DESCENT_SCOREBOARD=${deployment.scoreboard}`,
      `  export DESCENT_AUDIT=${deployment.audit}`,
      `  export DESCENT_CARDS=${deployment.cards}`,
      `  export DESCENT_DATASETS=${deployment.datasets}`,
      `  export DESCENT_ATTESTATIONS=${deployment.dataAttestations}`,
      `  export DESCENT_CREDIT_VAULT=${deployment.creditVault}`,
      `  export DESCENT_STATUSES=${deployment.statuses}`,
      `  ${commandLine('tree')}`,
    ].join('\n'),
  );
  // The wait for a signal does not keep a process alive by itself.
  const alive = setInterval(() => {}, 60_000);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  clearInterval(alive);
}

/** The page read the chain at least once. @throws DescentError when it answers with an error */
async function requireAnswer(address: string): Promise<void> {
  const { ok, status } = await fetch(address);
  if (ok) return;
  throw new DescentError(`The page answers with ${status}.`, { code: 'PAGE', hint: 'Build it again: npm run build.' });
}

function portNumber(text: string): number {
  const port = natural(text);
  if (port < 1 || port > 65_535) throw new InvalidArgumentError('Must be 1..65535.');
  return port;
}
