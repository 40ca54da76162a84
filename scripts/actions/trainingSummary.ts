import { lossName } from '../../src/model/smoothing.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { formatSeconds } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import type { RegisteredTraining } from './registerAll.ts';
import { drawCurves, type Panel, type Series } from './trainingCurve.ts';
import type { Measured, Training } from './trainingPlan.ts';

/** A training run as --json prints it. */
export function trainingDocument(training: Training, registered: RegisteredTraining | undefined) {
  const { shape, head, smoothing, model, before, shards, segments, notes, warnings } = training;
  const steps = [registered?.seed, ...(registered?.shards ?? []), ...(registered?.segments ?? [])].filter(
    (step) => step !== undefined,
  );
  return {
    shape,
    head,
    smoothing,
    model,
    before,
    notes,
    warnings,
    ...(registered?.seed && { seed: registered.seed }),
    shards: shards.map(({ shard }, k) => ({ file: shard, ...registered?.shards[k] })),
    segments: segments.map((segment, k) => ({ ...segment, ...registered?.segments[k] })),
    totals: {
      rows: segments.reduce((sum, { rows }) => sum + rows, 0),
      trainingSeconds: segments.reduce((sum, { seconds }) => sum + seconds, 0),
      ...(registered && {
        statements: steps.length,
        provingSeconds: steps.reduce((sum, { proof }) => sum + proof.seconds, 0),
        gas: steps.reduce((sum, { submission }) => sum + (submission.gas ?? 0), 0),
      }),
    },
  };
}

/** A line for each segment, and the sums. */
export function renderTraining(training: Training, registered: RegisteredTraining | undefined): string {
  const { segments, before } = training;
  const names = ['segment', 'rows', 'loss', 'right', ...(before ? ['test loss', 'test right'] : []), 'training'];
  if (registered) names.push('proving', 'gas', 'transaction');
  const rows = segments.map((segment, k) => {
    const { number, rows, training, test, seconds } = segment;
    const cells = [`${number}`, rows.toLocaleString('en-US'), ...cellsOf(training), ...(test ? cellsOf(test) : [])];
    cells.push(formatSeconds(seconds));
    const step = registered?.segments[k];
    if (step) cells.push(formatSeconds(step.proof.seconds), ...chainCells(step.submission));
    return cells;
  });
  const { totals } = trainingDocument(training, registered);
  const sums = [`${counted(totals.rows, 'row')}, training ${formatSeconds(totals.trainingSeconds)}`];
  if (registered) {
    sums.push(`${counted(totals.statements ?? 0, 'statement')}, proving ${formatSeconds(totals.provingSeconds ?? 0)}`);
    sums.push(`${totals.gas?.toLocaleString('en-US')} gas`);
  }
  return `${alignColumns([names, ...rows])}\n\n${sums.join('; ')}`;
}

function cellsOf({ loss, accuracy }: Measured): string[] {
  return [loss.toFixed(4), accuracy === null ? '-' : `${(100 * accuracy).toFixed(1)} %`];
}

/** The gas of a transaction stands beside its last segment. */
function chainCells({ sent, gas, transaction }: { sent: boolean; gas?: number; transaction?: string }): string[] {
  return sent ? [gas?.toLocaleString('en-US') ?? '', transaction!] : ['-', 'registered before'];
}

/** Accuracy (of classes) and loss over the rows trained so far, as SVG. */
export function trainingCurve({ shape, head, segments, before }: Training): string {
  const ends: number[] = [];
  for (const { rows } of segments) ends.push((ends.at(-1) ?? 0) + rows);
  const seriesOf = (value: (measured: Measured) => number): Series[] => {
    const tested = segments.flatMap(({ test }, k) => (test ? [{ x: ends[k], y: value(test) }] : []));
    return [
      {
        name: 'training rows',
        colour: 2,
        points: segments.map(({ training }, k) => ({ x: ends[k], y: value(training) })),
      },
      ...(before ? [{ name: 'test rows', colour: 1 as const, points: [{ x: 0, y: value(before) }, ...tested] }] : []),
    ];
  };
  const panels: Panel[] = [
    { label: `mean ${lossName(head)}`, series: seriesOf(({ loss }) => loss), format: (v) => decimals(v) },
  ];
  if (segments[0].training.accuracy !== null) {
    const series = seriesOf(({ accuracy }) => 100 * (accuracy ?? 0));
    panels.unshift({ label: 'rows right, %', series, format: (v) => `${decimals(v, 1)} %`, limit: 100 });
  }
  const total = (ends.at(-1) ?? 0).toLocaleString('en-US');
  const count = `${segments.length} segment${segments.length === 1 ? '' : 's'}`;
  return drawCurves(`${shape} on ${total} rows in ${count}`, 'rows trained', panels);
}

function decimals(value: number, digits = 4): string {
  return String(Number(value.toFixed(digits)));
}
