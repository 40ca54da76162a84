// Program score as its verifier sees it (protocol, section 11): sizes, what the batch must be at its point, claims.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { eqAt, inverse, leAt, mod, range } from './algebra.ts';
import type { Claim, Slot } from './argument.ts';
import { pointAt, positions } from './batch.ts';
import { addTable } from './data.ts';
import {
  type AddRelation,
  type Challenges,
  claimOf,
  claimTerm,
  type ReferenceMessages,
  type VerifiedProgram,
} from './run.ts';
import { element, HIDDEN_LAYERS, LAYERS, type ModelView, modelView, rows, seen, shardView } from './sizes.ts';
import { FRACTION, HALF_LIMB, type Inputs, LIMB, LIMB_BITS, UNIT } from './tensors.ts';

const {
  oracles: O,
  squares: SQ,
  trace: T,
  helper: H,
  sums: SUM,
  relations: R,
  evaluations: E,
  claims: C,
} = NUMBERING.score;
const FEATURES = 12;
const TRACED = ['A', 'V', 'm', 'R0', 'R1'] as const;
const OUTPUTS = ['Q', 'U0', 'U1', 'G'] as const;

/** Layer of a slot of trace or helper that has rows and features. */
export const layerOf = (name: string): number => (/_\d$/.test(name) ? Number(name.slice(-1)) : 4);

interface View extends ModelView {
  shard: ReturnType<typeof shardView>;
  result: bigint;
  trace: Record<string, Slot>;
  helper: Record<string, Slot>;
}

function view(inputs: Inputs): View {
  const model = modelView(inputs);
  const shard = shardView(inputs);
  const { a, p } = model;
  const failed = [...model.failed, ...shard.failed];
  if (shard.inputs !== model.n[0]) failed.push('inputs');
  if (shard.outputs !== model.n[4]) failed.push('outputs');
  const slotsOf = (names: readonly string[], offsets: bigint[][]) =>
    Object.fromEntries(
      names.map((name, i): [string, Slot] => {
        if (name === 'mult' || name === 'g') return [name, seen(offsets[i], LIMB_BITS)];
        if (name === 'L' || name === 'c') return [name, seen(offsets[i], shard.sigma)];
        const l = layerOf(name);
        return [name, seen(offsets[i], p[l] === 0n ? 0 : shard.sigma + a[l], p[l])];
      }),
    );
  const sums = inputs.sums as bigint[] | undefined;
  const result = element(inputs, 'result');
  if (sums) {
    const [right, error] = [sums[SUM.right], sums[SUM.error]];
    if (mod(error + (shard.classes + shard.labels) * (right - error)) !== result) failed.push('result');
  }
  return {
    ...model,
    shard,
    result,
    failed,
    trace: slotsOf(T.names, rows(inputs, 'traceOffset')),
    helper: slotsOf(H.names, rows(inputs, 'helperOffset')),
  };
}

const claimed = ({ shard }: View, sums: readonly bigint[]): Record<number, bigint> => {
  const out: Record<number, bigint> = {
    [R.right]: sums[SUM.right],
    [R.error]: sums[SUM.error],
    [R.labelled]: mod(shard.classes * UNIT * sums[SUM.labelled]),
  };
  for (const l of LAYERS) out[R.F1(l)] = sums[SUM.F1(l)];
  return out;
};

function batch(v: View, c: Challenges, { evals1: e }: ReferenceMessages, add: AddRelation): void {
  const { beta, squares: tau, point } = c;
  const { sigma, classes, labels } = v.shard;
  const at = (l: number) => positions(sigma, v.a[l]);
  const eqOf = (p: readonly number[]) => eqAt(pointAt(p, tau), pointAt(p, point));
  const realRows = leAt(v.shard.rows, point.slice(0, sigma));
  for (const l of LAYERS)
    add(
      R.F1(l),
      range(v.a[l - 1]).map((t) => FEATURES + t),
      e[E.W(l)] * e[E.In(l)],
    );
  const lookup = (index: number, l: number, helper: bigint, limbs: bigint[]) => {
    const [x, y, z] = limbs.map((k) => mod(beta - k));
    add(index, at(l), eqOf(at(l)) * mod(helper * mod(x * y) * z - v.p[l] * (x * y + x * z + y * z)));
    add(R.logUp, at(l), helper);
  };
  for (const l of HIDDEN_LAYERS) {
    const [A, V, m, R0, R1] = TRACED.map((x) => e[E[x](l)]);
    add(R.bit(l), at(l), eqOf(at(l)) * mod(m * m - m));
    add(R.active(l), at(l), eqOf(at(l)) * mod(A - m * V));
    lookup(R.h(l), l, e[E.h(l)], [V - m, R0, R1]);
  }
  lookup(R.hQ, 4, e[E.hQ], [e[E.Q], e[E.U0], e[E.U1]]);
  const outAt = at(4);
  const eq = eqOf(outAt);
  const [Q, Y, G, L, right] = [e[E.Q] - HALF_LIMB, e[E.Y], e[E.G], e[E.L], e[E.c]];
  add(R.hG, outAt, eq * mod(e[E.hG] * (beta - G) - 1n));
  add(R.logUp, outAt, e[E.hG]);
  add(R.error, outAt, realRows * mod((Q - Y) ** 2n));
  const realClasses = leAt(v.shard.outputs, point.slice(FEATURES, FEATURES + v.a[4]));
  const onehot = mod(Y * inverse(UNIT));
  const claimed = mod(right * realClasses);
  const ofClass = G - claimed * mod(L - Q - 1n + onehot);
  const ofLabels = G - claimed * mod((2n * onehot - 1n) * Q - 1n);
  add(R.margin, outAt, eq * mod(classes * ofClass + labels * ofLabels));
  const rowAt = range(sigma);
  const eqS = eqOf(rowAt);
  add(R.right, rowAt, right);
  add(R.claimedBit, rowAt, eqS * mod(right * right - right));
  add(R.claimedPadding, rowAt, eqS * mod(right * (1n - realRows)));
  add(R.labelled, outAt, mod(classes * eqS) * mod(Y * Q));
  addTable(beta, tau, point, e[E.g], e[E.mult], R, add);
}

