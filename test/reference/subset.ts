// Program subset (protocol, section 14): reference prover, and what its verifier knows.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { eqAt, leAt, mod, power, type Random, range, squares, zeros } from './algebra.ts';
import type { Slot } from './argument.ts';
import { ReferenceBatch, term, times } from './batch.ts';
import { chunksOf, salted } from './commitments.ts';
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
import { element, elements, rows, seen, shardInputs, shardLayout, shardView } from './sizes.ts';
import { type Inputs, inverses, oracleOf, shift, slotBits, type Tensors } from './tensors.ts';

const { oracles: O, squares: SQ, trace: T, helper: H, relations: R, evaluations: E, claims: C } = NUMBERING.subset;
const SETS = T.count;
const NUMBERS = range(SETS).map((k) => k + 1);

/** What a prover holds before it commits; hooks may change anything. */
export interface SubsetRun {
  shard: DataRun;
  sets: DataRun[];
  /** id of the dataset */
  dataset: bigint;
  /** what is said of how many sets there are, default: those of `sets` */
  present?: bigint[];
}

interface View {
  /** the shard, then the sets; an absent one has no sizes */
  members: (ReturnType<typeof shardView> | undefined)[];
  present: bigint[];
  slots: Record<string, Slot>;
  failed: string[];
}

function view(inputs: Inputs): View {
  const [counts, set, present] = ['rows1', 'set', 'present'].map((name) => elements(inputs, name));
  const offsets = inputs.places as bigint[][][];
  const failed: string[] = [];
  const isPrefix = present.every((p, k) => (p === 0n || p === 1n) && (p === 0n || k === 0 || present[k - 1] === 1n));
  if (!isPrefix || present[0] !== 1n || mod(present.reduce((s, p) => s + p, 0n)) !== element(inputs, 'sets'))
    failed.push('present');
  const members = [1n, ...present].map((p, k) => {
    const shard = k === 0 ? inputs.shard : set[k - 1];
    if (p !== 1n) {
      const fields = [shard, counts[k], ...offsets[k].flat()] as bigint[];
      if (fields.some((v) => mod(v) !== 0n)) failed.push(`absent set ${k}`);
      return undefined;
    }
    const { inputs1, outputs1, classes, labels } = inputs;
    const own = shardView({ shard, inputs1, outputs1, classes, labels, rows1: counts[k], shardOffset: offsets[k] });
    failed.push(...own.failed.map((name) => `${name} ${k}`));
    return own;
  });
  const [trace, helper] = [rows(inputs, 'traceOffset'), rows(inputs, 'helperOffset')];
  const slots: Record<string, Slot> = { hS: seen(helper[H.hS], ROW) };
  for (const k of NUMBERS) {
    slots[`m_${k}`] = seen(trace[T.m(k)], ROW);
    slots[`h_${k}`] = seen(helper[H.h(k)], ROW);
  }
  return { members, present, slots, failed };
}

function batch(v: View, { beta, squares: tau, point }: Challenges, { evals1: e }: ReferenceMessages, add: AddRelation) {
  const eq = eqAt(tau, point);
  const at = range(ROW);
  const le = (k: number) => (v.members[k] ? leAt(v.members[k].rows, point) : 0n);
  add(R.inside, at, eq * mod(e[E.hS] * (beta - e[E.phiS]) - le(0)));
  add(R.logUp, at, e[E.hS]);
  for (const k of NUMBERS) {
    const offered = mod(v.present[k - 1] * le(k) * e[E.m(k)]);
    add(R.offered(k), at, eq * mod(e[E.h(k)] * (beta - e[E.phi(k)]) - offered));
    add(R.logUp, at, -e[E.h(k)]);
  }
}

function claims(v: View, { r, point }: Challenges, { evals1: e }: ReferenceMessages) {
  const out = Array.from({ length: C.count }, () => claimOf(0n));
  v.members.forEach((own, k) => {
    const [phi, oracle] = k === 0 ? [E.phiS, O.shard] : [E.phi(k), O.set(k)];
    if (own === undefined) {
      out[phi] = claimOf(e[phi]);
      return;
    }
    const at = (slot: Slot) => [...point.slice(0, own.sigma), ...powerPart(r!, slot.log2 - own.sigma)];
    out[phi] = claimOf(
      e[phi],
      claimTerm(oracle, own.X, at(own.X)),
      claimTerm(oracle, own.Y, at(own.Y), power(r!, 4096n)),
    );
  });
  out[C.hS] = claimOf(e[E.hS], claimTerm(O.helper, v.slots.hS, point));
  for (const k of NUMBERS) {
    out[C.m(k)] = claimOf(e[E.m(k)], claimTerm(O.trace, v.slots[`m_${k}`], point));
    out[C.h(k)] = claimOf(e[E.h(k)], claimTerm(O.helper, v.slots[`h_${k}`], point));
  }
  return out;
}

export const SUBSET: VerifiedProgram<View> = {
  program: 'subset',
  rounds: ROW,
  degree: 3,
  view,
  claimed: () => ({}),
  batch,
  claims,
};

/** How often each row of each set stands for rows of the shard; a row that no set has is not counted. */
function countRows(shard: bigint[], sets: bigint[][]): bigint[][] {
  const counts = sets.map(() => zeros(ROWS));
  for (const value of shard) {
    const k = sets.findIndex((set) => set.includes(value));
    if (k >= 0) counts[k][sets[k].indexOf(value)]++;
  }
  return counts;
}

