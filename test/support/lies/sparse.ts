// For each relation and each claim of program sparseMerge a proof of which nothing else is false.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import { Random, range } from '../../reference/algebra.ts';
import { absorb, forgedLookups, type Lie, madeUp, miscounted, nudge, PER_LIMB } from '../../reference/lies.ts';
import { type ReferenceWeights, randomWeights } from '../../reference/models.ts';
import type { Reference } from '../../reference/run.ts';
import { proveSparseMerge, type SparseHooks } from '../../reference/sparse-merge.ts';
import {
  type EntryState,
  type Lied,
  mergedEntries,
  type SparseChoice,
  type SparseRun,
  sparseRun,
} from '../../reference/sparse-run.ts';
import { LIMB, type Tensors } from '../../reference/tensors.ts';

const { relations: R, evaluations: E, claims: C } = NUMBERING.sparseMerge;
const WIDTHS = [3, 3, 2];
const THRESHOLD = 2n ** 30n;

export const TIES: SparseChoice = { signs: true, normalize: true };
export const SUMMED: SparseChoice = { signs: true, normalize: false };
export const DARE: SparseChoice = { signs: false, normalize: false, kept: [30000n, 40000n], seed: 71n };
export const DARE_TIES: SparseChoice = { signs: true, normalize: true, kept: [30000n, 40000n], seed: 72n };
/** Of four tasks, one of which keeps all. */
export const FOUR: SparseChoice = { ...DARE_TIES, kept: [1n, 65536n, 20000n, 30000n] };

/** A base and tasks that differ from it in most entries, some of them by less than the threshold. */
export function sparseParents(tasks: number, random: Random): ReferenceWeights[] {
  const base = randomWeights(WIDTHS, 2 ** 40, random);
  const change = (v: bigint) => {
    const kind = random.below(5);
    if (kind === 0) return v;
    const bound = kind === 1 ? 2 ** 30 : 2 ** 40;
    return v + BigInt(random.below(2 * bound + 1) - bound);
  };
  const isReal = (v: bigint) => v !== 0n;
  return [
    base,
    ...range(tasks).map((i) => ({
      ...base,
      W: base.W.map((values) => values.map((v) => (isReal(v) ? change(v) : v))),
      b: base.b.map((values) => values.map((v) => (isReal(v) ? change(v) : v))),
      salt: BigInt(i + 9),
    })),
  ];
}

export function honestRun(choice: SparseChoice, tasks = 2): SparseRun {
  const random = new Random(41);
  const a = range(2).map((l) => range(tasks).map((i) => BigInt(6000 + 1000 * i + l)));
  const thresholds = range(48).map(() => (choice.signs ? THRESHOLD : 0n));
  return sparseRun(sparseParents(tasks, random), a, choice, thresholds);
}

/** @param change what becomes of the run before anything is committed */
export const provenSparse = (choice: SparseChoice, hooks: SparseHooks = {}, tasks = 2): Reference =>
  proveSparseMerge(new Random(43), honestRun(choice, tasks), hooks);

/** Lies in the first entry where `where` holds, once. */
export function once(
  name: EntryState['name'],
  where: (entry: EntryState) => boolean,
  to: (entry: EntryState) => bigint,
) {
  return (run: SparseRun): void => {
    let done: string | undefined;
    const lied: Lied = (entry) => {
      const key = `${entry.i} ${entry.x}`;
      if (entry.name !== name || !entry.inSlot || (done !== undefined && done !== key) || !where(entry))
        return entry.honest;
      done = key;
      return to(entry);
    };
    mergedEntries(run, lied);
    if (done === undefined) throw new Error(`no entry to lie of ${name} in`);
  };
}

const size = (d: bigint) => (d < 0n ? -d : d);
const flip = ({ honest }: EntryState) => 1n - honest;
const lie = (
  name: string,
  choice: SparseChoice,
  run: (run: SparseRun) => void,
  relation: number,
  tasks?: number,
): Lie => ({
  name,
  prove: () => provenSparse(choice, { run }, tasks),
  relations: [relation],
  fails: 'batch',
});

