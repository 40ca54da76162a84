// Program disjoint (protocol, section 14): reference prover, and what its verifier knows.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { eqAt, inverse, leAt, mod, polynomial, type Random, range, squares, zeros } from './algebra.ts';
import type { Slot } from './argument.ts';
import { ReferenceBatch, term, times } from './batch.ts';
import { chunksOf, countedOf, salted } from './commitments.ts';
import type { DataRun } from './data.ts';
import { blinded, fingerprintsOf, fixedSlots, powerPart, ROW, ROWS } from './fingerprints.ts';
import { absentOracle } from './models.ts';
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
import { elements, rows, seen, shardInputs, shardLayout, shardView } from './sizes.ts';
import { type Inputs, oracleOf, shift, slotBits, type Tensors } from './tensors.ts';

const { oracles: O, squares: SQ, trace: T, helper: H, relations: R, evaluations: E, claims: C } = NUMBERING.disjoint;
const SIDES = ['A', 'B'] as const;

/** What a prover holds before it commits; hooks may change anything. */
export interface DisjointRun {
  first: DataRun;
  second: DataRun | { record: bigint[] };
}

const isRecord = (side: DisjointRun['second']): side is { record: bigint[] } => 'record' in side;

/** A record as the shard of one row that stands for it. */
const recordRun = (record: bigint[]): DataRun => ({
  ...{ inputs: record.length, outputs: 1, rows: 1, classes: false, sigma: 0, in: 0, out: 0, Y: [0n] },
  X: record,
});

type ShardSide = ReturnType<typeof shardView>;

interface View {
  sides: ShardSide[];
  record: bigint;
  slots: Record<string, Slot>;
  failed: string[];
}

function view(inputs: Inputs): View {
  const [out, count, classes, labels] = ['outputs1', 'rows1', 'classes', 'labels'].map((name) =>
    elements(inputs, name),
  );
  const offsets = inputs.places as bigint[][][];
  const sides = ['first', 'second'].map((name, k) =>
    shardView({
      shard: inputs[name],
      inputs1: inputs.inputs1,
      ...{ outputs1: out[k], rows1: count[k], classes: classes[k], labels: labels[k], shardOffset: offsets[k] },
    }),
  );
  const [trace, helper] = [rows(inputs, 'traceOffset'), rows(inputs, 'helperOffset')];
  const slots = {
    U: seen(trace[T.U], ROW),
    V: seen(trace[T.V], ROW),
    treeA: seen(helper[H.treeA], ROW + 1),
    treeB: seen(helper[H.treeB], ROW + 1),
  };
  const failed = sides.flatMap((side, k) => side.failed.map((name) => `${name} ${SIDES[k]}`));
  return { sides, record: inputs.record as bigint, slots, failed };
}

function batch(v: View, { beta, squares: tau, point }: Challenges, { evals1: e }: ReferenceMessages, add: AddRelation) {
  const eq = eqAt(tau, point);
  SIDES.forEach((side, k) => {
    const phi = e[E[`phi${side}`]] + (side === 'B' ? v.record : 0n);
    const real = leAt(v.sides[k].rows, point);
    add(R[`leaf${side}`], range(ROW), eq * mod(e[E[`leaf${side}`]] - 1n - real * mod(beta - phi - 1n)));
    add(R[`node${side}`], range(ROW), eq * mod(e[E[`node${side}`]] - e[E[`even${side}`]] * e[E[`odd${side}`]]));
  });
}

/** Entry 2^13 - 2 of a tree. */
const LAST = [0n, ...range(ROW).map(() => 1n)];
const POINTS = {
  leaf: (rho: readonly bigint[]) => [...rho, 0n],
  node: (rho: readonly bigint[]) => [...rho, 1n],
  even: (rho: readonly bigint[]) => [0n, ...rho],
  odd: (rho: readonly bigint[]) => [1n, ...rho],
  product: () => LAST,
};
type TreeClaim = keyof typeof POINTS;
const TREE_CLAIMS = Object.keys(POINTS) as TreeClaim[];

