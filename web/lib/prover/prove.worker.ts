// Trains and proves apart from the page. What it is given stays in it: it fetches keys, and sends back proofs.
import type { Srs } from '../../../src/argument/curve.ts';
import { DescentError } from '../../../src/errors/DescentError.ts';
import { type AnyShape, isNetworkShape } from '../../../src/model/anyShape.ts';
import { seedCapacity, trainCapacity } from '../../../src/model/capacity.ts';
import { checkFit } from '../../../src/model/head.ts';
import type { AnyWeights } from '../../../src/model/networkWeights.ts';
import { schemaHash } from '../../../src/model/schema.ts';
import type { Shard } from '../../../src/model/shard.ts';
import { writeShard } from '../../../src/model/shardFile.ts';
import { writeWeights } from '../../../src/model/weightsFile.ts';
import { PROOF_POWERS } from '../../../src/numbers/constants.ts';
import { randomElement } from '../../../src/numbers/field.ts';
import type { CircuitFiles } from '../../../src/proof/groth16/groth16.ts';
import { type ProofResult, Prover } from '../../../src/proof/prover.ts';
import { formatEdge } from '../../../src/registry/edge.ts';
import { type Circuit, circuitOf } from '../../../src/registry/programs/list.ts';
import { circuitFor } from '../../../src/registry/statement.ts';
import { modelOfSeed } from '../../../src/training/seed.ts';
import { evaluate, trainSegment } from '../../../src/training/trainer.ts';
import { drawnShape } from '../drawnShape.ts';
import { wantedSmoothing } from '../training.ts';
import { fetchBytes } from './fetchBytes.ts';
import { installedKeys } from './installedKeys.ts';
import type { Plan, ProvedStep, ProverContext, ProverReply, ProverRequest } from './messages.ts';
import { plannedShape } from './networks.ts';
import { prepareRows } from './prepareRows.ts';

type Program = 'data' | 'seed' | 'train';

/** Everything that one visit of the page works on. */
interface Bench {
  base: string;
  shape: AnyShape;
  shard: Shard;
  test: Shard;
  prover: Prover;
  circuits: Partial<Record<Circuit, CircuitFiles>>;
  srs: Srs;
  parent?: AnyWeights;
  child?: AnyWeights;
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
  if (request.kind === 'prepare') return { prepared: await prepare(request.plan, request.base) };
  if (!bench) throw new Error('Choose the data first.');
  const { prover, shard, test } = bench;
  switch (request.kind) {
    case 'data':
      await load(bench, 'data');
      return {
        proved: await step(bench, request, () =>
          prover.proveData(request.context, shard, schemaHash(shard.schema), onStage),
        ),
      };
    case 'seed': {
      const { context, seed, requestId, secret } = request;
      say('Draws the first weights');
      const weights = modelOfSeed(bench.shape, seed, randomElement());
      bench.parent = weights;
      await load(bench, 'seed');
      const proved = await step(bench, request, () =>
        prover.proveSeed(context, weights, { seed, requestId, secret }, onStage),
      );
      return { proved: { ...proved, measured: measure(weights, test) } };
    }
    case 'train': {
      const { context, lr, batch, passes } = request;
      const segment = { lr, batch, passes, smoothing: wantedSmoothing(drawnShape(bench.shape), request.smoothing) };
      const { parent } = bench;
      if (!parent) throw new Error('Create the starting weights first.');
      say('Trains', 0);
      const { child, trace } = trainSegment(parent, shard, { ...segment, salt: randomElement() }, ({ step, steps }) =>
        say('Trains', step / steps),
      );
      bench.child = child;
      await load(bench, 'train');
      const witness = { parent, child, shard, ...segment, trace };
      const proved = await step(bench, request, () => prover.proveTrain(context, witness, onStage));
      return { proved: { ...proved, measured: measure(child, test) } };
    }
    case 'files': {
      const weights = bench.child ?? bench.parent;
      if (!weights) throw new Error('There is no model yet.');
      return { files: { model: writeWeights(weights), shard: writeShard(shard) } };
    }
  }
}

async function prepare(plan: Plan, base: string) {
  say('Reads the data');
  const { shard, test, classes, baseline, notes } = await prepareRows(plan, base);
  const network = plan.source.kind === 'digits' ? plan.source.network : undefined;
  const shape = plannedShape({ ...plan, network }, shard);
  checkFit(plan.head, shard.kind);
  trainCapacity(shape, shard.rows);
  seedCapacity(isNetworkShape(shape) ? shape : shape.widths);
  say('Fetches the powers of tau', 0);
  const points = await fetchBytes(`${base}/files/srs.points?points=${PROOF_POWERS}`, (fraction) =>
    say('Fetches the powers of tau', fraction),
  );
  if (points.length < 64 * PROOF_POWERS) throw new Error('This page has too few powers of tau.');
  await bench?.prover.close();
  const circuits: Bench['circuits'] = {};
  const srs = { size: PROOF_POWERS, points };
  bench = { base, shape, shard, test, circuits, srs, prover: await Prover.create({ srs, circuits }) };
  return { shape, rows: shard.rows, testRows: test.rows, kind: shard.kind, classes, baseline, notes };
}

/** The circuit of one program for the chosen network, and its key; those of the others are let go, they are large. */
async function load({ base, shape, circuits }: Bench, program: Program): Promise<void> {
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

async function step(
  { base }: Bench,
  { context, devKeys }: { context: ProverContext; devKeys: boolean },
  prove: () => Promise<ProofResult>,
): Promise<ProvedStep> {
  const began = performance.now();
  const { statement, proof, stages } = await prove();
  const { verificationKey } = await installedKeys(circuitFor(statement), base);
  const text = formatEdge({
    context,
    statement,
    proof,
    verificationKey,
    devKeys,
    metadata: { name: 'made in a browser' },
  });
  return { text, seconds: (performance.now() - began) / 1000, stages };
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
