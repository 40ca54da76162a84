// Programs infer and convInfer (protocol, section 13): reference provers.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { log2Up, mod, type Random, range, squares, zeros } from './algebra.ts';
import { pointAt, positions, ReferenceBatch, term, times } from './batch.ts';
import { blinding, chunksOf, type Oracle, salted } from './commitments.ts';
import { networkInputs, networkLayout, OUTPUT } from './conv-geometry.ts';
import { type ConvScoreHooks, convPass } from './conv-score.ts';
import { type ConvWeights, convOracle } from './conv-weights.ts';
import {
  denseInputs,
  extraOf,
  formOf,
  outputPlaces,
  type Places,
  pictureInputs,
  type StatedInference,
  valuesAt,
  valuesOf,
} from './infer-contract.ts';
import { CONV_INFER, INFER, type Inferences, type InferView, inferSizeOf } from './infer-verifier.ts';
import { modelInputs, modelOracle, placedModel, type ReferenceWeights } from './models.ts';
import { looked, sharing } from './omitted.ts';
import { evaluateAt, type Hooks, proveOneBatch, type Reference, ReferenceRun, type VerifiedProgram } from './run.ts';
import { denseForward, type ForwardSum } from './score.ts';
import { type ScoreDeviation, scoreRun } from './score-run.ts';
import type { ReferenceShard } from './shards.ts';
import { aligned, headBits, shardLayout, shardWord } from './sizes.ts';
import {
  countLimbs,
  HALF_LIMB,
  type Inputs,
  LIMB_BITS,
  lookupHelper,
  oracleOf,
  type Placed,
  place,
  shift,
  slotBits,
  type Tensors,
  tableHelper,
} from './tensors.ts';

export type InputKind = 'public' | 'shard' | 'committed';

/** The rows of an inference, and what of it is public. */
export interface ReferenceRows {
  shard: ReferenceShard;
  inputs: InputKind;
  shown: boolean;
}

export interface InferHooks<Run = { weights: ReferenceWeights; shard: ReferenceShard }>
  extends Hooks<Run>,
    Pick<ScoreDeviation, 'round' | 'rectify' | 'used'> {
  /** changes what is said to be public before the statement is made */
  stated?: (stated: StatedInference) => void;
  /** changes the signals inputs and outputs */
  values?: (values: { inputs: bigint; outputs: bigint }, tau: readonly bigint[]) => void;
  /** fields of the form that the circuit is given, other than the statement says */
  form?: Partial<Record<'showIn' | 'showOut' | 'ranged', bigint>>;
}

/** What a prover of an inference has of its network. */
interface InferredNetwork {
  program: Inferences;
  tensors: Tensors;
  /** hidden layers that there are, and the positions of their tensors */
  hidden: { l: number; at: number[] }[];
  inAt: number[];
  outAt: number[];
  /** which entries of X and of O are real, but for the rows */
  places: { inputs: Places; outputs: Places };
  model: Placed;
  layer: (l: number) => { bits: number; present: bigint };
  output: number;
  inputs: (model: Placed) => Inputs;
  oracle: (model: Placed) => Oracle;
  forward: (tau: readonly bigint[]) => ForwardSum[];
}

/** Proves what a network of dense layers gives on rows. */
export function proveInfer(
  weights: ReferenceWeights,
  rows: ReferenceRows,
  random: Random,
  hooks: InferHooks = {},
): Reference {
  const { shard } = rows;
  hooks.run?.({ weights, shard });
  // what outputs are worth beside labels is not asked here
  const run = scoreRun({ ...weights, head: 'squared error' }, { ...shard, classes: false, labels: false }, hooks, {});
  const { layers, sigma, out } = run;
  const { n, p } = aligned(weights.widths);
  const network: InferredNetwork = {
    program: 'infer',
    tensors: passTensors(run.tensors),
    hidden: layers.filter(({ l }) => l < 4).map(({ l, high }) => ({ l, at: positions(sigma, high) })),
    inAt: positions(sigma, layers[0].low),
    outAt: positions(sigma, out.high),
    places: { inputs: denseInputs(n[0]), outputs: outputPlaces(n[4]) },
    model: placedModel(weights.widths),
    layer: (l) => ({ bits: log2Up(n[l]), present: p[l] }),
    output: 4,
    inputs: (model) => modelInputs(weights, model),
    oracle: (model) => modelOracle(weights, model),
    forward: denseForward(run),
  };
  return proveInferred(INFER, network, rows, random, hooks as InferHooks<never>);
}