/** Bits and choices other than honest ones, of which all else follows. */
const DECIDED: Lie[] = [
  lie(
    'one that disagrees taken',
    TIES,
    once(
      'k',
      ({ i, honest, c }) => c[i] === 1n && honest === 0n,
      () => 1n,
    ),
    R.agree(2),
  ),
  lie(
    'an elected sign that is no bit',
    SUMMED,
    once(
      'o',
      ({ honest, c }) => honest === 1n && c[0] === 1n,
      () => 2n,
    ),
    R.electedBit,
    1,
  ),
  lie(
    'nothing agrees, said twice',
    TIES,
    once(
      'z',
      ({ honest }) => honest === 1n,
      () => 2n,
    ),
    R.noneBit,
  ),
  lie(
    'nothing said to agree where something does',
    TIES,
    once(
      'z',
      ({ honest }) => honest === 0n,
      () => 1n,
    ),
    R.none,
  ),
  lie(
    'nothing not said to agree where nothing does',
    TIES,
    once(
      'z',
      ({ honest }) => honest === 1n,
      () => 0n,
    ),
    R.logUp,
  ),
  lie(
    'a mask other than that of the seed: kept',
    DARE,
    once('m', ({ honest }) => honest === 0n, flip),
    R.logUp,
  ),
  lie(
    'a mask other than that of the seed: left out',
    DARE,
    once('m', ({ honest }) => honest === 1n, flip),
    R.logUp,
  ),
  lie(
    'a mask other than that of the seed, before signs are elected',
    DARE_TIES,
    once('m', ({ honest, i }) => honest === 0n && i === 1, flip),
    R.logUp,
  ),
  lie(
    'kept below the threshold',
    TIES,
    once('c', ({ honest, d, i }) => honest === 0n && d[i] !== 0n, flip),
    R.logUp,
  ),
  lie(
    'left out above the threshold',
    TIES,
    once('c', ({ honest }) => honest === 1n, flip),
    R.logUp,
  ),
  lie(
    'kept where nothing changed',
    TIES,
    once('c', ({ d, i }) => d[i] === 0n, flip),
    R.logUp,
  ),
  lie(
    'the other sign',
    TIES,
    once('s', ({ d, i, theta }) => size(d[i]) > theta[i], flip),
    R.logUp,
  ),
  lie(
    'the other sign elected',
    TIES,
    once('o', ({ c }) => c[0] === 1n, flip),
    R.logUp,
  ),
  lie(
    'a child rounded up by one',
    TIES,
    once(
      'quotient',
      () => true,
      ({ honest }) => honest + 1n,
    ),
    R.logUp,
  ),
  lie(
    'a child rounded down by one',
    DARE,
    once(
      'quotient',
      () => true,
      ({ honest }) => honest - 1n,
    ),
    R.logUp,
  ),
];

/** Of four tasks that keep so few that thrice a draw's distance is a limb. */
const DRAWN: SparseChoice = { signs: false, normalize: false, kept: Array(4).fill(20000n), seed: 73n };
const DRAWN_TIES: SparseChoice = { ...DRAWN, signs: true, normalize: true };
/** A lie of each task in its own bits. */
const ofTask = (i: number): Lie[] => {
  const isOwn = (entry: EntryState) => entry.i === i - 1;
  const own = (
    name: EntryState['name'],
    choice: SparseChoice,
    where: (entry: EntryState) => boolean,
    to: (entry: EntryState) => bigint,
    relation: number,
  ) =>
    lie(
      `${name} of task ${i}`,
      choice,
      once(name, (entry) => isOwn(entry) && where(entry), to),
      relation,
      4,
    );
  return [
    own(
      's',
      TIES,
      ({ d }) => d[i - 1] === 0n,
      () => 2n,
      R.signBit(i),
    ),
    own(
      'c',
      SUMMED,
      ({ d, honest }) => honest === 1n && d[i - 1] > 0n,
      () => 2n,
      R.keptBit(i),
    ),
    own(
      'c',
      DRAWN_TIES,
      ({ d, m }) => m[i - 1] === 0n && d[i - 1] !== 0n,
      () => 1n,
      R.masked(i),
    ),
    own(
      'm',
      DRAWN,
      ({ honest }) => honest === 1n,
      () => 2n,
      R.maskBit(i),
    ),
    own('m', DRAWN, () => true, flip, R.logUp),
    own(
      'k',
      TIES,
      ({ honest }) => honest === 1n,
      () => 0n,
      R.agree(i),
    ),
    traced(`another size of task ${i}`, TIES, (t) => nudge(t[`a0_${i}`], 0), R.size(i), 4),
    traced(`another distance of task ${i}`, TIES, (t) => nudge(t[`b0_${i}`], 0), R.trim(i), 4),
    traced(`another distance of a draw of task ${i}`, DRAWN, (t) => nudge(t[`t_${i}`], 0), R.draw(i), 4),
  ];
};

/** A drawn limb below 0, which the next one takes: of an entry that the seed leaves out, so that its distance is a limb. */
const borrowed =
  (k: number) =>
  (run: SparseRun): void => {
    let at: number | undefined;
    mergedEntries(run, ({ name, i, x, honest, inSlot }) => {
      if (name !== 'v' || !inSlot) return honest;
      if (i === k && honest >= run.kept[k]) at ??= x;
      if (x !== at) return honest;
      return i === k ? honest - LIMB : i === k + 1 ? honest + 1n : honest;
    });
  };

const traced = (
  name: string,
  choice: SparseChoice,
  change: (t: Tensors, run: SparseRun) => void,
  relation: number,
  tasks?: number,
): Lie => ({
  name,
  prove: () => {
    const run = honestRun(choice, tasks);
    return proveSparseMerge(new Random(43), run, { trace: (t) => change(t, run) });
  },
  relations: [relation],
  fails: 'batch',
});

