import { InputError } from '../../src/errors/InputError.ts';
import { multiplyAdds, rateStep } from '../../src/model/anyShape.ts';
import { checkFit, type Head } from '../../src/model/head.ts';
import { type Picture, pictureWidth } from '../../src/model/pictures.ts';
import { makeShard, type Shard, shardRowBits } from '../../src/model/shard.ts';
import { smoothingUnits, usualHead } from '../../src/model/smoothing.ts';
import { prepareDataset } from '../../src/model/tables/dataset.ts';
import { pickRows } from '../../src/model/tables/missing.ts';
import type { RawTable } from '../../src/model/tables/rawTable.ts';
import { classTimes, repeatedOrder, repeatsOf } from '../../src/model/tables/repeat.ts';
import type { Scaling } from '../../src/model/tables/scaling.ts';
import { shuffledOrder } from '../../src/model/tables/shuffle.ts';
import { ceilLog2 } from '../../src/numbers/bits.ts';
import { ACTIVATION_BITS } from '../../src/numbers/constants.ts';
import { nearestRate } from '../../src/training/rate.ts';
import { scheduledUnits } from '../../src/training/schedule.ts';
import { realLearningRate } from '../../src/training/trainer.ts';
import { type Fold, runTrial, type TrialStep } from '../../src/training/trials.ts';
import { embedderOf, pictureOfTable, readTable } from '../files/tables.ts';
import type { Json } from '../runs/run.ts';
import {
  type ClassWeights,
  type FitInputs,
  type FitSettings,
  type NetworkSetting,
  passesOfShard,
  rowsOfFit,
  rowsOfShard,
  rowsTrained,
  shapeOfSettings,
  sourceOfFit,
} from './fitPlan.ts';

/** Settings with what they came to on the validation rows. */
export interface Trial {
  [key: string]: Json;
  settings: FitSettings;
  /** Validation rows, of all folds together. */
  rows: number;
  /** Rows right; null for regression. */
  right: number | null;
  /** Squared error as a share of the targets' variance; of softmax and sigmoid the mean cross-entropy. */
  error: number;
}

export interface Choices {
  [key: string]: Json;
  settings: FitSettings;
  /** Inputs and outputs of the network. */
  shape: { inputs: number; outputs: number };
  /** How many settings were tried, and how many of them left the range of the proofs. */
  tried: number;
  outOfRange: number;
  /** The best, best first. */
  best: Trial[];
}

const SCALINGS: Scaling[] = ['standard', 'min-max'];
const HIDDEN = [[], [16], [32]];
/** Of pictures: two convolutions that halve them, each with more channels, and a dense layer behind them. */
const CONVOLUTIONS = 'c8k3s2p1-c16k3s2p1';
const FEWEST_PIXELS = 4;
const BATCHES = [8, 32];
/** The gradient of cross-entropy grows with no output, so that greater steps stay in range. */
const RATES: Record<Head, number[]> = {
  'squared error': [0.2, 0.1, 0.05, 0.02, 0.01],
  softmax: [0.5, 0.2, 0.1, 0.05, 0.02],
  sigmoid: [0.5, 0.2, 0.1, 0.05, 0.02],
};
const FOLDS = 4;
/** Segments that a shard is taken at most. */
const MOST_EPOCHS = 4;
/** With a schedule, where nobody said how many segments. */
const SCHEDULED_EPOCHS = 4;
/** Multiplications of all trials together, at most: some seconds to a minute. */
const BUDGET = 2e10;
const FEWEST_ROWS = 256;
/** The best trials, whose settings are tried for longer, and those that are told. */
const MOST_LONG = 12;
const MOST_KEPT = 5;
/** Of the progress. */
const SHORT_SHARE = 0.7;

/** How much of the rows the trials take, so that they stay quick. */
interface Extent {
  folds: number;
  rows: number;
}

/**
 * Chooses the settings of a fit by trials on parts of its training rows. Nothing is random: the same inputs give the same choices.
 * @throws InputError where no settings can be tried, or all leave the range of the proofs
 */
