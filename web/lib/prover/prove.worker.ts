// Trains and proves apart from the page. What it is given stays in it: it fetches keys, and sends back proofs.
import type { Srs } from '../../../src/argument/curve.ts';
import { DescentError } from '../../../src/errors/DescentError.ts';
import { type AnyShape, encodeAnyShape, isNetworkShape } from '../../../src/model/anyShape.ts';
import { scoreCapacity, seedCapacity, trainCapacity } from '../../../src/model/capacity.ts';
import { checkFit } from '../../../src/model/head.ts';
import { type AnyWeights, shapeOf } from '../../../src/model/networkWeights.ts';
import { schemaHash } from '../../../src/model/schema.ts';
import { encodeShard } from '../../../src/model/shape.ts';
import type { Shard } from '../../../src/model/shard.ts';
import { readShard, writeShard } from '../../../src/model/shardFile.ts';
import { readModel, writeWeights } from '../../../src/model/weightsFile.ts';
import { PROOF_POWERS } from '../../../src/numbers/constants.ts';
import { randomElement } from '../../../src/numbers/field.ts';
import type { CircuitFiles } from '../../../src/proof/groth16/groth16.ts';
import { type ProofResult, Prover } from '../../../src/proof/prover.ts';
import { formatEdge } from '../../../src/registry/edge.ts';
import { modelId, shardId } from '../../../src/registry/ids.ts';
import { type Circuit, circuitOf } from '../../../src/registry/programs/list.ts';
import { circuitFor } from '../../../src/registry/statement.ts';
import { forwardTrace } from '../../../src/training/forward.ts';
import { modelOfSeed } from '../../../src/training/seed.ts';
import { checkPair, evaluate, trainSegment } from '../../../src/training/trainer.ts';
import { drawnShape } from '../drawnShape.ts';
import { wantedSmoothing } from '../training.ts';
import { fetchBytes } from './fetchBytes.ts';
import { installedKeys } from './installedKeys.ts';
import type {
  Goal,
  Plan,
  Prepared,
  ProvedStep,
  ProverContext,
  ProverReply,
  ProverRequest,
  StepName,
  WorkFiles,
} from './messages.ts';
import { plannedShape } from './networks.ts';
import { prepareRows } from './prepareRows.ts';

/** What is proved for each goal, in order. */
const STEPS: Record<Goal, StepName[]> = {
  new: ['data', 'seed', 'train'],
  further: ['data', 'train'],
  score: ['data', 'score'],
};

/** Everything that one visit of the page works on. */
interface Bench {
  base: string;
  shape: AnyShape;
  shard: Shard;
  /** rows to measure with, where there are any */
  test: Shard | undefined;
  prover: Prover;
  circuits: Partial<Record<Circuit, CircuitFiles>>;
  srs: Srs;
  /** where training starts, or what is scored */
  start: AnyWeights | undefined;
  /** where the last segment ended */
  now: AnyWeights | undefined;
}

let bench: Bench | undefined;

addEventListener('message', async ({ data }: MessageEvent<ProverRequest>) => {
  try {
    reply(await handle(data));
  } catch (error) {
    reply({ error: inWords(error) });
  }
});

async function handle(request: ProverRequest): Promise<ProverReply> {
  switch (request.kind) {
    case 'prepare':
      return { prepared: await prepare(request.plan, request.base) };
    case 'restore':
      await restore(request);
      return { restored: true };
    default:
      if (!bench) throw new Error('Choose the data first.');
      return { proved: await proveStep(bench, request) };
  }
}

async function proveStep(
  on: Bench,
  request: Exclude<ProverRequest, { kind: 'prepare' | 'restore' }>,
): Promise<ProvedStep> {
  const { prover, shard, shape } = on;
  const { kind, context } = request;
  switch (kind) {
    case 'data':
      await load(on, kind);
      return step(on, request, () => prover.proveData(context, shard, schemaHash(shard.schema), onStage));
    case 'seed': {
      const { seed, requestId, secret } = request;
      say('Draws the first weights');
      const weights = modelOfSeed(shape, seed, randomElement());
      on.start = weights;
      await load(on, kind);
      return step(on, request, () => prover.proveSeed(context, weights, { seed, requestId, secret }, onStage), weights);
    }
    case 'train': {
      const { first, lr, batch, passes } = request;
      const segment = { lr, batch, passes, smoothing: wantedSmoothing(drawnShape(shape), request.smoothing) };
      const parent = first ? on.start : on.now;
      if (!parent) throw new Error('Create the starting weights first.');
      say('Trains', 0);
      const { child, trace } = trainSegment(parent, shard, { ...segment, salt: randomElement() }, (at) =>
        say('Trains', at.step / at.steps),
      );
      await load(on, kind);
      const witness = { parent, child, shard, ...segment, trace };
      const proved = await step(on, request, () => prover.proveTrain(context, witness, onStage), child);
      on.now = child;
      return proved;
    }
    case 'score': {
      const model = on.start;
      if (!model) throw new Error('Choose the weights first.');
      say('Runs the model on the rows');
      const forward = forwardTrace(model, shard);
      await load(on, kind);
      const proved = await step(on, request, () => prover.proveScore(context, { model, shard, forward }, onStage));
      return { ...proved, measured: measure(model, shard) };
    }
  }
}