/** Circuit inputs of the shard's and the sets' descriptors. */
function sizesOf(run: SubsetRun, slots: readonly Record<string, Slot>[]): { own: Inputs; parameters: bigint[] } {
  const { shard, sets } = run;
  const kind = { classes: shard.cls ?? (shard.classes ? 1n : 0n), labels: shard.lab ?? (shard.labels ? 1n : 0n) };
  const fields = [shard, ...sets].map((member, k) => shardInputs({ ...member, ...kind }, slots[k]));
  const of = <V>(name: string, zero: V): V[] => [
    ...fields.map((one) => one[name] as V),
    ...Array.from({ length: SETS - sets.length }, () => zero),
  ];
  const [descriptor, ...set] = of<bigint>('shard', 0n);
  const present = run.present ?? NUMBERS.map((k) => (k <= sets.length ? 1n : 0n));
  const count = mod(present.reduce((s, p) => s + p, 0n));
  const nowhere = range(2).map(() => zeros(26));
  return {
    parameters: [descriptor, count, ...set],
    own: {
      ...{ shard: descriptor, sets: count, set, present, inputs1: fields[0].inputs1, outputs1: fields[0].outputs1 },
      ...{ rows1: of<bigint>('rows1', 0n), ...kind, places: of<bigint[][]>('shardOffset', nowhere) },
    },
  };
}

/** Proves a run, honest or not. */
export function proveSubset(random: Random, run: SubsetRun, hooks: Hooks<SubsetRun> = {}): Reference {
  hooks.run?.(run);
  const members = [run.shard, ...run.sets];

  // 1. layouts and statement
  const places = members.map(({ sigma, inputs, outputs }) => shardLayout(sigma, inputs, outputs));
  const trace = shift(fixedSlots(T.names, ROW), hooks.moved?.trace ?? 0);
  const helper = shift(fixedSlots(H.names, ROW), hooks.moved?.helper ?? 0);
  const named = Object.fromEntries(
    places.flatMap(({ slots }, k) => [
      [`X ${k}`, slots.X],
      [`Y ${k}`, slots.Y],
    ]),
  );
  hooks.slots?.({ ...named, ...trace.slots, ...helper.slots });
  const { own, parameters } = sizesOf(
    run,
    places.map(({ slots }) => slots),
  );
  own.traceOffset = slotBits(trace.slots, T.names);
  own.helperOffset = slotBits(helper.slots, H.names);
  const oracles = range(SETS + 1).map((k) =>
    k < members.length
      ? oracleOf(places[k], { X: members[k].X, Y: members[k].Y }, salted(random.element(), chunksOf(places[k].length)))
      : absentOracle({}),
  );
  const statement = Object.fromEntries(oracles.map((oracle, k) => [k === 0 ? 'shard' : `set_${k}`, oracle]));
  const proof = new ReferenceRun('subset', random, hooks as Hooks<never>, {
    parameters,
    extra: [run.dataset],
    statement,
  });

  // 2. counts, then inverses
  const r = proof.fingerprints();
  const phi = members.map((member) => fingerprintsOf(member, r, true));
  const real = members.map(({ rows: count }) => range(ROWS).map((s) => (s < count ? 1n : 0n)));
  const counts = countRows(
    phi[0].slice(0, members[0].rows),
    run.sets.map(({ rows: count }, k) => phi[k + 1].slice(0, count)),
  );
  const traced: Tensors = Object.fromEntries(NUMBERS.map((k) => [`m_${k}`, counts[k - 1] ?? zeros(ROWS)]));
  hooks.trace?.(traced);
  const beta = proof.commit('trace', blinded('trace', trace, traced, random));
  const inverse = phi.map((values) => inverses(values.map((v) => beta - v)));
  const offered = (k: number) => real[k].map((p, s) => mod(p * (k === 0 ? 1n : traced[`m_${k}`][s])));
  const helped: Tensors = Object.fromEntries(
    range(SETS + 1).map((k) => [
      k === 0 ? 'hS' : `h_${k}`,
      k < members.length ? offered(k).map((v, s) => mod(v * inverse[k][s])) : zeros(ROWS),
    ]),
  );
  hooks.helper?.(helped, beta, traced);
  const x = proof.commit('helper', blinded('helper', helper, helped, random));
  const tau = squares(x, SQ.count);

  // 3. batch
  const at = range(ROW);
  const relations = new ReferenceBatch();
  members.forEach((_, k) => {
    const h = helped[k === 0 ? 'hS' : `h_${k}`];
    const lacking = phi[k].map((v) => mod(beta - v));
    const taken = k === 0 ? [real[0]] : [real[k], traced[`m_${k}`]];
    relations.zero(k === 0 ? R.inside : R.offered(k), at, tau, [term(h, lacking), times(-1n, ...taken)]);
    relations.sum(R.logUp, at, [times(k === 0 ? 1n : -1n, h)]);
  });
  return proveOneBatch(proof, SUBSET, own, {
    ...{ beta, r, squares: tau, batch: relations },
    evaluate: (point, e) => {
      members.forEach((_, k) => {
        e[k === 0 ? E.phiS : E.phi(k)] = evaluateAt(phi[k], point);
      });
      e[E.hS] = evaluateAt(helped.hS, point);
      for (const k of NUMBERS) {
        e[E.m(k)] = evaluateAt(traced[`m_${k}`], point);
        e[E.h(k)] = evaluateAt(helped[`h_${k}`], point);
      }
    },
  });
}
