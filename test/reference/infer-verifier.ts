// What the verifier of programs infer and convInfer knows (protocol, section 13): sizes, layouts, what the batch must be at its
// point, claims.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { eqAt, leAt, log2Up, mod, range } from './algebra.ts';
import type { Claim, Part, Slot } from './argument.ts';
import { pointAt, positions } from './batch.ts';
import { type NetworkView, networkView, OUTPUT } from './conv-geometry.ts';
import { CONV_PASS } from './conv-score.ts';
import { addTable } from './data.ts';
import {
  type AddRelation,
  type Challenges,
  claimOf,
  claimTerm,
  type ReferenceMessages,
  type VerifiedProgram,
} from './run.ts';
import { DENSE_PASS, layerIn, type PassKind, type PassView, passBatch, passClaims } from './score-verifier.ts';
import { element, elements, field, isBits, type ModelView, modelView, pack, rows, seen } from './sizes.ts';
import { HALF_LIMB, type Inputs, LIMB_BITS } from './tensors.ts';

export type Inferences = 'infer' | 'convInfer';
const OUTPUTS = ['Q', 'U0', 'U1'] as const;

/** log2 of a slot of trace or helper, and the factor that it starts from. */
export function inferSizeOf(
  name: string,
  sigma: number,
  output: number,
  layer: (l: number) => { bits: number; present: bigint },
  ranged: bigint,
): [log2: number, present: bigint] {
  if (name === 'mult' || name === 'g') return [LIMB_BITS, 1n];
  const own = name === 'hX' ? { ...layer(0), present: ranged } : layer(layerIn(name, output));
  return own.present === 0n ? [0, 0n] : [sigma + own.bits, own.present];
}

interface FormView {
  shard: { sigma: number; rows: number };
  showIn: bigint;
  showOut: bigint;
  ranged: bigint;
  inputs: bigint;
  outputs: bigint;
}

/** The fields of the form. @throws RangeError for a number of rows that is none */
function formView(inputs: Inputs): FormView & { offset: bigint[]; failed: string[] } {
  const count = field(element(inputs, 'rows1'), 12, 'rows1') + 1;
  const [showIn, showOut, ranged] = ['showIn', 'showOut', 'ranged'].map((name) => element(inputs, name));
  const offset = elements(inputs, 'inputOffset').map(mod);
  const failed: string[] = [];
  if (!isBits([[showIn, showOut, ranged]])) failed.push('form bits');
  if (!isBits([offset])) failed.push('input offset');
  const word = BigInt(count - 1) + pack([offset], 12, 26) + pack([[showIn, showOut, ranged]], 38, 3);
  if (mod(word) !== element(inputs, 'form')) failed.push('form');
  const shard = { sigma: log2Up(count), rows: count };
  const values = { inputs: element(inputs, 'inputs'), outputs: element(inputs, 'outputs') };
  return { shard, showIn, showOut, ranged, ...values, offset, failed };
}

export interface InferView extends Omit<PassView, 'shard'>, FormView {
  X: Slot;
  O: Slot;
}

/** In what inferences of dense and of convolutional networks differ. */
interface InferKind<V> {
  pass: PassKind<V>;
  rounds: number;
  /** positions of X, and the extension of its real entries but for the rows */
  inputAt: (view: V) => number[];
  realInputs: (view: V, point: readonly bigint[]) => bigint;
  /** powers of x by the variables of X */
  inputPowers: (view: V, tau: readonly bigint[]) => Part[];
}

const powersFrom = (tau: readonly bigint[], from: number, count: number): Part[] =>
  range(count).map((t) => ({ power: tau[from + t] }));