async function prepare(plan: Plan, base: string): Promise<{ prepared: Prepared; files: WorkFiles }> {
  say('Reads the data');
  const { goal } = plan;
  const model = plan.model && readModel(plan.model);
  const { shard, test, classes, baseline, notes } = await prepareRows(plan, base, model);
  const network = plan.source.kind === 'digits' ? plan.source.network : undefined;
  const shape = model ? shapeOf(model) : plannedShape({ ...plan, network }, shard);
  checkFit(shape.head, shard.kind);
  if (model) checkPair(model, shard);
  if (goal === 'score') scoreCapacity(shape, shard.rows);
  else trainCapacity(shape, shard.rows);
  if (!model) seedCapacity(isNetworkShape(shape) ? shape : shape.widths);
  const on = await open({ base, shape, shard, test, start: model, now: undefined });
  say('Computes the commitments');
  const ids = {
    shard: shardId(await on.prover.commitShard(shard), encodeShard(shard)),
    ...(model && { model: modelId(await on.prover.commitModel(model), encodeAnyShape(shape)) }),
  };
  const { rows, kind } = shard;
  return {
    prepared: {
      goal,
      steps: STEPS[goal],
      shape,
      rows,
      testRows: test?.rows ?? 0,
      kind,
      classes,
      baseline,
      notes,
      ...ids,
    },
    files: {
      shard: writeShard(shard),
      ...(test && { test: writeShard(test) }),
      ...(plan.model && { start: plan.model }),
    },
  };
}

/** Takes up what an earlier visit kept. */
async function restore({ shape, files, base }: Extract<ProverRequest, { kind: 'restore' }>): Promise<void> {
  const [start, now] = [files.start, files.now].map((bytes) => bytes && readModel(bytes));
  const test = files.test && readShard(files.test);
  await open({ base, shape, shard: readShard(files.shard), test, start, now });
}

async function open(given: Omit<Bench, 'prover' | 'circuits' | 'srs'>): Promise<Bench> {
  const { base } = given;
  say('Fetches the powers of tau', 0);
  const points = await fetchBytes(`${base}/files/srs.points?points=${PROOF_POWERS}`, (fraction) =>
    say('Fetches the powers of tau', fraction),
  );
  if (points.length < 64 * PROOF_POWERS) throw new Error('This page has too few powers of tau.');
  await bench?.prover.close();
  const circuits: Bench['circuits'] = {};
  const srs = { size: PROOF_POWERS, points };
  bench = { ...given, circuits, srs, prover: await Prover.create({ srs, circuits }) };
  return bench;
}

/** The circuit of one program for the chosen network, and its key; those of the others are let go, they are large. */
async function load({ base, shape, circuits }: Bench, program: StepName): Promise<void> {
  const circuit = circuitOf(program, isNetworkShape(shape));
  if (circuits[circuit]) return;
  for (const other of Object.keys(circuits) as Circuit[]) delete circuits[other];
  const stage = `Fetches the proving key of ${circuit}`;
  say(stage, 0);
  const [wasm, zkey] = await Promise.all([
    fetchBytes(`${base}/files/${circuit}.wasm`),
    fetchBytes(`${base}/files/${circuit}.zkey`, (fraction) => say(stage, fraction)),
  ]);
  circuits[circuit] = { wasm, zkey };
}

/** @param weights what came out, where there are any */
async function step(
  { base, test }: Bench,
  { context, devKeys }: { context: ProverContext; devKeys: boolean },
  prove: () => Promise<ProofResult>,
  weights?: AnyWeights,
): Promise<ProvedStep> {
  const began = performance.now();
  const { statement, proof, stages } = await prove();
  const { verificationKey } = await installedKeys(circuitFor(statement), base);
  const metadata = { name: 'made in a browser' };
  const text = formatEdge({ context, statement, proof, verificationKey, devKeys, metadata });
  const seconds = (performance.now() - began) / 1000;
  const measured = weights && test && measure(weights, test);
  return {
    text,
    seconds,
    stages,
    ...(measured !== undefined && { measured }),
    ...(weights && { weights: writeWeights(weights) }),
  };
}

function measure(weights: AnyWeights, test: Shard): number {
  const { right, rows, loss } = evaluate(weights, test);
  return right === undefined ? loss : right / rows;
}

function onStage(name: string): void {
  say(name === 'groth16' ? 'Makes the Groth16 proof' : `Proves: ${name}`);
}

function say(stage: string, fraction?: number): void {
  const keys = Object.values(bench?.circuits ?? {}).reduce(
    (sum, files) => sum + files.wasm.length + files.zkey.length,
    0,
  );
  const memory = keys + (bench?.srs.points.length ?? 0);
  reply({ progress: { stage, memory, ...(fraction !== undefined && { fraction }) } });
}

function reply(message: ProverReply): void {
  postMessage(message);
}

function inWords(error: unknown) {
  if (error instanceof DescentError) {
    const { shortMessage: title, hint, details } = error;
    return { title, ...(hint && { hint }), ...(details && { details }) };
  }
  return { title: error instanceof Error ? error.message : String(error) };
}
