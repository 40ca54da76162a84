import { join } from 'node:path';
import { DescentError } from '../../src/errors/DescentError.ts';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { checkMerge, MERGE_ONE } from '../../src/model/merge.ts';
import { averageCoefficients, type Coefficients } from '../../src/model/merge-recipes.ts';
import { type AnyWeights, headOf, shapeText } from '../../src/model/networkWeights.ts';
import type { Shard } from '../../src/model/shard.ts';
import { Cmaes } from '../../src/training/cmaes.ts';
import { compareFitness, type Fitness, fitnessOf } from '../../src/training/fitness.ts';
import { readShardFile, readWeightsFile } from '../files/models.ts';
import type { Run } from '../runs/run.ts';
import type { ShardEntry } from '../runs/shards.ts';
import type { Output } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import { drawSearch } from './evolveCurve.ts';
import { type Candidate, EvolveLog, type Generation } from './evolveLog.ts';
import { createEvolvePool } from './evolvePool.ts';
import type { EvolveInputs, GenerationFigures, SearchOutcome, Worth } from './evolveTypes.ts';

/** Standard deviation of a coefficient in the first generation, as a factor. */
const FIRST_STEPS = 0.25;
/** Below this no coefficient changes any more. */
const LEAST_SPREAD = 0.25 / MERGE_ONE;
export const LOG_FILE = 'evolve.jsonl';

/**
 * Stage `search` of a run: the coefficients of the best child of some parents, by CMA-ES on the dev rows. Each generation is
 * safe in the log before the next; begun again, the search asks for the same candidates and takes from the log what is known
 * of them. The result does not depend on `jobs`.
 * @param jobs threads
 * @throws InputError for parents that do not go together or with the rows; DescentError where no child can be proved
 */
export async function searchMerge(
  run: Run,
  inputs: EvolveInputs,
  jobs: number,
  output: Output,
): Promise<SearchOutcome> {
  const begin = await run.stage('parents', async () => {
    output.progress.stage(`measure ${counted(inputs.parents.length, 'parent')}`);
    const { parents, shards } = readFiles(inputs);
    checkMerge(parents, averageCoefficients(parents[0].layers.length, Array(parents.length).fill(1)));
    const worths = parents.map((parent) => worthOf(fitnessOf(parent, shards)));
    output.progress.done();
    const { kind, outputs } = shards[0];
    const rows = shards.reduce((sum, shard) => sum + shard.rows, 0);
    const [{ layers }] = parents;
    const about = {
      shape: shapeText(parents[0]),
      head: headOf(parents[0]),
      kind,
      rows,
      outputs,
      layers: layers.length,
    };
    return { ...about, parents: worths };
  });
  return run.stage('search', async (put): Promise<SearchOutcome> => {
    const { layers, ...about } = begin;
    const all = await searchGenerations(run, inputs, { layers, jobs, output });
    const best = bestOf(all);
    if (best === undefined) {
      throw new DescentError('No child that was tried can be proved: all leave the range of the proofs.', {
        exit: 'proof',
        hint: 'Give parents with smaller weights.',
      });
    }
    const average = all[0].candidates[0].fitness;
    const outcome: SearchOutcome = {
      ...about,
      average: average === undefined ? null : worthOf(average),
      winner: {
        generation: best.generation,
        coefficients: best.coefficients,
        worth: worthOf(best.fitness),
      },
      beats: begin.parents.every((worth) => compareFitness(best.fitness, fitnessOfWorth(worth)) < 0),
      generations: all.map(figuresOf),
      measured: all.reduce((sum, { candidates }) => sum + candidates.length, 0),
    };
    put('curve', 'evolve.svg', drawSearch(outcome));
    return outcome;
  });
}

async function searchGenerations(
  run: Run,
  inputs: EvolveInputs,
  { layers, jobs, output }: { layers: number; jobs: number; output: Output },
): Promise<Generation[]> {
  const { generations, population, seed } = inputs;
  const parents = inputs.parents.length;
  const log = new EvolveLog(join(run.folder, LOG_FILE));
  const strategy = new Cmaes(Array(layers * parents).fill(1 / parents), FIRST_STEPS, { seed, population });
  const total = 1 + generations * population;
  const all: Generation[] = [];
  output.progress.stage(`search: ${counted(generations, 'generation')} of ${population}`);
  const pool = createEvolvePool(inputs, Math.min(jobs, population));
  try {
    for (let generation = 0; generation <= generations; generation++) {
      if (generation > 0 && strategy.spread < LEAST_SPREAD) break;
      const wanted =
        generation === 0
          ? [averageCoefficients(layers, Array(parents).fill(1))]
          : strategy.ask().map((x) => coefficientsOf(x, parents));
      const before = 1 + (generation - 1) * population;
      const known = log.known[generation];
      if (known !== undefined) requireSame(known, wanted, log.path);
      const measured = known ?? (await measure(generation, wanted, (done) => tell(before + done)));
      if (known === undefined) log.add(measured);
      all.push(measured);
      if (generation > 0) strategy.tell(orderOf(measured.candidates));
    }
  } finally {
    await pool.close();
  }
  output.progress.done();
  return all;

  function tell(done: number): void {
    const best = bestOf(all);
    const detail = best === undefined ? '' : `best so far ${describeShort(best.fitness)}`;
    output.progress.update(done / total, detail);
  }

  async function measure(generation: number, wanted: Coefficients[], onDone: (done: number) => void) {
    const found = await pool.measure(wanted, onDone);
    return { generation, candidates: wanted.map((coefficients, k) => ({ coefficients, fitness: found[k] })) };
  }
}

