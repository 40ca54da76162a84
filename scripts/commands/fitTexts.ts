import { formatShape, shapeSides } from '../../src/model/anyShape.ts';
import { describeTargets, headWord } from '../../src/model/smoothing.ts';
import { renderEvaluation } from '../actions/evaluation.ts';
import type { Choices } from '../actions/fitChoices.ts';
import type { Cost, totalOf } from '../actions/fitCosts.ts';
import {
  type ClassWeights,
  type FitInputs,
  type FitPlan,
  type FitSettings,
  type NetworkSetting,
  sourceOfFit,
} from '../actions/fitPlan.ts';
import type { FitOutcome } from '../actions/fitRun.ts';
import { figureTexts } from '../actions/renderFigures.ts';
import { sumOf } from '../actions/scoreAll.ts';
import type { TrainingExtras } from '../actions/trainingPlan.ts';
import { renderTraining } from '../actions/trainingSummary.ts';
import { formatConfig } from '../files/config.ts';
import { pictureSaid } from '../files/tables.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { commandLine } from '../terminal/invocation.ts';
import { formatSeconds } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import { printable } from '../terminal/printable.ts';

/** The file that gives a fit back: its settings by the names of the command's options. */
export function configOf(inputs: FitInputs, settings: FitSettings): string {
  const { table, heldOut, rowsPerShard, schedule, earlyStop } = inputs;
  const { file, member, answers, answersMember, clip, shuffle } = {
    ...table,
    ...sourceOfFit(inputs, settings.scaling),
  };
  const withMember = (path: string | null, name: string | null) => path && (name === null ? path : `${path}:${name}`);
  const picture = pictureSaid(table);
  const { network } = settings as NetworkSetting;
  const head = `Made by descent fit. Edit it and give it back: ${commandLine('fit', '--config', '<this file>')}
What is left out is chosen by trials again. Registry, scoreboard, rpc and key-file can be named here too.`;
  return formatConfig(head, {
    table: withMember(file, member),
    answers: withMember(answers, answersMember),
    label: table.label,
    targets: table.targets,
    labels: table.labels,
    ignore: table.ignore,
    ...(!table.header && { header: false }),
    delimiter: table.delimiter,
    ...(table.regression && { regression: true }),
    decimal: table.decimal,
    'one-hot': table.oneHot,
    classes: table.classes,
    missing: table.missing,
    embedder: table.embedder,
    'embedder-sha256': table.embedderSha256,
    ...(table.unitLength && { 'unit-length': true }),
    // With a network the file tells, or else the network.
    picture: picture === 'file' || picture?.startsWith('file or ') ? true : picture,
    shuffle,
    rows: table.rows,
    'held-out': heldOut,
    'rows-per-shard': rowsPerShard,
    head: headWord(settings.head),
    ...(settings.smoothing > 0 && { smoothing: settings.smoothing }),
    scale: settings.scaling,
    clip,
    ...(network === undefined ? { hidden: hiddenText(settings) } : { network }),
    lr: settings.lr,
    batch: settings.batch,
    passes: settings.passes,
    epochs: settings.epochs,
    schedule,
    'early-stop': earlyStop,
    'class-weights': inputs.classWeights?.said,
  });
}

function hiddenText({ hidden }: FitSettings): string {
  return hidden.length === 0 ? 'none' : hidden.join('-');
}

/** What was chosen, and by what. */
export function renderChoices(
  { settings, tried, outOfRange, best }: Choices,
  plan: FitPlan,
  { config, weights }: { config: string; weights: ClassWeights | null },
): string {
  const { head, scaling, lr, batch, passes, epochs } = settings;
  const { smoothing = 0 } = plan.training as TrainingExtras;
  const [first] = best;
  const out = outOfRange === 0 ? '' : `, ${outOfRange} of which left the range of the proofs`;
  const by = first === undefined ? 'as given' : `by trials of ${counted(tried, 'setting')}${out}`;
  const rows = [
    ['chosen', by],
    ['scale', scaling],
    ['network', formatShape(plan.shape)],
    ['head', head],
    ...(smoothing === 0 ? [] : [['targets', describeTargets(smoothing, head, shapeSides(plan.shape).outputs)]]),
    ...weightRows(weights, plan),
    ['lr', `${lr}`],
    ['batch', `${batch}`],
    ['length', `${counted(passes * epochs, 'pass', 'passes')} in ${counted(plan.segments, 'segment')}`],
    ...(first === undefined ? [] : [['trials', validationText(first, weights !== null)]]),
    ['config', config],
  ];
  return alignColumns(rows);
}

/** Only the classes whose rows occur more than once; names may be anybody's. */
function weightRows(weights: ClassWeights | null, { rows }: FitPlan): string[][] {
  if (weights === null) return [];
  const { classes, times } = weights;
  const more = times.flatMap((n, k) => (n > 1 ? [`${printable(classes[k])} ${n} times`] : []));
  const shown = `${more.slice(0, MOST_WEIGHTS).join(', ')}${more.length > MOST_WEIGHTS ? ' and others' : ''}`;
  return [['weights', `${shown || 'all once'}: ${rows.training} rows to train on become ${weights.rows}`]];
}

const MOST_WEIGHTS = 8;

function validationText({ rows, right, error }: Choices['best'][number], repeated: boolean): string {
  const measured = right === null ? `R2 ${(1 - error).toFixed(3)}` : `${((100 * right) / rows).toFixed(1)} % right`;
  return `${measured} on ${counted(rows, 'validation row')}${repeated ? ', repeated like those of training' : ''}`;
}

export function renderCosts(costs: readonly Cost[], total: ReturnType<typeof totalOf>, jobs: number): string {
  const lines = costs.map(({ what, count, seconds, bytes, gas }) => [
    what,
    `${count}`,
    formatSeconds(seconds),
    gibibytes(bytes),
    gas.toLocaleString('en-US'),
  ]);
  const table = alignColumns([['to prove', 'proofs', 'of one core', 'memory of one', 'gas at most'], ...lines]);
  const time = `about ${formatSeconds(total.seconds)} on all cores, ${gibibytes(total.bytes)} of memory with ${jobs} at a time`;
  return `${table}\n\n${counted(total.count, 'proof')}, ${time}, up to ${total.gas.toLocaleString('en-US')} gas`;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

export function renderOutcome(outcome: FitOutcome, page: string | undefined): string {
  const { training, registered, scores, scored, evaluation, model } = outcome;
  const sum = sumOf(scores);
  const { rows, right, squaredError } = sum;
  const figure =
    right === null
      ? `squared error ${squaredError?.toPrecision(4)} a row`
      : `${right} of ${rows} rows right (${((100 * right) / rows).toFixed(1)} %)`;
  const state = scored.length === 0 ? 'computed, not proved: give --scoreboard' : 'proved';
  return [
    '',
    renderTraining(training, registered),
    '',
    renderEvaluation(evaluation),
    '',
    `score    ${figure} of those held out, ${state}`,
    ...figureTexts(sum).map((text) => `         ${text}`),
    `model    ${model}`,
    `weights  ${training.model}`,
    ...(page === undefined ? [] : [`page     ${page}`]),
  ].join('\n');
}