export async function chooseSettings(inputs: FitInputs, onProgress: (fraction: number) => void): Promise<Choices> {
  const raw = await trainingRows(inputs);
  const { outputs } = raw;
  const { picture } = pictureOfTable(inputs.table, raw);
  const features = picture === undefined ? raw.inputs : pictureWidth(picture);
  const shape = { inputs: features, outputs, ...headOfFit(inputs, raw) };
  const all = candidatesOf(inputs, shape, picture);
  const fixed = all.length === 1 && all[0].lengths.length === 1;
  if (fixed) {
    return {
      settings: settingsOf(all[0], all[0].lengths[0]),
      shape: { inputs: features, outputs },
      tried: 0,
      outOfRange: 0,
      best: [],
    };
  }
  const bench = new Bench(raw, inputs, extentOf(all.map(short), shape, raw.features.length / raw.inputs));
  for (const [k, candidate] of all.entries()) {
    bench.try(short(candidate));
    onProgress(((k + 1) / all.length) * SHORT_SHARE);
  }
  const long = bench
    .best(MOST_LONG)
    .flatMap(({ settings }) => all.filter((one) => isOf(one, settings) && one !== short(one)));
  for (const [k, candidate] of [...new Set(long)].entries()) {
    bench.try(candidate);
    onProgress(SHORT_SHARE + ((k + 1) / long.length) * (1 - SHORT_SHARE));
  }
  const best = bench.best(MOST_KEPT);
  if (best.length === 0) {
    throw new InputError('Whatever was tried left the range of the proofs.', {
      hint: 'Give a smaller --lr, or a smaller --clip.',
      details: `${all.length} settings were tried.`,
    });
  }
  return {
    settings: best[0].settings,
    shape: { inputs: features, outputs },
    tried: all.length,
    outOfRange: bench.outOfRange,
    best,
  };
}

/** The same without lengths of more than one segment, where there are others: they are tried with the best settings alone. */
function short(candidate: Candidate): Candidate {
  const lengths = candidate.lengths.filter(({ epochs }) => epochs === 1);
  return lengths.length === 0 || lengths.length === candidate.lengths.length ? candidate : { ...candidate, lengths };
}

function isOf({ scaling, hidden, network, lr, batch }: Candidate, settings: FitSettings & NetworkSetting): boolean {
  const sameWidths = hidden.join() === settings.hidden.join() && network === settings.network;
  return sameWidths && scaling === settings.scaling && lr === settings.lr && batch === settings.batch;
}

/** The rows of the trials, and what they came to. */
class Bench {
  outOfRange = 0;
  readonly #raw: RawTable;
  readonly #inputs: FitInputs;
  readonly #extent: Extent;
  readonly #folds = new Map<Scaling, Fold[]>();
  #trials: Trial[] = [];

  constructor(raw: RawTable, inputs: FitInputs, extent: Extent) {
    this.#raw = raw;
    this.#inputs = inputs;
    this.#extent = extent;
  }