export type ConvInferHooks = Omit<InferHooks<{ weights: ConvWeights; shard: ReferenceShard }>, 'used'> &
  Pick<ConvScoreHooks, 'reads' | 'read' | 'mask' | 'used'>;

/** Proves what a convolutional network gives on pictures. */
export function proveConvInfer(
  weights: ConvWeights,
  rows: ReferenceRows,
  random: Random,
  hooks: ConvInferHooks = {},
): Reference {
  const shard = { ...rows.shard, classes: false, labels: false };
  hooks.run?.({ weights, shard: rows.shard });
  const { head, geometry, run, hidden, forward, at } = convPass(weights, shard, hooks as ConvScoreHooks);
  const { C, N, n } = geometry[0];
  const network: InferredNetwork = {
    program: 'convInfer',
    tensors: passTensors(run.tensors),
    hidden,
    inAt: at(0),
    outAt: at(OUTPUT),
    places: { inputs: pictureInputs(C, N, n), outputs: outputPlaces(geometry[OUTPUT].C) },
    model: networkLayout(geometry),
    layer: (l) => ({ bits: 2 * geometry[l].n + geometry[l].c, present: geometry[l].present }),
    output: OUTPUT,
    inputs: (model) => networkInputs(geometry, model.slots, headBits(head)),
    oracle: (model) => convOracle(weights, model),
    forward,
  };
  return proveInferred(CONV_INFER, network, rows, random, hooks as InferHooks<never>);
}

/** Those of the forward pass. */
const passTensors = (tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => /^(A|V|m|R0|R1)_\d$|^(Q|U0|U1)$/.test(name)));

/** 1 at the entries [feature, s] of real features and rows, 0 elsewhere. */
const realEntries = (length: number, S: number, rows: number, { values }: Places): bigint[] => {
  const real = zeros(length);
  for (const { feature } of values) for (const s of range(rows)) real[feature * S + s] = 1n;
  return real;
};

/** Layouts of all vectors. */
function layoutsOf(network: InferredNetwork, { shard, inputs }: ReferenceRows, moved: Hooks['moved'] = {}) {
  const { program, layer, output } = network;
  const sigma = log2Up(shard.rows);
  const ranged = inputs === 'committed' ? 1n : 0n;
  const sized = (names: readonly string[]) => {
    const sizes = names.map((name): [string, number, bigint] => [
      name,
      ...inferSizeOf(name, sigma, output, layer, ranged),
    ]);
    return place(
      sizes.flatMap(([name, log2, present]): [string, number][] => (present === 0n ? [] : [[name, log2]])),
      names,
      (name) => sizes.find(([own]) => own === name)![2],
    );
  };
  const { trace, helper } = NUMBERING[program];
  return {
    model: shift(network.model, moved.model ?? 0),
    input:
      inputs === 'shard'
        ? shardLayout(sigma, shard.inputs, shard.outputs)
        : place([['X', sigma + layer(0).bits]], ['X'], () => 1n),
    output: place([['O', sigma + layer(output).bits]], ['O'], () => 1n),
    trace: shift(sized(trace.names), moved.trace ?? 0),
    helper: shift(sized(helper.names), moved.helper ?? 0),
  };
}

