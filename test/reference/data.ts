// Program data (protocol, section 5): reference prover, and what its verifier knows.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { eqAt, leAt, log2Up, mod, type Random, range, squares, zeros } from './algebra.ts';
import type { Slot } from './argument.ts';
import { pointAt, positions, ReferenceBatch, term, times } from './batch.ts';
import { blinding, chunksOf, salted } from './commitments.ts';
import { sharing } from './omitted.ts';
import {
  type AddRelation,
  type Challenges,
  claimOf,
  claimTerm,
  evaluateAt,
  type Hooks,
  proveOneBatch,
  type Reference,
  type ReferenceMessages,
  ReferenceRun,
  type VerifiedProgram,
} from './run.ts';
import { rows, seen, shardInputs, shardLayout, shardView } from './sizes.ts';
import {
  countLimbs,
  HALF_LIMB,
  type Inputs,
  LIMB_BITS,
  lookupHelper,
  oracleOf,
  place,
  shift,
  slotBits,
  type Tensors,
  tableHelper,
  UNIT,
} from './tensors.ts';

const { oracles: O, squares: SQ, trace: T, helper: H, relations: R, evaluations: E, claims: C } = NUMBERING.data;
const FEATURES = 12;

export interface DataShape {
  inputs: number;
  outputs: number;
  rows: number;
  /** one label a row */
  classes: boolean;
  /** any number of labels a row, where there are no classes; neither: regression */
  labels?: boolean;
}

/** What a data prover holds before it commits; hooks may change anything. */
export interface DataRun extends DataShape {
  sigma: number;
  in: number;
  out: number;
  /** [j, s], s low */
  X: bigint[];
  /** [i, s], s low */
  Y: bigint[];
  /** the bits of the descriptor, default: those of `classes` and `labels` */
  cls?: bigint;
  lab?: bigint;
}

export function randomData(random: Random, shape: DataShape): DataRun {
  const { inputs, outputs, rows: count, classes, labels } = shape;
  const [sigma, a, b] = [log2Up(count), log2Up(inputs), log2Up(outputs)];
  const S = 2 ** sigma;
  const [X, Y] = [zeros(S * 2 ** a), zeros(S * 2 ** b)];
  const draw = () => BigInt(random.below(2 ** 16) - 2 ** 15);
  for (let s = 0; s < count; s++) {
    for (let j = 0; j < inputs; j++) X[j * S + s] = draw();
    if (classes) Y[random.below(outputs) * S + s] = UNIT;
    else if (labels) for (let i = 0; i < outputs; i++) Y[i * S + s] = UNIT * BigInt(random.below(2));
    else for (let i = 0; i < outputs; i++) Y[i * S + s] = draw();
  }
  return { ...shape, sigma, in: a, out: b, X, Y };
}

type View = ReturnType<typeof shardView> & { in: number; out: number; slots: Record<string, Slot> };

function view(inputs: Inputs): View {
  const shard = shardView(inputs);
  const { sigma } = shard;
  const [low, out] = [log2Up(shard.inputs), log2Up(shard.outputs)];
  const [trace, helper] = [rows(inputs, 'traceOffset'), rows(inputs, 'helperOffset')];
  const slots = {
    X: shard.X,
    Y: shard.Y,
    mult: seen(trace[T.mult], LIMB_BITS),
    hX: seen(helper[H.hX], sigma + low),
    hY: seen(helper[H.hY], sigma + out),
    g: seen(helper[H.g], LIMB_BITS),
  };
  return { ...shard, in: low, out, slots };
}

function batch(v: View, { beta, squares: tau, point }: Challenges, { evals1: e }: ReferenceMessages, add: AddRelation) {
  const [s, f] = [point.slice(0, v.sigma), point.slice(FEATURES)];
  const realRows = leAt(v.rows, s);
  const tensor = (at: number[], value: bigint, helper: bigint, size: number, log2: number, n: [number, number]) => {
    const eq = eqAt(pointAt(at, tau), pointAt(at, point));
    const real = mod(realRows * leAt(size, f.slice(0, log2)));
    add(n[0], at, mod(eq * value) * (1n - real));
    add(n[1], at, eq * mod(helper * (beta - value - HALF_LIMB) - 1n));
    add(R.logUp, at, helper);
    return eq;
  };
  tensor(positions(v.sigma, v.in), e[E.X], e[E.hX], v.inputs, v.in, [R.paddingX, R.rangeX]);
  const at = positions(v.sigma, v.out);
  const eq = tensor(at, e[E.Y], e[E.hY], v.outputs, v.out, [R.paddingY, R.rangeY]);
  add(R.label, at, mod((v.classes + v.labels) * eq) * mod(e[E.Y] * (e[E.Y] - UNIT)));
  addTable(beta, tau, point, e[E.g], e[E.mult], R, add);
}

/** The table's relation and its share of the LogUp sum, as a verifier has them. */
export function addTable(
  beta: bigint,
  tau: readonly bigint[],
  point: readonly bigint[],
  g: bigint,
  mult: bigint,
  { table, logUp }: { table: number; logUp: number },
  add: AddRelation,
): void {
  const at = range(LIMB_BITS);
  const k = at.reduce((s, t) => s + point[t] * 2n ** BigInt(t), 0n);
  add(table, at, eqAt(pointAt(at, tau), pointAt(at, point)) * mod(g * (beta - k) - mult));
  add(logUp, at, -g);
}

