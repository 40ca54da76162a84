import { createHash } from 'node:crypto';
import { InputError } from '../../src/errors/InputError.ts';
import { type AnyShape, formatShape, isNetworkShape, rateStep, shapeSides } from '../../src/model/anyShape.ts';
import { trainCapacity } from '../../src/model/capacity.ts';
import { checkFit, checkSmoothing, type Head } from '../../src/model/head.ts';
import { checkPictures } from '../../src/model/networkWeights.ts';
import { checkSegment } from '../../src/model/shape.ts';
import type { Shard } from '../../src/model/shard.ts';
import { lossName } from '../../src/model/smoothing.ts';
import { ceilLog2 } from '../../src/numbers/bits.ts';
import { evaluate } from '../../src/training/trainer.ts';
import { modelLabel, readShardFile, readWeightsFile } from '../files/models.ts';
import { fileHash } from '../files/read.ts';
import { openSource, rangesOf, type SourceInputs } from '../files/source.ts';
import { rowsTaken } from '../files/tables.ts';
import type { TrainInputs } from '../runs/programs/train.ts';
import type { Run } from '../runs/run.ts';
import { requireSchemas } from '../runs/schemas.ts';
import type { ShardEntry } from '../runs/shards.ts';
import { within } from '../runs/within.ts';
import { type Output, withoutProgress } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import { dataRun, tellSource } from './dataRun.ts';
import { withWorkingRate } from './rangeAdvice.ts';
import { type SeedContext, seedInputs, seedRun } from './seedRun.ts';
import {
  KEPT_STAGE,
  type Measured,
  modelFile,
  modelOf,
  rateOfSegment,
  readParent,
  type Segment,
  shardEntry,
  subfolder,
  type Training,
  type TrainingExtras,
  type TrainingInputs,
} from './trainingPlan.ts';
import { segmentsOf } from './trainingSize.ts';
import { type TrainOutcome, trainRun } from './trainRun.ts';

/** What the work on a training run takes from its caller. */
export interface TrainAllOptions {
  /** Shards on which the model is measured after each segment. */
  test: ShardEntry[];
  /** Where the seed is drawn, for a run that starts from one. */
  seedContext: SeedContext | undefined;
  /** Whether rows may have another schema than the model's line. */
  otherSchema: boolean;
  output: Output;
}

/**
 * Makes the shards of a training run, draws its seed if it has one, and trains all segments: each epoch takes every
 * shard once, in order. Nothing is proved here. Whatever is done already is not done again; one segment is in memory.
 * @throws InputError, CapacityError before anything is written; TrainingRangeError when a value leaves its range
 */
export async function trainAll(run: Run, inputs: TrainingInputs, options: TrainAllOptions): Promise<Training> {
  const { output, test } = options;
  if (inputs.seed !== null && options.seedContext === undefined) {
    throw new InputError('A seed is drawn on chain.', { hint: 'Give --registry and a key, or a --parent.' });
  }
  if ((inputs as TrainingExtras).earlyStop !== undefined && test.length === 0) {
    throw new InputError('On which rows is the training to be stopped?', { hint: 'Give shards with --test.' });
  }
  const model = modelOf(inputs);
  for (const { shard, shardSha256 } of test) requireFit(model, readShardFile(shard, shardSha256));
  for (const { shard, shardSha256 } of inputs.shards ?? []) {
    requireTrainable(model, readShardFile(shard, shardSha256), inputs);
  }
  const made = inputs.shards === null ? await makeShards(run, inputs, model, output) : undefined;
  const shards = inputs.shards ?? made!.shards;
  compareSchemas(inputs, shards, options);
  const shardFolders = inputs.shards === null ? shards.map((_, k) => subfolder.shard(run.folder, k)) : undefined;
  const seedFolder = inputs.seed === null ? undefined : await drawSeed(run, model, options);
  const parent = seedFolder === undefined ? inputs.parent! : modelFile(seedFolder);
  const shape = modelLabel(model);
  const { smoothing = 0 } = inputs as TrainingExtras;

  const lines: Lines = { run, inputs, shards, parent, options, step: rateStep(model) };
  const total = segmentsOf(inputs);
  output.progress.stage(`train ${shape} in ${counted(total, 'segment')}`);
  const before = await measure(run, 0, parent, test);
  if (before !== undefined) output.note(`  before: ${describe('test', before, model.head)}`);
  const segments: Segment[] = [];
  for (let number = 1; number <= total; number++) {
    const segment = await trainNumber(lines, number, total);
    segments.push(segment);
    const { training, test: tested } = segment;
    const onTest = tested === undefined ? '' : `; ${describe('test', tested, model.head)}`;
    output.note(`  segment ${number} of ${total}: ${describe('on the way', training, model.head)}${onTest}`);
    output.progress.update(number / total);
    if (isOver(inputs, segments)) break;
  }
  output.progress.done();
  await keepBest(run, inputs, segments, output);
  const worse = whatGotWorse(segments);
  if (worse !== undefined) output.warn(worse);
  return {
    shape: formatShape(model),
    head: model.head,
    smoothing,
    seedFolder,
    parent,
    shards,
    shardFolders,
    notes: made?.notes ?? [],
    warnings: [...(made?.warnings ?? []), ...(worse === undefined ? [] : [worse])],
    before,
    segments,
    model: modelFile(segments.at(-1)!.folder),
  };
}