function claims(v: View, { squares: tau, point }: Challenges, { sums, evals1: e }: ReferenceMessages): Claim[] {
  const { sigma } = v.shard;
  const [rs, ri] = [tau.slice(SQ.rs.from, SQ.rs.to).slice(0, sigma), tau.slice(SQ.ri.from, SQ.ri.to)];
  const rho = point.slice(FEATURES);
  const out: Claim[] = Array.from({ length: C.count });
  const at = (l: number) => pointAt(positions(sigma, v.a[l]), point);
  const traced = (name: string, p: readonly bigint[], k = 1n) => claimTerm(O.trace, v.trace[name], p, k);
  const helped = (name: string, p: readonly bigint[]) => claimTerm(O.helper, v.helper[name], p);
  for (const l of LAYERS) {
    const [low, high] = [v.a[l - 1], v.a[l]];
    const f = rho.slice(0, low);
    const weights = [...f, ...ri.slice(0, high)];
    out[C.W(l)] = claimOf(e[E.W(l)], claimTerm(O.model, v.slots[`W_${l}`], weights));
    out[C.In(l)] = claimOf(
      e[E.In(l)],
      ...(l > 1 ? [traced(`A_${l - 1}`, [...rs, ...f])] : []),
      claimTerm(O.shard, v.shard.X, [...rs, ...rho.slice(0, v.a[0])], v.p[l] - v.p[l - 1]),
    );
    const z = [...rs, ...ri.slice(0, high)];
    const rounded =
      l < 4
        ? [
            traced(`A_${l}`, z, -2n * FRACTION),
            traced(`V_${l}`, z, FRACTION),
            traced(`R0_${l}`, z, -1n),
            traced(`R1_${l}`, z, -LIMB),
          ]
        : [traced('Q', z, -FRACTION), traced('U0', z, -1n), traced('U1', z, -LIMB)];
    const constant = FRACTION / 2n + (l === 4 ? FRACTION * HALF_LIMB : 0n);
    const bias = claimTerm(O.model, v.slots[`b_${l}`], ri.slice(0, high), UNIT);
    out[C.forward(l)] = claimOf(-sums[SUM.F1(l)] - constant * v.p[l], bias, ...rounded);
  }
  for (const l of HIDDEN_LAYERS) {
    for (const x of TRACED) out[C[x](l)] = claimOf(e[E[x](l)], traced(`${x}_${l}`, at(l)));
    out[C.h(l)] = claimOf(e[E.h(l)], helped(`h_${l}`, at(l)));
  }
  for (const x of OUTPUTS) out[C[x]] = claimOf(e[E[x]], traced(x, at(4)));
  for (const x of ['hQ', 'hG'] as const) out[C[x]] = claimOf(e[E[x]], helped(x, at(4)));
  out[C.Y] = claimOf(e[E.Y], claimTerm(O.shard, v.shard.Y, at(4)));
  for (const x of ['L', 'c'] as const) out[C[x]] = claimOf(e[E[x]], traced(x, point.slice(0, sigma)));
  out[C.g] = claimOf(e[E.g], helped('g', point.slice(0, LIMB_BITS)));
  out[C.mult] = claimOf(e[E.mult], traced('mult', point.slice(0, LIMB_BITS)));
  out[C.labelled] = claimOf(sums[SUM.labelled], traced('L', rs));
  return out;
}

export const SCORE: VerifiedProgram<View> = {
  program: 'score',
  rounds: 24,
  degree: 5,
  view,
  claimed,
  batch,
  claims,
};