function claims(v: View, { squares: tau, point }: Challenges, { evals1: e }: ReferenceMessages) {
  const at = (log2: number) => [...point.slice(0, v.sigma), ...point.slice(FEATURES, FEATURES + log2)];
  const one = (value: bigint, oracle: number, slot: Slot, p: readonly bigint[]) =>
    claimOf(value, claimTerm(oracle, slot, p));
  const table = point.slice(0, LIMB_BITS);
  const out = Array.from({ length: C.count }, () => claimOf(0n));
  out[C.X] = one(e[E.X], O.shard, v.slots.X, at(v.in));
  out[C.Y] = one(e[E.Y], O.shard, v.slots.Y, at(v.out));
  out[C.hX] = one(e[E.hX], O.helper, v.slots.hX, at(v.in));
  out[C.hY] = one(e[E.hY], O.helper, v.slots.hY, at(v.out));
  out[C.g] = one(e[E.g], O.helper, v.slots.g, table);
  out[C.mult] = one(e[E.mult], O.trace, v.slots.mult, table);
  const rowsOf = tau.slice(0, v.sigma);
  const summed = [...rowsOf, ...range(v.out).map(() => 'ones' as const)];
  const value = v.classes * UNIT * leAt(v.rows, rowsOf);
  out[C.rowSums] = claimOf(value, claimTerm(O.shard, v.slots.Y, summed, v.classes));
  return out;
}

export const DATA: VerifiedProgram<View> = {
  program: 'data',
  rounds: 24,
  degree: 3,
  view,
  claimed: () => ({}),
  batch,
  claims,
};

/** Proves a run, honest or not. */
export function proveData(random: Random, run: DataRun, hooks: Hooks<DataRun> = {}): Reference {
  hooks.run?.(run);
  const { sigma, X, Y, inputs, outputs } = run;
  const S = 2 ** sigma;
  const cls = run.cls ?? (run.classes ? 1n : 0n);
  const lab = run.lab ?? (run.labels ? 1n : 0n);

  // 1. layouts and statement
  const places = {
    shard: shardLayout(sigma, inputs, outputs),
    trace: shift(place([['mult', LIMB_BITS]]), hooks.moved?.trace ?? 0),
    helper: shift(
      place([
        ['hX', sigma + run.in],
        ['hY', sigma + run.out],
        ['g', LIMB_BITS],
      ]),
      hooks.moved?.helper ?? 0,
    ),
  };
  hooks.slots?.({ ...places.shard.slots, ...places.trace.slots, ...places.helper.slots });
  const own: Inputs = {
    ...shardInputs({ inputs, outputs, rows: run.rows, classes: cls, labels: lab }, places.shard.slots),
    traceOffset: slotBits(places.trace.slots, T.names),
    helperOffset: slotBits(places.helper.slots, H.names),
  };
  const proof = new ReferenceRun('data', random, hooks as Hooks<never>, {
    parameters: [own.shard as bigint],
    extra: [0n],
    statement: { shard: oracleOf(places.shard, { X, Y }, salted(random.element(), chunksOf(places.shard.length))) },
  });

  // 2. trace and helper
  const tensors: Tensors = {};
  hooks.trace?.(tensors);
  const limbs = [X, Y].map((t) => t.map((v) => v + HALF_LIMB));
  const lookups = [R.rangeX, R.rangeY].map((index, i) => ({ index, limb: limbs[i] }));
  const mult = countLimbs(sharing(lookups).map(({ limb }) => limb));
  hooks.multiplicities?.(mult);
  const beta = proof.commit(
    'trace',
    oracleOf(places.trace, { mult }, blinding('trace', chunksOf(places.trace.length), random)),
  );
  const helpers: Tensors = {
    hX: lookupHelper(beta, limbs[0]),
    hY: lookupHelper(beta, limbs[1]),
    g: tableHelper(beta, mult),
  };
  hooks.helper?.(helpers, beta, tensors);
  const x = proof.commit(
    'helper',
    oracleOf(places.helper, helpers, blinding('helper', chunksOf(places.helper.length), random)),
  );
  const tau = squares(x, SQ.count);

  // 3. batch
  const relations = new ReferenceBatch();
  const padding = (n: number, size: number) =>
    range(S * 2 ** n).map((k) => (k % S < run.rows && Math.floor(k / S) < size ? 0n : 1n));
  const [atX, atY] = [positions(sigma, run.in), positions(sigma, run.out)];
  relations.zero(R.paddingX, atX, tau, [term(X, padding(run.in, inputs))]);
  relations.zero(R.paddingY, atY, tau, [term(Y, padding(run.out, outputs))]);
  relations.zero(R.label, atY, tau, [times(cls + lab, Y, Y), times(-(cls + lab) * UNIT, Y)]);
  relations.lookupOne(R.rangeX, atX, tau, beta, helpers.hX, limbs[0]);
  relations.lookupOne(R.rangeY, atY, tau, beta, helpers.hY, limbs[1]);
  const shares = [
    { index: R.rangeX, at: atX, h: helpers.hX },
    { index: R.rangeY, at: atY, h: helpers.hY },
  ];
  relations.logUp(R, tau, beta, { g: helpers.g, mult, helpers: shares });
  return proveOneBatch(proof, DATA, own, {
    beta,
    squares: tau,
    batch: relations,
    evaluate: (point, e) => {
      const table = point.slice(0, LIMB_BITS);
      e[E.X] = evaluateAt(X, pointAt(atX, point));
      e[E.Y] = evaluateAt(Y, pointAt(atY, point));
      e[E.hX] = evaluateAt(helpers.hX, pointAt(atX, point));
      e[E.hY] = evaluateAt(helpers.hY, pointAt(atY, point));
      e[E.g] = evaluateAt(helpers.g, table);
      e[E.mult] = evaluateAt(mult, table);
    },
  });
}