/** What all segments of a run have in common. */
interface Lines {
  run: Run;
  inputs: TrainingInputs;
  shards: readonly ShardEntry[];
  /** Weights file of the first. */
  parent: string;
  options: TrainAllOptions;
  /** Units of which a rate is a multiple. */
  step: number;
}

/** Trains segment 1, 2, .. of `total`, from the model of the one before. */
async function trainNumber(lines: Lines, number: number, total: number): Promise<Segment> {
  const { run, inputs, shards, parent, options, step } = lines;
  const { output, test } = options;
  const k = (number - 1) % shards.length;
  const folder = subfolder.segment(run.folder, number);
  const from = number === 1 ? parent : modelFile(subfolder.segment(run.folder, number - 1));
  const { shard: file, shardSha256 } = shards[k];
  const lr = rateOfSegment(inputs, number, total, step);
  const { rows, loss, accuracy, seconds } = await run.stage(`segment ${number}`, async () => {
    const batch = batchOf(inputs, readShardFile(file, shardSha256));
    const begun = performance.now();
    const { smoothing = 0 } = inputs as TrainingExtras;
    const own = {
      lr,
      batch,
      passes: inputs.passes,
      smoothing,
      ...(options.otherSchema && { otherSchema: 'yes' }),
    };
    try {
      const outcome = await trainOne(
        folder,
        { ...fileHash('parent', from), ...shards[k], ...own },
        (fraction, detail) => output.progress.update((number - 1 + fraction) / total, `segment ${number}, ${detail}`),
      );
      return { ...outcome, seconds: (performance.now() - begun) / 1000 };
    } catch (error) {
      throw adviseAll(error, lines, number, total);
    }
  });
  const tested = await measure(run, number, modelFile(folder), test);
  const training: Measured = { loss, accuracy };
  const epoch = Math.ceil(number / shards.length);
  return { number, epoch, shard: k, folder, rows, lr, training, test: tested, seconds };
}

/** An error of segment `number` with a rate that would have worked from the first segment to this one. */
function adviseAll(
  error: unknown,
  { inputs, shards, parent, options, step }: Lines,
  number: number,
  total: number,
): unknown {
  const segments = Array.from({ length: number }, (_, k) => {
    const { shard: file, shardSha256 } = shards[k % shards.length];
    const shard = readShardFile(file, shardSha256);
    const { smoothing = 0 } = inputs as TrainingExtras;
    const rate = { lr: rateOfSegment(inputs, k + 1, total, step), batch: batchOf(inputs, shard) };
    return { shard, ...rate, passes: inputs.passes, smoothing };
  });
  return withWorkingRate(error, readWeightsFile(parent), segments, options.output);
}

/** Place in the list of the segment with the least loss on the test rows. */
function bestOf(segments: readonly Segment[]): number {
  const losses = segments.map(({ test }) => test!.loss);
  return losses.indexOf(Math.min(...losses));
}

/** Whether the test rows have been no better for as many segments as were said. */
function isOver(inputs: TrainingInputs, segments: readonly Segment[]): boolean {
  const { earlyStop } = inputs as TrainingExtras;
  return earlyStop !== undefined && segments.length - 1 - bestOf(segments) >= earlyStop;
}

/** With early stopping the best segment becomes the last: what came after it is not proved. */
async function keepBest(run: Run, inputs: TrainingInputs, segments: Segment[], output: Output): Promise<void> {
  if ((inputs as TrainingExtras).earlyStop === undefined) return;
  const kept = await run.stage(KEPT_STAGE, async () => bestOf(segments) + 1);
  if (kept < segments.length) output.note(`note: Segment ${kept} was the best on the test rows: it is the last.`);
  segments.length = kept;
}

/** A training that went wrong computes as exactly as any other, and would be proved: the last loss says so. */
function whatGotWorse(segments: readonly Segment[]): string | undefined {
  const losses = segments.map(({ training, test }) => (test ?? training).loss);
  const [first, last] = [losses[0], losses[losses.length - 1]];
  if (last <= first) return;
  const numbers = `${last.toFixed(4)} in the last segment, ${first.toFixed(4)} in the first`;
  return `The loss grew (${numbers}): stop here and take a lower --lr, unless you want this model.`;
}

/** @throws InputError for shards or test rows that do not mean what the parent was made for, or the first shard means */
function compareSchemas(inputs: TrainingInputs, shards: readonly ShardEntry[], options: TrainAllOptions): void {
  const { test, otherSchema, output } = options;
  const [first] = shards;
  const parent = inputs.seed === null ? readParent(inputs).schema : undefined;
  const line =
    parent === undefined
      ? { name: first.shard, schema: readShardFile(first.shard, first.shardSha256).schema }
      : { name: inputs.parent!, schema: parent };
  if (line.schema !== undefined) requireSchemas(line, [...shards, ...test], otherSchema, output);
}