function describeShort({ right, error }: Fitness): string {
  return right === null ? `error ${error}` : `${right} right`;
}

function readFiles({ parents, dev }: EvolveInputs): { parents: AnyWeights[]; shards: Shard[] } {
  return {
    parents: parents.map(({ parent, parentSha256 }) => readWeightsFile(parent, parentSha256)),
    shards: dev.map(({ shard, shardSha256 }) => readShardFile(shard, shardSha256)),
  };
}

/** A point of the search as coefficients: layer by layer, in each by parents. What is out of range stays so, and is no child. */
function coefficientsOf(x: Float64Array, parents: number): Coefficients {
  const rounded = Array.from(x, (value) => Math.round(value * MERGE_ONE) + 0);
  return Array.from({ length: x.length / parents }, (_, l) => rounded.slice(l * parents, (l + 1) * parents));
}

/** Places of the candidates, best first; those that cannot be proved come last. */
function orderOf(candidates: readonly Candidate[]): number[] {
  return candidates
    .map((_, k) => k)
    .sort((i, j) => {
      const [a, b] = [candidates[i].fitness, candidates[j].fitness];
      if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined) || i - j;
      return compareFitness(a, b) || i - j;
    });
}

/** Of all generations the best child; of equals the first. */
function bestOf(
  all: readonly Generation[],
): { generation: number; coefficients: Coefficients; fitness: Fitness } | undefined {
  let best: { generation: number; coefficients: Coefficients; fitness: Fitness } | undefined;
  for (const { generation, candidates } of all) {
    for (const { coefficients, fitness } of candidates) {
      if (fitness === undefined || (best !== undefined && compareFitness(fitness, best.fitness) >= 0)) continue;
      best = { generation, coefficients, fitness };
    }
  }
  return best;
}

function figuresOf({ generation, candidates }: Generation): GenerationFigures {
  const proved = candidates.flatMap(({ fitness }) => (fitness === undefined ? [] : [fitness]));
  const mean = (value: (fitness: Fitness) => number) =>
    proved.reduce((sum, one) => sum + value(one), 0) / proved.length;
  const [first] = proved.toSorted(compareFitness);
  return {
    generation,
    best: first === undefined ? null : worthOf(first),
    mean:
      first === undefined
        ? null
        : {
            right: first.right === null ? null : mean(({ right }) => right!),
            error: mean(({ error }) => Number(error)),
          },
    outOfRange: candidates.length - proved.length,
  };
}

function requireSame({ generation, candidates }: Generation, wanted: Coefficients[], path: string): void {
  if (JSON.stringify(candidates.map(({ coefficients }) => coefficients)) === JSON.stringify(wanted)) return;
  throw new FileFormatError(`Generation ${generation} of ${path} is not what this search asks for.`, {
    hint: 'Another version of Node.js or of Descent wrote it: give another name with --run.',
  });
}

export function worthOf({ right, error }: Fitness): Worth {
  return { right, error: `${error}` };
}

function fitnessOfWorth({ right, error }: Worth): Fitness {
  return { right, error: BigInt(error) };
}

/**
 * @throws DescentError (NOT_BETTER) for a winner that is not better than every parent
 */
export function requireBetter({ beats, parents, winner }: SearchOutcome, folder: string): void {
  if (beats) return;
  const better = parents.findIndex((worth) => compareFitness(fitnessOfWorth(winner.worth), fitnessOfWorth(worth)) >= 0);
  throw new DescentError(
    `The best child is not better on the dev rows than parent ${better + 1}: nothing is proved or registered.`,
    {
      code: 'NOT_BETTER',
      exit: 'usage',
      details: `\nparent ${better + 1}: ${describeShort(fitnessOfWorth(parents[better]))}; child: ${describeShort(
        fitnessOfWorth(winner.worth),
      )}. The search is kept in ${folder}.`,
      hint: 'Search for more --generations, take other parents, or go on with --anyway.',
    },
  );
}

/** @throws InputError where held-out shards are among the dev shards: the same file, or the same rows under another salt */
export function requireApart(dev: readonly ShardEntry[], heldOut: readonly ShardEntry[]): void {
  const rowsOf = ({ shard, shardSha256 }: ShardEntry) => ({ file: shard, ...readShardFile(shard, shardSha256) });
  const known = dev.map(rowsOf);
  for (const entry of heldOut) {
    const held = rowsOf(entry);
    const same = known.find(({ rows, X, Y }) => rows === held.rows && isEqual(X, held.X) && isEqual(Y, held.Y));
    if (same === undefined) continue;
    throw new InputError(`The rows of ${entry.shard} are dev rows and held out.`, {
      hint: 'Hold out rows that the search does not see.',
      ...(same.file !== entry.shard && { details: `${same.file} has the same rows.` }),
    });
  }
}

function isEqual(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}