function inferProgram<V extends InferView>(
  program: Inferences,
  kind: InferKind<V>,
  view: (inputs: Inputs) => V & { failed: string[] },
): VerifiedProgram<V> {
  const { oracles: O, sums: SUM, relations: R, evaluations: E, claims: C } = NUMBERING[program];
  const { pass } = kind;
  const layers = range(pass.output).map((l) => l + 1);

  function batch(v: V, c: Challenges, { evals1: e }: ReferenceMessages, add: AddRelation): void {
    const { beta, squares: tau, point } = c;
    const eqOf = (p: readonly number[]) => eqAt(pointAt(p, tau), pointAt(p, point));
    passBatch(program, pass, v, c, e, add);
    const real = leAt(v.shard.rows, point.slice(0, v.shard.sigma));
    const { count, bits } = pass.classes(v);
    const out = leAt(count, point.slice(pass.features, pass.features + bits));
    const inAt = kind.inputAt(v);
    const eqIn = eqOf(inAt);
    add(R.rangeX, inAt, eqIn * mod(e[E.hX] * (beta - e[E.X] - HALF_LIMB) - v.ranged));
    add(R.logUp, inAt, e[E.hX]);
    add(R.paddingX, inAt, eqIn * mod(v.ranged * e[E.X]) * (1n - mod(real * kind.realInputs(v, point))));
    const outAt = pass.tensorAt(v, pass.output);
    add(R.output, outAt, eqOf(outAt) * mod(e[E.O] - mod(real * out) * (e[E.Q] - HALF_LIMB)));
    addTable(beta, tau, point, e[E.g], e[E.mult], R, add);
  }

  function claims(v: V, c: Challenges, { sums, evals1: e }: ReferenceMessages): Claim[] {
    const { squares: tau, point } = c;
    const { sigma } = v.shard;
    const out: Claim[] = Array.from({ length: C.count });
    passClaims(program, pass, v, v.X, c, { sums, evals1: e }, out);
    const [atInput, atOutput] = [kind.inputAt(v), pass.tensorAt(v, pass.output)].map((at) => pointAt(at, point));
    const table = point.slice(0, LIMB_BITS);
    for (const x of OUTPUTS) out[C[x]] = claimOf(e[E[x]], claimTerm(O.trace, v.trace[x], atOutput));
    out[C.hQ] = claimOf(e[E.hQ], claimTerm(O.helper, v.helper.hQ, atOutput));
    out[C.hX] = claimOf(e[E.hX], claimTerm(O.helper, v.helper.hX, atInput));
    out[C.X] = claimOf(e[E.X], claimTerm(O.input, v.X, atInput));
    out[C.O] = claimOf(e[E.O], claimTerm(O.output, v.O, atOutput));
    out[C.g] = claimOf(e[E.g], claimTerm(O.helper, v.helper.g, table));
    out[C.mult] = claimOf(e[E.mult], claimTerm(O.trace, v.trace.mult, table));
    out[C.inputs] = claimOf(v.inputs, claimTerm(O.input, v.X, kind.inputPowers(v, tau), v.showIn));
    const powers = [...powersFrom(tau, 12, sigma), ...powersFrom(tau, 0, pass.classes(v).bits)];
    out[C.outputs] = claimOf(v.outputs, claimTerm(O.output, v.O, powers, v.showOut));
    return out;
  }

  const claimed = (_: V, sums: readonly bigint[]) => Object.fromEntries(layers.map((l) => [R.F1(l), sums[SUM.F1(l)]]));
  return { program, rounds: kind.rounds, degree: 5, view, claimed, batch, claims, late: (x) => ({ x }) };
}

/** Slots of trace and helper as they are claimed. */
function slotsOf(program: Inferences, inputs: Inputs, size: (name: string) => [number, bigint]) {
  const { trace: T, helper: H } = NUMBERING[program];
  const of = (names: readonly string[], offsets: bigint[][]) =>
    Object.fromEntries(names.map((name, i): [string, Slot] => [name, seen(offsets[i], ...size(name))]));
  return { trace: of(T.names, rows(inputs, 'traceOffset')), helper: of(H.names, rows(inputs, 'helperOffset')) };
}

type DenseView = InferView & ModelView;
type ConvView = InferView & NetworkView;

export const INFER = inferProgram<DenseView>(
  'infer',
  {
    pass: DENSE_PASS,
    rounds: 24,
    inputAt: ({ shard, a }) => positions(shard.sigma, a[0]),
    realInputs: ({ n, a }, point) => leAt(n[0], point.slice(12, 12 + a[0])),
    inputPowers: ({ shard, a }, tau) => [...powersFrom(tau, 12, shard.sigma), ...powersFrom(tau, 0, a[0])],
  },
  (inputs) => {
    const model = modelView(inputs);
    const { offset, ...form } = formView(inputs);
    const { sigma } = form.shard;
    const layer = (l: number) => ({ bits: model.a[l], present: model.p[l] });
    return {
      ...model,
      ...form,
      X: seen(offset, sigma + model.a[0]),
      O: seen([], sigma + model.a[4]),
      ...slotsOf('infer', inputs, (name) => inferSizeOf(name, sigma, 4, layer, form.ranged)),
      failed: [...model.failed, ...form.failed],
    };
  },
);

export const CONV_INFER = inferProgram<ConvView>(
  'convInfer',
  {
    pass: CONV_PASS,
    rounds: 36,
    inputAt: (v) => CONV_PASS.tensorAt(v, 0),
    realInputs: ({ geometry: [{ C, N, c, n }] }, point) =>
      mod(leAt(N, point.slice(12, 12 + n)) * mod(leAt(N, point.slice(18, 18 + n)) * leAt(C, point.slice(24, 24 + c)))),
    inputPowers: ({ shard, geometry: [{ c, n }] }, tau) => [
      ...powersFrom(tau, 24, shard.sigma),
      ...powersFrom(tau, 0, n),
      ...powersFrom(tau, 6, n),
      ...powersFrom(tau, 12, c),
    ],
  },
  (inputs) => {
    const network = networkView(inputs);
    const { offset, ...form } = formView(inputs);
    const { sigma } = form.shard;
    const layer = (l: number) => {
      const { n, c, present } = network.geometry[l];
      return { bits: 2 * n + c, present };
    };
    return {
      ...network,
      ...form,
      X: seen(offset, sigma + layer(0).bits),
      O: seen([], sigma + layer(OUTPUT).bits),
      ...slotsOf('convInfer', inputs, (name) => inferSizeOf(name, sigma, OUTPUT, layer, form.ranged)),
      failed: [...network.failed, ...form.failed],
    };
  },
);