function claims(v: View, { beta, r, point }: Challenges, { evals1: e }: ReferenceMessages) {
  const out = Array.from({ length: C.count }, () => claimOf(0n));
  SIDES.forEach((side, k) => {
    const { sigma, X } = v.sides[k];
    const features = powerPart(r!, X.log2 - sigma);
    const phi = claimTerm([O.first, O.second][k], X, [...point.slice(0, sigma), ...features]);
    out[C[`phi${side}`]] = claimOf(e[E[`phi${side}`]], phi);
    for (const name of TREE_CLAIMS) {
      const own = claimTerm(O.helper, v.slots[`tree${side}`], POINTS[name](point));
      out[C[`${name}${side}`]] = claimOf(e[E[`${name}${side}`]], own);
    }
  });
  for (const name of ['U', 'V'] as const)
    out[C[name]] = claimOf(e[E[name]], claimTerm(O.trace, v.slots[name], powerPart(beta, ROW)));
  return out;
}

export const DISJOINT: VerifiedProgram<View> = {
  program: 'disjoint',
  rounds: ROW,
  degree: 3,
  view,
  claimed: () => ({}),
  batch,
  broken: ({ evals1: e }) => (mod(e[E.U] * e[E.productA] + e[E.V] * e[E.productB]) === 1n ? [] : ['coprime']),
  claims,
  late: (_, __, r) => ({ r }),
};

/** Coefficients of prod (Z - root). */
function fromRoots(roots: readonly bigint[]): bigint[] {
  let p = [1n];
  for (const root of roots) p = [0n, ...p].map((v, i) => mod(v - root * (p[i] ?? 0n)));
  return p;
}

/** U and V with U A + V B = gcd(A, B), which has 1 as its highest coefficient. */
export function bezout(A: readonly bigint[], B: readonly bigint[]): { U: bigint[]; V: bigint[] } {
  const trimmed = (p: bigint[]) => p.slice(0, p.findLastIndex((v) => v !== 0n) + 1);
  const minus = (p: readonly bigint[], q: bigint, d: number, s: readonly bigint[]) =>
    range(Math.max(p.length, d + s.length)).map((i) => mod((p[i] ?? 0n) - q * (s[i - d] ?? 0n)));
  let [high, low] = [
    { r: [...A], s: [1n], t: [] as bigint[] },
    { r: [...B], s: [] as bigint[], t: [1n] },
  ];
  while (low.r.length > 0) {
    while (high.r.length >= low.r.length) {
      const d = high.r.length - low.r.length;
      const q = mod(high.r[high.r.length - 1] * inverse(low.r[low.r.length - 1]));
      high = { r: trimmed(minus(high.r, q, d, low.r)), s: minus(high.s, q, d, low.s), t: minus(high.t, q, d, low.t) };
    }
    [high, low] = [low, high];
  }
  const scale = inverse(high.r[high.r.length - 1]);
  const scaled = (p: readonly bigint[]) => range(ROWS).map((i) => mod((p[i] ?? 0n) * scale));
  return { U: scaled(high.s), V: scaled(high.t) };
}

/** Leaves, then products. */
const treeOf = (leaves: readonly bigint[]): bigint[] => {
  const tree = [...leaves];
  for (let i = 0; i < ROWS - 1; i++) tree.push(mod(tree[2 * i] * tree[2 * i + 1]));
  return [...tree, 0n];
};

/** The layouts of both sides, of the trace and of the helper. */
function placesOf(sides: readonly DataRun[], moved: Hooks['moved']) {
  return {
    sides: sides.map(({ sigma, inputs, outputs }) => shardLayout(sigma, inputs, outputs)),
    trace: shift(fixedSlots(T.names, ROW), moved?.trace ?? 0),
    helper: shift(fixedSlots(H.names, ROW + 1), moved?.helper ?? 0),
  };
}