  try(candidate: Candidate): void {
    const { scaling } = candidate;
    const folds = this.#folds.get(scaling) ?? foldsOf(this.#raw, this.#inputs, scaling, this.#extent);
    this.#folds.set(scaling, folds);
    // What is tried with more lengths is not counted twice.
    this.#trials = this.#trials.filter(({ settings }) => !isOf(candidate, settings));
    const found = tryOne(folds, candidate, this.#inputs, sidesOf(folds));
    if (found === undefined) this.outOfRange++;
    else this.#trials.push(...found);
  }

  best(most: number): Trial[] {
    return this.#trials.toSorted((a, b) => worth(b, this.#inputs) - worth(a, this.#inputs)).slice(0, most);
  }
}

/** All settings that differ in more than how long is trained: one trial measures all lengths. */
interface Candidate extends NetworkSetting {
  head: Head;
  smoothing: number;
  scaling: Scaling;
  hidden: number[];
  lr: number;
  batch: number;
  lengths: { passes: number; epochs: number }[];
}

function settingsOf(
  { head, smoothing, scaling, hidden, network, lr, batch }: Candidate,
  length: { passes: number; epochs: number },
): FitSettings {
  return { head, smoothing, scaling, hidden, ...(network !== undefined && { network }), lr, batch, ...length };
}

/** What is trained: as it was said, and otherwise as is usual for the rows. @throws InputError where it does not go with them */
function headOfFit(inputs: FitInputs, { kind, outputs }: RawTable): { head: Head; smoothing: number } {
  const { head = usualHead(kind), smoothing = 0 } = givenOf(inputs);
  checkFit(head, kind);
  smoothingUnits(smoothing, head, outputs);
  return { head, smoothing };
}

interface FitShape {
  inputs: number;
  outputs: number;
  head: Head;
  smoothing: number;
}

function candidatesOf(inputs: FitInputs, shape: FitShape, picture: Picture | undefined): Candidate[] {
  const { head, smoothing } = shape;
  const given = givenOf(inputs);
  const training = rowsTrained(inputs);
  const candidates: Candidate[] = [];
  for (const layers of layersOf(given, shape.outputs, picture)) {
    const model = shapeOfSettings({ head, ...layers }, shape);
    const rows = rowsOfShard(model, training, inputs.rowsPerShard);
    const lengths = lengthsOf(inputs, {
      most: passesOfShard(model, rows),
      shards: Math.ceil(training / rows),
    });
    const batches = given.batch === undefined ? BATCHES.filter((b) => b <= 2 ** ceilLog2(rows)) : [given.batch];
    for (const batch of batches.length === 0 ? [1] : batches) {
      for (const lr of ratesOf(given.lr, batch, head, rateStep(model))) {
        for (const scaling of given.scaling === undefined ? SCALINGS : [given.scaling]) {
          candidates.push({ head, smoothing, scaling, ...layers, lr, batch, lengths });
        }
      }
    }
  }
  return candidates;
}

/** The networks that are tried: widths of hidden layers, or of pictures a convolutional network. */
function layersOf(
  { hidden, network }: Partial<FitSettings> & NetworkSetting,
  outputs: number,
  picture: Picture | undefined,
): ({ hidden: number[] } & NetworkSetting)[] {
  if (network !== undefined) return [{ hidden: [], network }];
  if (hidden !== undefined) return [{ hidden }];
  if (picture === undefined || picture.side < FEWEST_PIXELS) return HIDDEN.map((widths) => ({ hidden: widths }));
  const { side, channels } = picture;
  return [{ hidden: [], network: `${side}x${side}x${channels}-${CONVOLUTIONS}-${outputs}` }];
}

function givenOf({ given }: FitInputs): Partial<FitSettings> & NetworkSetting {
  return given as Partial<FitSettings> & NetworkSetting;
}

/** Inputs and outputs of the rows as they are trained on. */
function sidesOf([{ training }]: readonly Fold[]): { inputs: number; outputs: number } {
  return { inputs: training.inputs, outputs: training.outputs };
}

/** Possible rates near those of the list, each once. */
function ratesOf(given: number | undefined, batch: number, head: Head, step: number): number[] {
  if (given !== undefined) return [nearestRate(given, batch, step).rate];
  const unit = realLearningRate({ lr: step, batch });
  const rates = RATES[head].filter((rate) => rate >= unit / 2).map((rate) => nearestRate(rate, batch, step).rate);
  return rates.length === 0 ? [unit] : [...new Set(rates)];
}

function lengthsOf(
  inputs: FitInputs,
  { most, shards }: { most: number; shards: number },
): { passes: number; epochs: number }[] {
  const { schedule, earlyStop } = inputs;
  const { passes, epochs } = givenOf(inputs);
  const powers = Array.from({ length: ceilLog2(most) + 1 }, (_, k) => 2 ** k);
  if (passes !== undefined && epochs !== undefined) return [{ passes, epochs }];
  const times = Array.from({ length: MOST_EPOCHS }, (_, k) => k + 1);
  if (passes !== undefined) return times.map((epochs) => ({ passes, epochs }));
  const fixed = epochs ?? (schedule !== 'constant' || earlyStop !== null ? SCHEDULED_EPOCHS : undefined);
  if (fixed !== undefined) return powers.map((passes) => ({ passes, epochs: fixed }));
  // Of several shards the rows of one are not gone through many times before the next.
  if (shards > 1) return times.map((epochs) => ({ passes: 1, epochs }));
  return [
    ...powers.map((passes) => ({ passes, epochs: 1 })),
    ...times.slice(1).map((epochs) => ({ passes: most, epochs })),
  ];
}

/** Fewer folds first, then fewer rows. */
function extentOf(all: readonly Candidate[], shape: { inputs: number; outputs: number }, rows: number): Extent {
  const work = all.reduce((sum, { lengths, ...candidate }) => {
    const parameters = multiplyAdds(shapeOfSettings(candidate, shape));
    const passes = Math.max(...lengths.map(({ passes, epochs }) => passes * epochs));
    return sum + 3 * parameters * passes;
  }, 0);
  const extent = { folds: rows < FOLDS ? rows : FOLDS, rows: Math.min(rows, 4096) };
  if (work * extent.folds * extent.rows > BUDGET) extent.folds = 1;
  while (work * extent.folds * extent.rows > BUDGET && extent.rows > FEWEST_ROWS) {
    extent.rows = Math.max(FEWEST_ROWS, Math.ceil(extent.rows / 2));
  }
  return extent;
}

/** The training rows as they are in the file, in the order of the fit. */
async function trainingRows(inputs: FitInputs): Promise<RawTable> {
  const raw = await readTable(inputs.table);
  const { shuffle } = sourceOfFit(inputs, 'standard');
  const total = raw.features.length / raw.inputs;
  const order = shuffle === 'none' ? undefined : shuffledOrder(total, shuffle!);
  const { training, validation } = rowsOfFit(inputs);
  return pickRows(
    raw,
    Array.from({ length: training + validation }, (_, k) => order?.[k] ?? k),
  );
}

/** Every row is in the validation part of one fold; of a single fold, every fourth row is. */
function foldsOf(raw: RawTable, inputs: FitInputs, scaling: Scaling, extent: Extent): Fold[] {
  const { clip, missing, unitLength } = sourceOfFit(inputs, scaling);
  const embedder = embedderOf(inputs.table);
  const rows = Array.from({ length: extent.rows }, (_, r) => r);
  return Array.from({ length: extent.folds }, (_, f) => {
    const parts = Math.max(2, Math.min(FOLDS, extent.rows));
    // Both alike: what is rare weighs as much where it is measured.
    const outside = repeatedRows(
      raw,
      rows.filter((r) => r % parts === f),
      inputs,
    );
    const inside = repeatedRows(
      raw,
      rows.filter((r) => r % parts !== f),
      inputs,
    );
    const { table, description } = prepareDataset(pickRows(raw, [...inside, ...outside]), {
      name: '',
      source: '',
      shuffle: 'none',
      missing: missing ?? 'refuse',
      unitLength,
      ...pictureOfTable(inputs.table, raw),
      ...(embedder && { embedder }),
      scaling,
      ...(clip !== null && { clip }),
      training: { first: 0, rows: inside.length },
    });
    const { schema } = description;
    return {
      training: makeShard(table, { first: 0, rows: inside.length }, 0n, schema),
      validation: makeShard(table, { first: inside.length, rows: outside.length }, 0n, schema),
    };
  });
}

/** Rows of the raw table, those of each class as often as it weighs. */
function repeatedRows(raw: RawTable, rows: number[], { classWeights, table }: FitInputs): number[] {
  if (classWeights === null) return rows;
  const order = repeatedOrder(pickRows(raw, rows), repeatsOf(rows.length, classWeights.times, table.shuffle));
  return Array.from(order, (k) => rows[k]);
}

/**
 * What weights of classes come to on the rows that are trained on.
 * @throws InputError where there are no classes, or a weight is of none of them
 */
export async function weighClasses(inputs: FitInputs, said: string[]): Promise<ClassWeights> {
  const raw = await trainingRows(inputs);
  if (raw.kind !== 'classes') {
    throw new InputError('Weights are of classes; these rows have none.', { hint: 'Leave out --class-weights.' });
  }
  const classes = (raw.classes ?? Array.from({ length: raw.outputs }, (_, k) => `${k}`)).map((name) =>
    name.normalize('NFC'),
  );
  const { training } = rowsOfFit(inputs);
  const labels = Array.from({ length: training }, (_, r) => raw.labels[r]);
  const times = classTimes(said, classes, labels);
  return { said, times, classes, rows: labels.reduce((sum, label) => sum + times[label], 0) };
}

/** One trial for all lengths where the rate stays; one for each where it follows a schedule. */
function tryOne(
  folds: readonly Fold[],
  candidate: Candidate,
  { schedule }: FitInputs,
  shape: { inputs: number; outputs: number },
): Trial[] | undefined {
  const { head, lr, batch, lengths } = candidate;
  const model = shapeOfSettings(candidate, shape);
  const step = rateStep(model);
  const { units } = nearestRate(lr, batch, step);
  const smoothing = smoothingUnits(candidate.smoothing, head, shape.outputs);
  const spread = folds.reduce((sum, fold) => sum + spreadOf(fold), 0);
  const measure = (steps: TrialStep[], at: Candidate['lengths']) =>
    runTrial(folds, model, { batch, smoothing }, steps)?.map(({ rows, right, loss }, k) => ({
      settings: settingsOf(candidate, at[k]),
      rows,
      right: right ?? null,
      error: head === 'squared error' ? (loss * rows) / spread : loss,
    }));
  if (schedule === 'constant') {
    const totals = lengths.map(({ passes, epochs }) => passes * epochs);
    const steps = totals.map((total, k) => ({ passes: total - (totals[k - 1] ?? 0), lr: units }));
    return measure(steps, lengths);
  }
  const found = lengths.map((length) => {
    const { passes, epochs } = length;
    const steps = Array.from({ length: epochs }, (_, k) => ({
      passes,
      lr: scheduledUnits(schedule, units, k, epochs, step),
    }));
    return measure(steps, Array(epochs).fill(length))?.at(-1);
  });
  return found.includes(undefined) ? undefined : found.map((trial) => trial!);
}

/** Sum over the validation rows of the squared distance of the targets from their mean in training. */
function spreadOf({ training, validation }: Fold): number {
  const means = Array.from({ length: training.outputs }, (_, i) => sumOf(training, i, (y) => y) / training.rows);
  return means.reduce((sum, mean, i) => sum + sumOf(validation, i, (y) => (y - mean) ** 2), 0);
}

function sumOf(shard: Shard, output: number, value: (y: number) => number): number {
  const first = output << shardRowBits(shard);
  let sum = 0;
  for (let s = 0; s < shard.rows; s++) sum += value(shard.Y[first + s] / 2 ** ACTIVATION_BITS);
  return sum;
}

/**
 * What settings are worth: rows right and, where these are as many, less error. A further segment, which is a further proof, must
 * gain half a row, or a hundredth of the error; a hidden layer a row, or two hundredths, which is less than the luck of the seed
 * makes of small tables.
 */
function worth({ right, error, settings }: Trial, inputs: FitInputs): number {
  const lasting = inputs.given.epochs === undefined ? settings.epochs - 1 : 0;
  const { hidden, network } = settings as FitSettings & NetworkSetting;
  const layers = network === undefined ? hidden.length : network.split('-').length - 2;
  const cost = lasting + 2 * layers;
  return right === null ? -error * (1 + cost / 100) : right - cost / 2 - error / 1000;
}
