import { multiplyAdds, parseShape } from '../src/model/anyShape.ts';
import type { BaselineResult } from './baseline.ts';
import type { ProofFigures } from './proofs.ts';
import { networkOf } from './support/networkOf.ts';
import { count, figure, table } from './support/table.ts';

/** How many times cheaper than gate by gate a row is. */
export interface Ratio {
  network: string;
  rows: number;
  /** Proving time of a row: ours; gate by gate without and with its share of what a proof costs whatever its rows. */
  seconds: number;
  baselineSeconds: number;
  baselineSecondsWithShare: number;
  /** baselineSeconds / seconds, likewise with the share. */
  ratio: number;
  ratioWithShare: number;
  /** `ratio` in processor time. */
  cpuRatio: number;
}

/** Both sides measured in this run: our time a row against the baseline's constraints at its measured speed. */
export function ratiosOf(
  proofs: ProofFigures[],
  { cost, secondsPerConstraint, cpuSecondsPerConstraint }: BaselineResult,
): Ratio[] {
  return proofs
    .filter(({ program, head }) => program === 'train' && head === undefined)
    .map((proof) => {
      const { rows, secondsPerRow, cpuSeconds } = proof;
      const network = networkOf(proof);
      const { perProof, perRow } = cost.find((entry) => entry.network === network)!;
      const seconds = secondsPerRow!;
      const baselineSeconds = perRow * secondsPerConstraint;
      const baselineSecondsWithShare = (perRow + perProof / rows) * secondsPerConstraint;
      return {
        network,
        rows,
        seconds,
        baselineSeconds,
        baselineSecondsWithShare,
        ratio: baselineSeconds / seconds,
        ratioWithShare: baselineSecondsWithShare / seconds,
        cpuRatio: (perRow * cpuSecondsPerConstraint * rows) / cpuSeconds,
      };
    });
}

export function proofTable(proofs: ProofFigures[]): string {
  return table(
    ['proof', 'seconds', 'processor s', 'Groth16 s', 'ms a row', 'peak MiB', 'constraints', 'open s', 'verify s'],
    proofs.map(
      ({ name, seconds, cpuSeconds, stages, secondsPerRow, peakMiB, constraints, openSeconds, verifySeconds }) => [
        name,
        figure(seconds),
        figure(cpuSeconds),
        figure(stages.find((stage) => stage.name === 'groth16')!.seconds),
        secondsPerRow === undefined ? '' : figure(1000 * secondsPerRow),
        count(peakMiB),
        count(constraints),
        figure(openSeconds),
        figure(verifySeconds),
      ],
    ),
  );
}

/**
 * What a multiplication by a weight costs in trainings: the passes forward and backward have about three for each of a forward
 * pass over a row.
 */
export function productTable(proofs: ProofFigures[]): string {
  const trained = proofs.filter(({ program }) => program === 'train');
  return table(
    ['training', 'multiplications a row, forward', 'us a row', 'processor ns for each'],
    trained.map(({ name, cpuSeconds, secondsPerRow, ...task }) => {
      const products = multiplyAdds(parseShape(networkOf(task), task.head ?? 'squared error'));
      const each = cpuSeconds / (3 * products * task.rows);
      return [name, count(products), count(1e6 * secondsPerRow!), figure(1e9 * each)];
    }),
  );
}

/** Seconds of each stage, in brackets those of all threads; one table for each network. */
export function stageTables(proofs: ProofFigures[]): string {
  return [...new Set(proofs.map(networkOf))]
    .map((network) =>
      stageTable(
        network,
        proofs.filter((proof) => networkOf(proof) === network),
      ),
    )
    .join('\n\n');
}

function stageTable(network: string, proofs: ProofFigures[]): string {
  // In the order of the proof with most of them.
  const byStages = [...proofs].sort((a, b) => b.stages.length - a.stages.length);
  const names = [...new Set(byStages.flatMap(({ stages }) => stages.map(({ name }) => name)))];
  const cell = (seconds: number | undefined, cpuSeconds?: number) =>
    seconds === undefined ? '' : figure(seconds) + (cpuSeconds === undefined ? '' : ` (${figure(cpuSeconds)})`);
  return table(
    [`${network}, stage (s)`, ...proofs.map(({ name }) => name.replace(` ${network}`, ''))],
    [
      ['the work itself', ...proofs.map(({ nativeSeconds }) => cell(nativeSeconds))],
      ['commitments', ...proofs.map((proof) => cell(outsideStages(proof)))],
      ...names.map((name) => [
        name,
        ...proofs.map(({ stages }) => {
          const stage = stages.find((other) => other.name === name);
          return cell(stage?.seconds, stage?.cpuSeconds);
        }),
      ]),
    ],
  );
}

/** Committing to models and shard comes before the first stage. */
function outsideStages({ seconds, stages }: ProofFigures): number {
  return Math.max(0, seconds - stages.reduce((sum, stage) => sum + stage.seconds, 0));
}

export function baselineTables({ compiled, cost, proved }: BaselineResult): string {
  return [
    table(
      ['gate by gate, constraints', 'a proof', 'and a row'],
      cost.map(({ network, perProof, perRow }) => [network, count(perProof), count(perRow)]),
    ),
    table(
      ['compiled', 'compiler', 'formula'],
      compiled.map(({ name, compiler, formula }) => [name, count(compiler), count(formula)]),
    ),
    table(
      ['proved', 'constraints', 'seconds', 'processor s', 'us a constraint', 'peak MiB'],
      proved.map(({ name, constraints, seconds, cpuSeconds, peakMiB }) => [
        name,
        count(constraints),
        figure(seconds),
        figure(cpuSeconds),
        figure((1e6 * seconds) / constraints),
        count(peakMiB),
      ]),
    ),
  ].join('\n\n');
}

export function ratioTable(ratios: Ratio[]): string {
  return table(
    [
      'a row of train',
      'ours ms',
      'gate by gate ms',
      'times cheaper',
      'in processor time',
      'with its share of a proof ms',
      'times cheaper',
    ],
    ratios.map((ratio) => [
      `${ratio.network} x ${ratio.rows}`,
      figure(1000 * ratio.seconds),
      figure(1000 * ratio.baselineSeconds),
      figure(ratio.ratio),
      figure(ratio.cpuRatio),
      figure(1000 * ratio.baselineSecondsWithShare),
      figure(ratio.ratioWithShare),
    ]),
  );
}

export function gasTable(gas: Record<string, number>): string {
  return table(
    ['gas', 'pinned'],
    Object.entries(gas).map(([name, value]) => [name, count(value)]),
  );
}