/** Proves a run, honest or not. */
export function proveDisjoint(random: Random, run: DisjointRun, hooks: Hooks<DisjointRun> = {}): Reference {
  hooks.run?.(run);
  const record = isRecord(run.second) ? run.second.record : [];
  const sides = [run.first, isRecord(run.second) ? recordRun(record) : run.second];

  // 1. layouts and statement
  const places = placesOf(sides, hooks.moved);
  const named = places.sides.map(({ slots }, k) => ({ [`X${SIDES[k]}`]: slots.X, [`Y${SIDES[k]}`]: slots.Y }));
  hooks.slots?.({ ...named[0], ...named[1], ...places.trace.slots, ...places.helper.slots });
  const fields = sides.map((side, k) =>
    shardInputs(
      { ...side, classes: side.cls ?? (side.classes ? 1n : 0n), labels: side.lab ?? (side.labels ? 1n : 0n) },
      places.sides[k].slots,
    ),
  );
  const of = (name: string) => fields.map((own) => own[name]);
  const [first, second] = of('shard');
  const own: Inputs = {
    first,
    second,
    inputs1: fields[0].inputs1,
    ...Object.fromEntries(['outputs1', 'rows1', 'classes', 'labels'].map((name) => [name, of(name)])),
    places: of('shardOffset'),
    traceOffset: slotBits(places.trace.slots, T.names),
    helperOffset: slotBits(places.helper.slots, H.names),
  };
  const shards = sides.map(({ X, Y }, k) =>
    isRecord(run.second) && k === 1
      ? absentOracle(places.sides[k].slots)
      : oracleOf(places.sides[k], { X, Y }, salted(random.element(), chunksOf(places.sides[k].length))),
  );
  const proof = new ReferenceRun('disjoint', random, hooks as Hooks<never>, {
    parameters: [first as bigint, second as bigint],
    extra: [countedOf(record)],
    statement: { first: shards[0], second: shards[1] },
  });

  // 2. U and V, and the trees
  const r = proof.fingerprints();
  const phi = sides.map((side) => fingerprintsOf(side, r));
  const traced: Tensors = bezout(fromRoots(phi[0].slice(0, sides[0].rows)), fromRoots(phi[1].slice(0, sides[1].rows)));
  hooks.trace?.(traced);
  const beta = proof.commit('trace', blinded('trace', places.trace, traced, random));
  const leaves = phi.map((own, k) => own.map((v, s) => (s < sides[k].rows ? mod(beta - v) : 1n)));
  const trees: Tensors = { treeA: treeOf(leaves[0]), treeB: treeOf(leaves[1]) };
  hooks.helper?.(trees, beta, traced);
  const x = proof.commit('helper', blinded('helper', places.helper, trees, random));
  const tau = squares(x, SQ.count);

  // 3. batch
  const at = polynomial(record, r);
  const relations = new ReferenceBatch();
  const ones = zeros(ROWS).map(() => 1n);
  SIDES.forEach((side, k) => {
    const tree = trees[`tree${side}`];
    const real = ones.map((_, s) => (s < sides[k].rows ? 1n : 0n));
    const parts = [0, 1].map((bit) => tree.filter((_, i) => i % 2 === bit));
    const leaf = [term(tree.slice(0, ROWS)), times(-1n, ones), times(-(beta - 1n), real), term(real, phi[k])];
    relations.zero(R[`leaf${side}`], range(ROW), tau, leaf);
    relations.zero(R[`node${side}`], range(ROW), tau, [term(tree.slice(ROWS)), times(-1n, parts[0], parts[1])]);
  });
  const proved = proveOneBatch(
    proof,
    DISJOINT,
    { ...own, record: at },
    {
      ...{ beta, r, squares: tau, batch: relations },
      evaluate: (point, e) => {
        SIDES.forEach((side, k) => {
          const absent = isRecord(run.second) && k === 1;
          e[E[`phi${side}`]] = absent ? 0n : evaluateAt(phi[k], point);
          for (const name of TREE_CLAIMS)
            e[E[`${name}${side}`]] = evaluateAt(trees[`tree${side}`], POINTS[name](point));
        });
        for (const name of ['U', 'V'] as const) e[E[name]] = polynomial(traced[name], beta);
      },
    },
  );
  return { ...proved, record };
}