/** The proof of an inference from the forward pass on. */
function proveInferred<V extends InferView>(
  verified: VerifiedProgram<V>,
  network: InferredNetwork,
  rows: ReferenceRows,
  random: Random,
  hooks: InferHooks<never>,
): Reference {
  const { program, tensors, hidden, inAt, outAt, places } = network;
  const { squares: SQ, trace: T, helper: H, sums: SUM, relations: R, evaluations: E } = NUMBERING[program];

  // 1. what is committed and stated
  const { shard, inputs: kind, shown } = rows;
  const S = 2 ** log2Up(shard.rows);
  const layouts = layoutsOf(network, rows, hooks.moved);
  const X = [...shard.X];
  const realIn = realEntries(X.length, S, shard.rows, places.inputs);
  const realOut = realEntries(tensors.Q.length, S, shard.rows, places.outputs);
  Object.assign(tensors, { X, O: tensors.Q.map((q, at) => realOut[at] * (q - HALF_LIMB)) });
  hooks.trace?.(tensors);
  const { Q, U0, U1, O } = tensors;
  hooks.slots?.(Object.assign({}, ...Object.values(layouts).map((l) => l.slots)));
  const descriptor = kind === 'shard' ? registered(shard, layouts.input) : 0n;
  const stated: StatedInference = {
    rows: shard.rows,
    inputs: kind === 'public' ? valuesOf(tensors.X, S, shard.rows, places.inputs) : null,
    outputs: shown ? valuesOf(O, S, shard.rows, places.outputs) : null,
    shard: descriptor,
  };
  hooks.stated?.(stated);
  const flag = (is: boolean) => (is ? 1n : 0n);
  const fields = { showIn: flag(kind === 'public'), showOut: flag(shown), ranged: flag(kind === 'committed') };
  const given = { ...fields, ...hooks.form };
  const word =
    formOf(stated) +
    (['showIn', 'showOut', 'ranged'] as const).reduce(
      (sum, name, k) => sum + (given[name] - fields[name]) * 2n ** BigInt(38 + k),
      0n,
    );
  const own: Inputs = {
    ...network.inputs(layouts.model),
    form: mod(word),
    rows1: BigInt(shard.rows - 1),
    inputOffset: layouts.input.slots.X.bits.slice(0, 26),
    ...given,
    traceOffset: slotBits(layouts.trace.slots, T.names),
    helperOffset: slotBits(layouts.helper.slots, H.names),
  };
  const salts = (length: number, salt: bigint) => salted(salt, chunksOf(length));
  const proof = new ReferenceRun(program, random, hooks, {
    parameters: ['shape', 'layout', 'form'].flatMap((name) => (own[name] ?? []) as bigint | bigint[]),
    extra: extraOf(stated),
    statement: {
      model: network.oracle(layouts.model),
      input: oracleOf(layouts.input, { X: tensors.X, Y: shard.Y }, salts(layouts.input.length, shard.salt)),
      output: oracleOf(layouts.output, { O }, salts(layouts.output.length, random.element())),
    },
  });

  // 2. trace and helper
  const groups = [
    ...hidden.map(({ l, at }) => ({
      index: R.h(l),
      slot: `h_${l}`,
      at,
      limbs: [tensors[`V_${l}`].map((v, i) => v - tensors[`m_${l}`][i]), tensors[`R0_${l}`], tensors[`R1_${l}`]],
    })),
    { index: R.hQ, slot: 'hQ', at: outAt, limbs: [Q, U0, U1] },
  ];
  const limbX = tensors.X.map((v) => v + HALF_LIMB);
  const ofX = { index: R.rangeX, slot: 'hX', at: inAt, limbs: [limbX] };
  const isRanged = given.ranged === 1n;
  const all = isRanged ? [...groups, ofX] : groups;
  const mult = countLimbs(sharing(all).flatMap(({ index, limbs }) => looked(index, limbs)));
  hooks.multiplicities?.(mult);
  Object.assign(tensors, { mult });
  const beta = proof.commit(
    'trace',
    oracleOf(layouts.trace, tensors, blinding('trace', chunksOf(layouts.trace.length), random)),
  );
  const inverse: Tensors = { hX: zeros(X.length) };
  for (const { slot, index, limbs } of all) inverse[slot] = lookupHelper(beta, ...looked(index, limbs));
  inverse.g = tableHelper(beta, mult);
  hooks.helper?.(inverse, beta, tensors);
  const committed = blinding('helper', chunksOf(layouts.helper.length), random);
  const tau = squares(proof.commit('helper', oracleOf(layouts.helper, inverse, committed)), SQ.count);

  // 3. the public vectors at x, and the sums
  const values = {
    inputs: stated.inputs === null ? 0n : valuesAt(stated.inputs, places.inputs, tau[0]),
    outputs: stated.outputs === null ? 0n : valuesAt(stated.outputs, places.outputs, tau[0]),
  };
  hooks.values?.(values, tau);
  Object.assign(own, values);
  const forward = network.forward(tau);
  const sums = zeros(SUM.count);
  for (const { l, sum } of forward) sums[SUM.F1(l)] = sum;
  hooks.sums?.(sums, tau);
  own.sums = proof.sender.send('sums', sums);

  // 4. the batch
  const batch = new ReferenceBatch();
  for (const { l, at, terms } of forward) batch.sum(R.F1(l), at, terms, sums[SUM.F1(l)]);
  for (const { l, at } of hidden) {
    const [a, V, m] = ['A', 'V', 'm'].map((name) => tensors[`${name}_${l}`]);
    batch.zero(R.bit(l), at, tau, [term(m, m), times(-1n, m)]);
    batch.zero(R.active(l), at, tau, [term(a), times(-1n, m, V)]);
  }
  for (const { index, slot, at, limbs } of groups) batch.lookup(index, at, tau, beta, inverse[slot], limbs);
  if (isRanged) batch.lookupOne(R.rangeX, inAt, tau, beta, inverse.hX, looked(R.rangeX, [limbX])[0]);
  else
    batch.zero(R.rangeX, inAt, tau, [
      term(
        inverse.hX,
        limbX.map((v) => mod(beta - v)),
      ),
    ]);
  batch.zero(R.paddingX, inAt, tau, [times(given.ranged, tensors.X), times(-given.ranged, tensors.X, realIn)]);
  const logits = Q.map((q) => mod(q - HALF_LIMB));
  batch.zero(R.output, outAt, tau, [term(O), times(-1n, realOut, logits)]);
  const helpers = all.map(({ index, slot, at }) => ({ index, at, h: inverse[slot] }));
  batch.logUp(R, tau, beta, { g: inverse.g, mult, helpers });
  const proved = proveOneBatch(proof, verified, own, {
    beta,
    squares: tau,
    batch,
    evaluate: (point, e) => {
      for (const { l, evaluate } of forward) [e[E.W(l)], e[E.In(l)]] = evaluate(point);
      for (const { l, at } of hidden) {
        const own = pointAt(at, point);
        for (const name of ['A', 'V', 'm', 'R0', 'R1'] as const)
          e[E[name](l)] = evaluateAt(tensors[`${name}_${l}`], own);
        e[E.h(l)] = evaluateAt(inverse[`h_${l}`], own);
      }
      const [atInput, atOutput, table] = [pointAt(inAt, point), pointAt(outAt, point), point.slice(0, LIMB_BITS)];
      for (const name of ['Q', 'U0', 'U1', 'O'] as const) e[E[name]] = evaluateAt(tensors[name], atOutput);
      e[E.hQ] = evaluateAt(inverse.hQ, atOutput);
      e[E.X] = evaluateAt(tensors.X, atInput);
      e[E.hX] = evaluateAt(inverse.hX, atInput);
      e[E.g] = evaluateAt(inverse.g, table);
      e[E.mult] = evaluateAt(mult, table);
    },
  });
  return { ...proved, inference: stated };
}

/** The descriptor of the shard that the inputs are. */
function registered(shard: ReferenceShard, { slots }: Placed): bigint {
  const { inputs, outputs, rows, classes, labels } = shard;
  return shardWord({ inputs, outputs, rows, classes: classes ? 1n : 0n, labels: labels ? 1n : 0n }, slots);
}
