import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { startLocalNode } from '../chain/localNode.ts';
import type { DemoResult, DemoStep } from '../demo/runDemo.ts';
import { EDGES } from '../demo/story.ts';
import { createProverPool } from '../proving/proverPool.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { formatSeconds, type Output } from '../terminal/output.ts';
import { type CommonOptions, outputOf, positive, withCommon } from './options.ts';
import { renderTree } from './tree.ts';

interface DemoCommandOptions extends CommonOptions {
  rows: number;
  jobs?: number;
  keepNode?: boolean;
}

export function addDemoCommand(program: Command): void {
  withCommon(program.command('demo'))
    .description('two people train a digit recogniser, prove every step and store it on a local chain')
    .option('--rows <number>', 'rows of a shard, a power of two', positive, 1024)
    .option('--jobs <number>', 'proofs at a time (default: one for each core, at most 4)', positive)
    .option('--keep-node', 'keep the chain running afterwards, until Ctrl-C')
    .action(async (options: DemoCommandOptions) => {
      const output = outputOf(options);
      const { runDemo } = await import('../demo/runDemo.ts');
      const pool = createProverPool(options.jobs ?? Math.min(4, availableParallelism()));
      const node = await startLocalNode();
      try {
        const result = await runDemo({ folder: join(options.runs, 'demo'), rows: options.rows, pool, output }, node);
        output.result(documentOf(result), renderDemo(result));
        if (options.keepNode) await keep(node.rpc, result, output);
      } finally {
        pool.close();
        await node.close();
      }
    });
}

async function keep(rpc: string, { registry, scoreboard }: DemoResult, output: Output): Promise<void> {
  output.note(
    [
      '',
      'The chain keeps running until Ctrl-C. In another terminal:',
      `  export DESCENT_RPC=${rpc}`,
      `  export DESCENT_REGISTRY=${registry}`,
      `  export DESCENT_SCOREBOARD=${scoreboard}`,
      '  npx descent tree',
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

function documentOf({ names, nodes, steps, ...rest }: DemoResult) {
  return { ...rest, people: Object.fromEntries([...names].map(([address, name]) => [name, address])), steps, nodes };
}

function renderDemo(result: DemoResult): string {
  const { steps, nodes, names, rows } = result;
  const accuracy = new Map(
    steps.filter((step) => step.accuracy).map((step) => [step.id as string, describeAccuracy(step)]),
  );
  return [
    '',
    'The tree, as the chain tells it:',
    '',
    renderTree(nodes, { names, extra: accuracy }),
    '',
    'Every line was accepted by the contract only with its proof. What the proofs took:',
    '',
    renderSteps(steps),
    '',
    'Seconds of each stage, the mean of the proofs of a kind:',
    '',
    renderStages(steps),
    '',
    `Accuracy: share of the 10,000 test digits of MNIST (7x7 means) that the model gets right; it is measured, not proved.`,
    `Each training edge is one pass over ${rows} digits. Files: ${result.runs}. All in all ${formatSeconds(result.seconds)}.`,
    'These are development keys: everybody knows their secret, so these proofs convince nobody else (SECURITY.md).',
  ].join('\n');
}

function describeAccuracy({ accuracy }: DemoStep): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  if (accuracy === undefined) return '';
  return accuracy.before === undefined
    ? percent(accuracy.after)
    : `${percent(accuracy.before)} -> ${percent(accuracy.after)}`;
}

function renderSteps(steps: readonly DemoStep[]): string {
  const rows = steps.map((step) => [
    step.by,
    `${step.kind} ${step.key}`,
    `${step.proof.seconds.toFixed(1)} s`,
    `${step.submission.gas?.toLocaleString('en-US') ?? '-'} gas`,
    EDGES.find(({ key }) => key === step.key)?.what ?? '',
  ]);
  return alignColumns([['who', 'what', 'proof', 'price', ''], ...rows]);
}

function renderStages(steps: readonly DemoStep[]): string {
  const lines: string[][] = [];
  for (const kind of ['data', 'seed', 'train'] as const) {
    const proofs = steps.filter((step) => step.kind === kind).map(({ proof }) => proof);
    const names = [...new Set(proofs.flatMap(({ stages }) => stages.map(({ name }) => name)))];
    const mean = (name: string) =>
      proofs.reduce((sum, { stages }) => sum + (stages.find((stage) => stage.name === name)?.seconds ?? 0), 0) /
      proofs.length;
    lines.push([kind, ...names.map((name) => `${name} ${mean(name).toFixed(1)}`)]);
  }
  return lines.map(([kind, ...stages]) => `${kind.padEnd(7)}${stages.join(', ')}`).join('\n');
}