/** Limbs that make another number than they should, each in its range. */
const TRACED: Lie[] = [
  traced('another distance under a mask', DARE_TIES, (t) => nudge(t.b0_2, 0), R.trim(2)),
  traced('another number drawn', DARE, (t) => nudge(t.v3, 0), R.sequence),
  traced('another sum', TIES, (t) => nudge(t.e0, 0), R.election),
  traced(
    'another remainder',
    TIES,
    (t) => {
      t.y0[0] -= nudge(t.r0, 0);
    },
    R.quotient,
  ),
  traced('another rest', DARE, (t) => nudge(t.y0, 0), R.rest),
];

/** A limb beyond its range, of a number that stays right. */
const LIMBS: [choice: SparseChoice, nudged: string, taking: string, weight: bigint, tasks?: number][] = [
  ...[1, 2, 3, 4].flatMap((i) =>
    (['a', 'b'] as const).flatMap((x): [SparseChoice, string, string, bigint, number][] => [
      [TIES, `${x}1_${i}`, `${x}0_${i}`, LIMB, 4],
      [TIES, `${x}0_${i}`, `${x}1_${i}`, PER_LIMB, 4],
      [TIES, `${x}1_${i}`, `${x}2_${i}`, PER_LIMB, 4],
    ]),
  ),
  [DARE, 'v3', 'v2', LIMB],
  [DARE, 'v2', 'v3', PER_LIMB],
  [DARE, 'u1', 'u0', LIMB],
  [DARE, 'u0', 'u1', PER_LIMB],
  [TIES, 'e1', 'e0', LIMB],
  [TIES, 'e0', 'e1', PER_LIMB],
  [TIES, 'e1', 'e2', PER_LIMB],
  [TIES, 'e2', 'e3', PER_LIMB],
  [TIES, 'r1', 'r0', LIMB],
  [TIES, 'r0', 'r1', PER_LIMB],
  [DARE, 'y1', 'y0', LIMB],
  [TIES, 'y0', 'y1', PER_LIMB],
];
/** An entry whose limbs are not all 0. */
const ENTRY = 1;
const RANGES: Lie[] = [
  ...LIMBS.map(([choice, nudged, taking, weight, tasks]) =>
    traced(
      `limb ${taking} beyond its range`,
      choice,
      (t) => absorb(t, ENTRY, [nudged, taking], weight),
      R.logUp,
      tasks,
    ),
  ),
  lie('limb v0 beyond its range', DARE, borrowed(0), R.logUp),
  lie('limb v1 beyond its range', DARE, borrowed(1), R.logUp),
  traced('limb w0 beyond its range', TIES, (t) => nudge(t.w1, ENTRY), R.logUp),
  traced('limb w1 beyond its range', TIES, (t) => (t.w1[ENTRY] -= LIMB), R.logUp),
  traced('limb w2 beyond its range', TIES, (t) => (t.w2[ENTRY] += LIMB), R.logUp),
];

const pairsOf = (names: string[]) => names.map((name): [string, string] => [name, name]);
const FORGED: Lie[] = [
  ...forgedLookups(pairsOf(['hE', 'hW', 'hR', 'hY']), R.names, (hooks) => provenSparse(TIES, hooks)),
  ...forgedLookups(
    pairsOf([...['A', 'B'].flatMap((x) => [1, 2, 3, 4].map((i) => `h${x}_${i}`)), 'hT', 'hV', 'hU']),
    R.names,
    (hooks) => provenSparse(FOUR, hooks, 4),
  ),
  ...forgedLookups([['g', 'table']], R.names, (hooks) => provenSparse(DARE, hooks)),
];

/** A number of kept entries other than stated, of absent layers and tasks too. */
const COUNTED: Lie[] = range(48).map((j) => ({
  name: `the count of task ${1 + (j % 4)} in slot ${j >> 2}`,
  prove: () => provenSparse(TIES, { run: (run) => void run.counts[j]++ }),
  claims: [C.keptIn(j + 1)],
  fails: 'reduction',
}));

export const SPARSE_LIES: Lie[] = [
  ...DECIDED,
  ...[1, 2, 3, 4].flatMap(ofTask),
  ...TRACED,
  ...RANGES,
  ...FORGED,
  ...COUNTED,
  miscounted(R.logUp, (hooks) => provenSparse(DARE_TIES, hooks)),
  ...madeUp(E.names, R.logUp, (hooks) => {
    // an entry of a task that is absent is read by nothing: no other value of it makes up for anything
    const unread: (number | undefined)[] = [E.P(3), E.P(4)];
    return unread.includes(hooks.repair?.evals1) ? provenSparse(FOUR, hooks, 4) : provenSparse(DARE_TIES, hooks);
  }),
];