/** @throws InputError, CapacityError for a shard that this network cannot be trained on */
function requireTrainable(model: AnyShape, shard: Shard, inputs: TrainingInputs): void {
  const { lr, passes } = inputs;
  requireFit(model, shard);
  checkSmoothing(model.head, shard.outputs, (inputs as TrainingExtras).smoothing ?? 0);
  checkSegment({ lr, batch: batchOf(inputs, shard), rows: shard.rows, passes });
  trainCapacity(model, shard.rows, passes, batchOf(inputs, shard));
}

/**
 * Rows of a step on a shard. A last shard may have fewer rows than a batch: it then makes one step, which changes the weights as a
 * short batch would, since a step subtracts lr times the sum of the gradients.
 */
function batchOf({ batch, source }: TrainingInputs, { rows }: Shard): number {
  return source !== null && rows < source.rows ? Math.min(batch, 2 ** ceilLog2(rows)) : batch;
}

function requireFit(model: AnyShape, { inputs, outputs, kind, schema }: Shard): void {
  checkFit(model.head, kind);
  if (isNetworkShape(model)) checkPictures(model, schema);
  const own = shapeSides(model);
  if (inputs === own.inputs && outputs === own.outputs) return;
  throw new InputError(
    `A ${modelLabel(model)} network cannot use a shard of ${inputs} inputs and ${outputs} outputs.`,
    isNetworkShape(model) && inputs !== own.inputs
      ? { hint: `It reads pictures, laid out in ${own.inputs} inputs: make the rows with --picture.` }
      : {},
  );
}

/** One data run a shard, so that they can be proved side by side. */
async function makeShards(
  run: Run,
  inputs: TrainingInputs,
  model: AnyShape,
  output: Output,
): Promise<{ shards: ShardEntry[]; notes?: string[]; warnings?: string[] }> {
  return run.stage('shards', async () => {
    const whole = inputs.source!;
    const ranges = rangesOf(whole);
    output.progress.stage(`make ${counted(ranges.length, 'shard')} of ${counted(rowsTaken(whole), 'row')} in all`);
    const source = await openSource(whole);
    tellSource(source, output);
    // All rows once without keeping them: a bad one is found before anything is written.
    for (const range of ranges) requireTrainable(model, source.shard(range), inputs);
    const { last: _, ...each } = whole;
    for (const [k, { first, rows }] of ranges.entries()) {
      const own = { ...each, offset: first, rows, count: 1 } as SourceInputs;
      await within(subfolder.shard(run.folder, k), 'data', own, (part) =>
        dataRun(part, own, withoutProgress(output), source),
      );
      output.progress.update((k + 1) / ranges.length);
    }
    output.progress.done();
    const shards = ranges.map((_, k) => shardEntry(subfolder.shard(run.folder, k)));
    return { shards, notes: [...source.notes], warnings: [...source.warnings] };
  });
}

async function drawSeed(run: Run, shape: AnyShape, options: TrainAllOptions): Promise<string> {
  const { output } = options;
  const seedContext = options.seedContext!;
  const folder = subfolder.seed(run.folder);
  const inputs = seedInputs(shape, seedContext);
  await run.stage(`seed for ${inputs.chainId} ${inputs.registry} ${inputs.trainer}`, async () => {
    await within(folder, 'seed', inputs, (part) => seedRun(part, shape, seedContext, output));
    return null;
  });
  return folder;
}

function trainOne(
  folder: string,
  inputs: TrainInputs,
  onProgress: (fraction: number, detail: string) => void,
): Promise<TrainOutcome> {
  const progress = { stage() {}, update: (fraction: number, detail = '') => onProgress(fraction, detail), done() {} };
  const output: Output = { json: false, result() {}, note() {}, warn() {}, progress };
  return within(folder, 'train', inputs, (run) => trainRun(run, inputs, output, false));
}

/** The model on the test rows; kept with the run, by the rows it was measured on. */
async function measure(run: Run, number: number, file: string, test: ShardEntry[]): Promise<Measured | undefined> {
  if (test.length === 0) return undefined;
  const rowsHash = createHash('sha256')
    .update(test.map(({ shardSha256 }) => shardSha256).join())
    .digest('hex');
  return run.stage(`test ${number} on ${rowsHash.slice(0, 16)}`, async () => {
    const weights = readWeightsFile(file);
    let [rows, right, error] = [0, 0, 0];
    let isClasses = true;
    for (const { shard, shardSha256 } of test) {
      const result = evaluate(weights, readShardFile(shard, shardSha256));
      rows += result.rows;
      error += result.loss * result.rows;
      isClasses &&= result.right !== undefined;
      right += result.right ?? 0;
    }
    return { loss: error / rows, accuracy: isClasses ? right / rows : null };
  });
}

function describe(what: string, { loss, accuracy }: Measured, head: Head): string {
  const error = `${lossName(head)} ${loss.toFixed(4)}`;
  return accuracy === null ? `${error} (${what})` : `${error}, ${(100 * accuracy).toFixed(1)} % right (${what})`;
}
