import type { Hex } from 'viem';
import { renderTree } from '../actions/renderTree.ts';
import { alignColumns, shortId } from '../terminal/drawTree.ts';
import { formatSeconds } from '../terminal/output.ts';
import type { DemoResult, DemoStep } from './runDemo.ts';
import { MODELS, SHARDS, TEST_SHARD } from './scenario.ts';

const WHAT = new Map([...SHARDS, ...MODELS].map(({ key, what }) => [key, what]));

/** The demo's result as `--json` prints it. */
export function demoDocument({ names, nodes, steps, deployment, ...rest }: DemoResult) {
  const { chainId, registry, scoreboard, cards } = deployment;
  const people = Object.fromEntries([...names].map(([address, name]) => [name, address]));
  return { chainId, registry, scoreboard, cards, ...rest, people, steps, nodes };
}

/** The demo's result for people. */
export function describeDemo(result: DemoResult): string {
  const { steps, nodes, names, rows } = result;
  const models = steps.filter(({ accuracy }) => accuracy !== undefined);
  const extra = new Map<string, string>(models.map((step) => [step.id, `${step.key}: ${describeAccuracy(step)}`]));
  return [
    '',
    'The contract took every line of this tree only with its proof:',
    '',
    renderTree(nodes, { names, extra }),
    '',
    "The last column: the share of MNIST's 10,000 test digits that a model gets right; before the arrow, its parents'.",
    'It is measured, not proved.',
    '',
    `The leaderboard is proved. Bob registered ${rows.toLocaleString('en-US')} test digits; each model gets at least so many of them right:`,
    '',
    renderLeaderboard(result),
    '',
    'What the proofs took:',
    '',
    renderSteps(steps),
    '',
    'Seconds of each stage, the mean of the proofs of a kind:',
    '',
    renderStages(steps),
    '',
    `Digits are 7x7 means. A training edge is one pass over ${rows.toLocaleString('en-US')} of them. Files: ${result.runs}.`,
    `All in all ${formatSeconds(result.seconds)}.`,
    'These are development keys: everybody knows their secret, so these proofs convince nobody else (SECURITY.md).',
  ].join('\n');
}

function describeAccuracy({ accuracy }: DemoStep): string {
  if (accuracy === undefined) return '';
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const before = accuracy.before.map(percent).join(', ');
  return before === '' ? percent(accuracy.after) : `${before} -> ${percent(accuracy.after)}`;
}

function renderLeaderboard({ leaderboard, nodes, names, steps }: DemoResult): string {
  const trainerOf = (id: Hex) => names.get(nodes.find((node) => node.id === id)!.trainer.toLowerCase()) ?? '';
  const keyOf = (id: Hex) => steps.find((step) => step.id === id)?.key ?? '';
  const places = leaderboard.map(({ model, right, rows }, k) => [
    `${k + 1}`,
    `${keyOf(model)} ${shortId(model)}`,
    trainerOf(model),
    `${right.toLocaleString('en-US')} of ${rows.toLocaleString('en-US')}`,
    `${((100 * right) / rows).toFixed(1)} %`,
  ]);
  return alignColumns([['place', 'model', 'trainer', 'right', ''], ...places]);
}

function renderSteps(steps: readonly DemoStep[]): string {
  const rows = steps.map((step) => [
    step.by,
    `${step.kind} ${step.key}`,
    `${step.proof.seconds.toFixed(1)} s`,
    describeGas(step),
    step.kind === 'score' ? `${step.by} scores it on '${TEST_SHARD.key}'.` : (WHAT.get(step.key) ?? ''),
  ]);
  return alignColumns([['who', 'what', 'proof', 'price', ''], ...rows]);
}

function describeGas({ submission, rankGas }: DemoStep): string {
  const gas = submission.gas?.toLocaleString('en-US') ?? '-';
  return rankGas === undefined ? `${gas} gas` : `${gas} gas, ${rankGas.toLocaleString('en-US')} to rank`;
}

function renderStages(steps: readonly DemoStep[]): string {
  const kinds = [...new Set(steps.map(({ kind }) => kind))];
  const lines = kinds.map((kind) => {
    const proofs = steps.filter((step) => step.kind === kind).map(({ proof }) => proof);
    const names = [...new Set(proofs.flatMap(({ stages }) => stages.map(({ name }) => name)))];
    const mean = (name: string) =>
      proofs.reduce((sum, { stages }) => sum + (stages.find((stage) => stage.name === name)?.seconds ?? 0), 0) /
      proofs.length;
    return `${kind.padEnd(7)}${names.map((name) => `${name} ${mean(name).toFixed(1)}`).join(', ')}`;
  });
  return lines.join('\n');
}
