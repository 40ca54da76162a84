import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Hex } from 'viem';
import { InputError } from '../../src/errors/InputError.ts';
import { MAX_PARENTS, MIN_PARENTS } from '../../src/model/merge.ts';
import { FEWEST_CANDIDATES, usualPopulation } from '../../src/training/cmaes.ts';
import { askBeforeSearch, childFolder, mergeWinner, registerWinner, scoreWinner } from '../actions/evolveChild.ts';
import { LOG_FILE, requireApart, requireBetter, searchMerge } from '../actions/evolveRun.ts';
import type { EvolveInputs } from '../actions/evolveTypes.ts';
import { sumOf } from '../actions/scoreAll.ts';
import { registryOf } from '../chain/readPlaces.ts';
import { readWeightsFile } from '../files/models.ts';
import { parseId } from '../runs/ids.ts';
import type { Destination } from '../runs/programs/runProgram.ts';
import { proveHere } from '../runs/proveHere.ts';
import { Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import { requireSchemas } from '../runs/schemas.ts';
import { listShards, type ShardEntry } from '../runs/shards.ts';
import type { Output } from '../terminal/output.ts';
import { ether } from './benchmarkRules.ts';
import { type Board, openBoard } from './board.ts';
import { renderEvolved } from './evolveTexts.ts';
import { listParents } from './merge.ts';
import {
  type CommonOptions,
  namedContract,
  natural,
  outputOf,
  positive,
  type ScoreboardOptions,
  withCommon,
  withScoreboard,
  withStatement,
} from './options.ts';
import { contextOf } from './prove.ts';
import { rankModel } from './rank.ts';

interface EvolveOptions extends CommonOptions, ScoreboardOptions {
  parents: string[];
  dev: string[];
  generations: number;
  population?: number;
  seed: number;
  heldOut?: string[];
  benchmark?: string;
  fee?: bigint;
  jobs?: number;
  anyway?: boolean;
  otherSchema?: boolean;
  run?: string;
}

const HELP = `
CMA-ES searches the coefficients that each layer takes of each parent. A child counts as better where it has more dev rows right or,
with as many, less log-loss (squared error with that head), in the integers that a score proves. Nothing of the search is proved:
what is, is the child that it found, by the edge that descent merge makes, and its score on rows held out. The log (evolve.jsonl) has
every child that was tried; the same command goes on after it to the same child. evolve.svg shows the search.

With --registry and a key the child is proved and registered, with --scoreboard its results on --held-out too, and with --benchmark,
whose shards these are, it enters the leaderboard. With --trainer it is proved and its edge file is left to be sent. A child that is
not better on the dev rows than each of its parents is refused, unless --anyway.`;

export function addEvolveCommand(program: Command): void {
  withCommon(withScoreboard(withStatement(program.command('evolve'))))
    .description('search for the merge of some models that does best on dev rows; with --registry, prove it')
    .requiredOption('--parents <weights...>', 'weights files (model.safetensors), 2 to 8')
    .requiredOption('--dev <files or runs...>', 'rows that the search sees: shard files, or runs of data')
    .requiredOption('--generations <number>', 'of the search, at most', positive)
    .option('--population <number>', 'children of a generation (default: 4 + 3 ln(layers * parents))', positive)
    .option('--seed <number>', 'of the search, 0 to 999999999', natural, 1)
    .option('--held-out <files or runs...>', 'rows that it does not see, on which its winner is scored')
    .option('--benchmark <id>', 'the benchmark whose shards are held out: enter the winner in it')
    .option('--fee <ether>', "the most to pay as the benchmark's entry fee", ether)
    .option('--jobs <number>', 'children measured at a time, then proofs (default: one for each core)', positive)
    .option('--anyway', 'go on with a winner that is not better than every parent')
    .option('--other-schema', 'go on where the rows have other columns, scaling or classes than a parent was made for')
    .option('--run <name>', 'name of the run folder (default: made of the inputs)')
    .addHelpText('after', HELP)
    .action(async (options: EvolveOptions) => {
      const output = outputOf(options);
      // The chain first: nothing is written when the options are incomplete.
      const place = await placeOf(options);
      const inputs = inputsOf(options);
      const heldOut = options.heldOut === undefined ? [] : listShards(options.heldOut, options.runs);
      requireApart(inputs.dev, heldOut);
      for (const { parent, parentSha256 } of inputs.parents) {
        const { schema } = readWeightsFile(parent, parentSha256);
        const shards = [...inputs.dev, ...heldOut];
        requireSchemas({ name: parent, schema }, shards, options.otherSchema === true, output);
      }
      const run = Run.start(runFolder(options.runs, options.run ?? defaultName(inputs)), 'evolve', inputs);
      try {
        await evolve(run, inputs, heldOut, { options, place, output });
      } finally {
        run.close();
      }
    });
}

/** Where the winner goes: registered by a key, or proved for a trainer who will send it. */
interface Place extends Partial<Pick<Board, 'account'>> {
  destination: Destination;
  board: Board | undefined;
  benchmark: Hex | undefined;
}

interface Evolving {
  options: EvolveOptions;
  place: Place | undefined;
  output: Output;
}

async function evolve(run: Run, inputs: EvolveInputs, heldOut: ShardEntry[], { options, place, output }: Evolving) {
  const jobs = options.jobs ?? availableParallelism();
  const register = place?.account && {
    chain: place.destination.chain,
    registry: place.destination.registry,
    scoreboard: place.board?.scoreboard,
    benchmark: place.benchmark,
    account: place.account,
  };
  if (place !== undefined) {
    const { chain, registry } = place.destination;
    const { board, benchmark } = place;
    await askBeforeSearch(run, inputs, heldOut, { chain, registry, scoreboard: board?.scoreboard, benchmark, output });
  }
  const search = await searchMerge(run, inputs, jobs, output);
  if (!options.anyway) requireBetter(search, run.folder);
  const child = await mergeWinner(run, inputs, search, output);
  const registered = register && (await registerWinner(run, register, output));
  const edges = place !== undefined && register === undefined ? await proveEdge(run, place, output) : [];
  const context = place?.board && { ...place.board, jobs, output };
  const held =
    heldOut.length === 0
      ? undefined
      : await scoreWinner(run, inputs, { model: child.model, heldOut }, { context, output });
  const ranked =
    place?.board && place.benchmark && registered
      ? await rankModel(place.board, place.benchmark, registered.proof.id, options)
      : undefined;
  const [log, curve] = [join(run.folder, LOG_FILE), run.file('search', 'curve')];
  const evolved = { search, child, registered, edges, held: held && { ...held, sum: sumOf(held.scores) }, ranked };
  output.result(
    {
      run: run.folder,
      model: child.model,
      log,
      curve,
      ...search,
      id: registered?.proof.id,
      submission: registered?.submission,
      edges,
      heldOut: held && {
        ...sumOf(held.scores),
        parents: held.parents,
        shards: held.scores.map((score, k) => ({ ...score, ...held.scored[k] })),
      },
      ranked,
    },
    renderEvolved(evolved, { log, curve, isComplete: place !== undefined, next: options }),
  );
}

/** Proves the winner for a trainer who will send it. */
async function proveEdge(run: Run, { destination }: Place, output: Output) {
  const part = Run.open(childFolder(run));
  try {
    const edges = await proveHere(part, destination, output);
    return edges.map((edge) => ({ ...edge, file: join(part.folder, edge.file) }));
  } finally {
    part.close();
  }
}

/** @throws InputError for options that do not go together; DescentError (chain) */
async function placeOf(options: EvolveOptions): Promise<Place | undefined> {
  const benchmark = options.benchmark === undefined ? undefined : parseId(options.benchmark, 'benchmark');
  if (benchmark !== undefined && options.heldOut === undefined) {
    throw new InputError('Where are the rows of the benchmark?', {
      hint: 'Name its shards with --held-out: the chain has their commitments alone.',
    });
  }
  if (benchmark !== undefined) namedContract(options.scoreboard, 'scoreboard');
  if (benchmark !== undefined && options.trainer !== undefined) {
    throw new InputError('--trainer is for the edge alone.', { hint: 'Results are sent: give the key.' });
  }
  if (options.registry === undefined && benchmark === undefined) return undefined;
  const destination = await contextOf(options);
  if (options.trainer !== undefined) return { destination, board: undefined, benchmark };
  const { loadAccount } = await import('../chain/keys.ts');
  const account = loadAccount(options, destination.chain.id);
  if (options.scoreboard === undefined || options.heldOut === undefined) {
    return { destination, account, board: undefined, benchmark };
  }
  const board = await openBoard(options);
  const other = await registryOf(board.chain, board.scoreboard);
  if (other.toLowerCase() !== destination.registry.toLowerCase()) {
    throw new InputError(
      `The scoreboard ${board.scoreboard} is of the registry ${other}, not of ${options.registry}.`,
      {
        hint: 'Give --registry and --scoreboard of one deployment.',
      },
    );
  }
  return { destination, account, board, benchmark };
}

function inputsOf(options: EvolveOptions): EvolveInputs {
  const parents = listParents(options.parents);
  if (parents.length < MIN_PARENTS || parents.length > MAX_PARENTS) {
    throw new InputError(`A merge has ${MIN_PARENTS} to ${MAX_PARENTS} parents, not ${parents.length}.`);
  }
  const { layers } = readWeightsFile(parents[0].parent, parents[0].parentSha256);
  const { population = usualPopulation(layers.length * parents.length) } = options;
  if (population < FEWEST_CANDIDATES) {
    throw new InputError(`A generation has at least ${FEWEST_CANDIDATES} candidates, not ${population}.`);
  }
  return {
    parents,
    dev: listShards(options.dev, options.runs),
    generations: options.generations,
    population,
    seed: options.seed,
    ...(options.otherSchema && { otherSchema: 'yes' }),
  };
}

function defaultName(inputs: EvolveInputs): string {
  return `evolve-${createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 8)}`;
}
