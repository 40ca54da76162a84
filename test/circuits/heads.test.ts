// The parts of program train that depend on the head, against big integers.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { dot, eqAt, inverse, mod, Random, range, zeros } from '../reference/algebra.ts';
import { bits } from '../reference/argument.ts';
import { Bench } from '../reference/bench.ts';

const { trace: T, helper: H, relations: R, evaluations: E, claims: C } = NUMBERING.train;
const random = new Random(31);
const elements = (n: number) => range(n).map(() => random.element());
const HALF = 2n ** 15n;
const LIMB = 2n ** 16n;
/** s0, s1, s2 */
type Head = readonly [bigint, bigint, bigint];
const HEADS: Record<string, Head> = {
  'squared error': [1n, 0n, 0n],
  softmax: [0n, 1n, 0n],
  sigmoid: [0n, 0n, 1n],
};

describe('the relations of the heads', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'heads',
      `include "generated/train.circom"; include "programs/train/heads.circom";
      template Bench() {
        signal input one; signal input s[3]; signal input outputs; signal input smoothing; signal input beta; signal input alpha;
        signal input realRows; signal input realClasses; signal input weight[${R.count}]; signal input evals[${E.count}];
        signal output out; signal output scale;
        component h = TrainHeads(); h.squaredError <== s[0]; h.softmax <== s[1]; h.sigmoid <== s[2]; h.outputs <== outputs;
        h.smoothing <== smoothing; h.beta <== beta; h.alpha <== alpha; h.alphaSquare <== alpha * alpha; h.realRows <== realRows;
        h.realClasses <== realClasses; h.weight <== weight; h.evals <== evals;
        out <== h.out; scale <== TargetScale()(s[0], s[1], s[2], outputs, smoothing);
        var all = 0; for (var i = 0; i < ${R.count}; i++) all += weight[i]; for (var i = 0; i < ${E.count}; i++) all += evals[i];
        signal unused <== one * all;
      }`,
    );
  });

  /** A place of the output layer: its row, its class, and what is committed there. */
  interface Place {
    head: Head;
    outputs: bigint;
    smoothing: bigint;
    realRows: bigint;
    realClasses: bigint;
    evals: bigint[];
  }
  const [beta, alpha] = elements(2);
  const DEPENDENT = [R.error, R.firstBit, R.firstPadding, R.largest, R.powerPadding, R.division, R.hR, R.hP, R.hF];
  const inputs = (p: Place) => ({
    one: 1n,
    s: [...p.head],
    outputs: p.outputs,
    smoothing: p.smoothing,
    beta,
    alpha,
    realRows: p.realRows,
    realClasses: p.realClasses,
    evals: p.evals,
  });
  /** Names of the relations that are not 0, each weighed alone. */
  const broken = (p: Place) =>
    DEPENDENT.filter((relation) => {
      const weight = zeros(R.count).with(relation, 1n);
      return bench.signal(bench.witness({ ...inputs(p), weight }), 'out') !== 0n;
    }).map((relation) => R.names[relation]);

  const scaleOf = ([s0, s1, s2]: Head, outputs: bigint, eps: bigint) =>
    mod(4n * s0 + (s1 * (2048n - outputs * eps) + s2 * (2048n - 2n * eps)) * inverse(512n));
  const sumOfInverses = (...limbs: bigint[]) => mod(limbs.reduce((sum, x) => sum + inverse(mod(beta - x)), 0n));
  /** Fills what follows from logit, target and P: D_4, and hF for the pair of index and value. */
  const finish = (p: Place, index: bigint, value: bigint): Place => {
    const [s0, s1, s2] = p.head;
    const graded = (s1 + s2) * p.realClasses;
    const delta =
      4n * s0 * (p.evals[E.Q] - HALF) +
      graded * (p.evals[E.P] - p.smoothing) -
      scaleOf(p.head, p.outputs, p.smoothing) * p.evals[E.Y];
    p.evals[E.D4] = mod(p.realRows * delta);
    p.evals[E.hF] = graded ? mod(inverse(mod(beta - index - alpha * value - alpha * alpha))) : 0n;
    return p;
  };
  const blank = (head: Head, realRows = 1n, realClasses = 1n): Place => ({
    ...{ head, outputs: 3n, smoothing: 5n, realRows, realClasses },
    evals: zeros(E.count),
  });
  /** Remainder and what it lacks, of a division that gives `quotient`. */
  const divide = ({ evals: e }: Place, quotient: bigint) => {
    const remainder = 4096n * e[E.e] + e[E.Sum] - 2n * e[E.Sum] * quotient;
    const lack = 2n * e[E.Sum] - 1n - remainder;
    [e[E.P], e[E.r0], e[E.r1], e[E.z1]] = [quotient, remainder % LIMB, remainder / LIMB, lack / LIMB];
    e[E.hR] = sumOfInverses(e[E.r0], e[E.r1], e[E.z1]);
    e[E.hP] = sumOfInverses(lack % LIMB, quotient, 0n);
  };
  /** Softmax with logits 700 and -3 in the row; this place has one of them, or is a padded class. */
  const softmax = (logit: bigint, realRows = 1n, realClasses = 1n, sum = 81920n): Place => {
    const p = blank(HEADS.softmax, realRows, realClasses);
    const e = p.evals;
    [e[E.Q], e[E.M], e[E.Sum]] = [logit + HALF, 700n, sum];
    e[E.e] = realClasses ? (logit === 700n ? 65536n : sum - 65536n) : 0n;
    e[E.w] = realClasses && logit === 700n ? 1n : 0n;
    e[E.Y] = realRows * realClasses * (logit === 700n ? 512n : 0n);
    divide(p, (4096n * e[E.e] + sum) / (2n * sum));
    return finish(p, 700n - logit, e[E.e]);
  };
  const sigmoid = (realRows = 1n, realClasses = 1n): Place => {
    const p = blank(HEADS.sigmoid, realRows, realClasses);
    [p.evals[E.Q], p.evals[E.P], p.evals[E.Y]] = [HALF - 90n, 1000n, realRows * realClasses * 512n];
    return finish(p, HALF - 90n, 1000n);
  };
  const squaredError = (realRows = 1n, realClasses = 1n): Place => {
    const p = blank(HEADS['squared error'], realRows, realClasses);
    [p.evals[E.Q], p.evals[E.Y]] = [HALF - 90n, 44n];
    return finish(p, 0n, 0n);
  };

  it('weigh a target by what is left to it', () => {
    for (const head of Object.values(HEADS))
      for (const [outputs, smoothing] of [
        [1n, 0n],
        [10n, 204n],
        [4096n, 0n],
        [7n, 255n],
      ]) {
        const p = { ...blank(head), outputs, smoothing };
        const witness = bench.witness({ ...inputs(p), weight: elements(R.count) });
        assert.equal(bench.signal(witness, 'scale'), scaleOf(head, outputs, smoothing));
        assert.ok(bench.accepts(witness));
      }
  });

  it('hold of an honest place: real or padded row and class, of each head', () => {
    for (const [rows, classes] of [
      [1n, 1n],
      [0n, 1n],
      [1n, 0n],
      [0n, 0n],
    ]) {
      for (const p of [softmax(700n, rows, classes), softmax(-3n, rows, classes), sigmoid(rows, classes)])
        assert.deepEqual(broken(p), []);
      assert.deepEqual(broken(squaredError(rows, classes)), []);
    }
  });

  it('are weighed as numbered', () => {
    const p = { ...softmax(700n), realClasses: random.element(), evals: elements(E.count) };
    const weight = elements(R.count);
    const alone = (relation: number) =>
      bench.signal(bench.witness({ ...inputs(p), weight: zeros(R.count).with(relation, 1n) }), 'out');
    assert.equal(bench.signal(bench.witness({ ...inputs(p), weight }), 'out'), dot(range(R.count).map(alone), weight));
    for (const relation of DEPENDENT) assert.notEqual(alone(relation), 0n, R.names[relation]);
    assert.equal(range(R.count).filter((n) => alone(n) !== 0n).length, DEPENDENT.length);
  });

  const paddedQuotient = () => {
    // a padded class with a power of 5, divided honestly
    const p = softmax(0n, 1n, 0n);
    p.evals[E.e] = 5n;
    divide(p, 0n);
    return p;
  };
  const CHEATS: [string, () => Place, string][] = [
    ['a delta one off', () => change(softmax(700n), E.D4, 1n), 'error'],
    ['a delta one off, sigmoid', () => change(sigmoid(), E.D4, 1n), 'error'],
    ['a delta one off, squared error', () => change(squaredError(), E.D4, 1n), 'error'],
    ['a delta on a padded row', () => change(softmax(700n, 0n), E.D4, 1n), 'error'],
    ['a delta on a padded class', () => change(sigmoid(1n, 0n), E.D4, 1n), 'error'],
    ['another smoothing', () => ({ ...sigmoid(), smoothing: 6n }), 'error'],
    ['another number of outputs', () => ({ ...softmax(700n), outputs: 4n }), 'error'],
    ['a first of 2', () => change(softmax(700n), E.w, 1n), 'firstBit'],
    ['a first on a padded class', () => change(softmax(700n, 1n, 0n), E.w, 1n), 'firstPadding'],
    ['a first that is not the largest', () => change(softmax(-3n), E.w, 1n), 'largest'],
    ['a power on a padded class', paddedQuotient, 'powerPadding'],
    ['a remainder one off', () => forged(softmax(-3n), (e) => (e[E.r0] += 1n)), 'division'],
    ['a quotient one off', () => forged(softmax(-3n), (e) => (e[E.P] += 1n)), 'division'],
    ['limbs of the remainder that are not looked up', () => change(softmax(-3n), E.hR, 1n), 'hR'],
    ['limbs of the lack that are not looked up', () => change(softmax(-3n), E.hP, 1n), 'hP'],
    ['another lack', () => change(softmax(-3n), E.z1, -1n, true), 'hP'],
    ['a pair that is not looked up', () => change(softmax(-3n), E.hF, 1n), 'hF'],
    ['another power than the pair has', () => withPair(softmax(-3n), 703n, 16385n), 'hF'],
    ['another index than the pair has', () => withPair(sigmoid(), HALF - 91n, 1000n), 'hF'],
    ['a pair looked up on a padded class', () => change(sigmoid(1n, 0n), E.hF, 1n), 'hF'],
    ['a pair looked up with squared error', () => change(squaredError(), E.hF, 1n), 'hF'],
  ];
  /** One evaluation changed; with `limbs` the lookup of r0, r1, z1 fits it. */
  function change(p: Place, at: number, by: bigint, limbs = false): Place {
    p.evals[at] = mod(p.evals[at] + by);
    if (limbs) p.evals[E.hR] = sumOfInverses(p.evals[E.r0], p.evals[E.r1], p.evals[E.z1]);
    return p;
  }
  /** Another remainder or quotient, the lookups and the delta as if they were right. */
  function forged(p: Place, cheat: (evals: bigint[]) => void): Place {
    cheat(p.evals);
    const e = p.evals;
    const lack = 2n * e[E.Sum] - 1n - e[E.r0] - LIMB * e[E.r1];
    e[E.hR] = sumOfInverses(e[E.r0], e[E.r1], e[E.z1]);
    e[E.hP] = sumOfInverses(lack - LIMB * e[E.z1], e[E.P], 0n);
    return finish(p, 703n, e[E.e]);
  }
  function withPair(p: Place, index: bigint, value: bigint): Place {
    p.evals[E.hF] = inverse(mod(beta - index - alpha * value - alpha * alpha));
    return p;
  }
  for (const [name, cheat, relation] of CHEATS)
    it(`catch ${name} by ${relation} alone`, () => {
      assert.deepEqual(broken(cheat()), [relation]);
    });
});

describe('the weights of the heads', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'headWeights',
      `include "generated/train.circom"; include "programs/train/heads.circom";
      template Bench() {
        signal input one; signal input s[2]; signal input traceOffset[${T.count}][26]; signal input helperOffset[${H.count}][26];
        signal input weight[${C.count}]; signal input high[26]; signal input highRows[26]; signal input eq[3];
        signal input y[26]; signal input point[16];
        signal output trace; signal output helper; signal output tableTrace; signal output tableHelper; signal output tables;
        (trace, helper) <== TrainHeadWeights()(s[0], s[1], traceOffset, helperOffset, weight, high, highRows, eq[0], eq[1], eq[2]);
        (tableTrace, tableHelper, tables) <== TrainTableWeights()(s[0], s[1], y, point, traceOffset, helperOffset, weight);
        var all = 0; for (var i = 0; i < ${C.count}; i++) all += weight[i];
        for (var i = 0; i < ${T.count}; i++) for (var t = 0; t < 26; t++) all += traceOffset[i][t];
        for (var i = 0; i < ${H.count}; i++) for (var t = 0; t < 26; t++) all += helperOffset[i][t];
        signal unused <== one * all;
      }`,
    );
  });
  const product = (factors: readonly bigint[]) => factors.reduce((p, f) => mod(p * f), 1n);
  /** What a slot's block weighs at an address, whose coordinates inside the slot are 0. */
  const factor = (offset: readonly bigint[], high: readonly bigint[]) =>
    product(high.map((v, t) => (offset[t] ? v : mod(1n - v))));
  const free = (s: readonly [bigint, bigint]) => {
    const y = elements(26);
    // slots of 2^9, of 2^4 and of 2^16 entries
    const place = () => bits(random.below(2 ** 10) * 2 ** 16, 26);
    return {
      one: 1n,
      s: [...s],
      traceOffset: range(T.count).map(place),
      helperOffset: range(H.count).map(place),
      weight: elements(C.count),
      high: y.map((v, t) => (t < 9 ? 0n : v)),
      highRows: y.map((v, t) => (t < 4 ? 0n : v)),
      eq: elements(3),
      y,
      point: elements(16),
    };
  };
  const expected = (m: ReturnType<typeof free>) => {
    const [s1, s2] = m.s;
    const w = m.weight;
    const [eqR, eqRho, rhoAtF] = m.eq;
    const big = (slot: number) => factor(m.traceOffset[slot], m.high);
    const ofRows = (slot: number) => factor(m.traceOffset[slot], m.highRows);
    const atPoint =
      s1 * dot([T.w, T.e, T.r0, T.r1, T.z1].map(big), [w[C.w], w[C.e], w[C.r0], w[C.r1], w[C.z1]]) +
      (s1 + s2) * w[C.P] * big(T.P);
    const atRows = s1 * (w[C.M] * ofRows(T.M) + w[C.Sum] * ofRows(T.Sum));
    const sums = s1 * (w[C.oneFirst] * big(T.w) + w[C.total] * (big(T.e) - ofRows(T.Sum)));
    const helper = (slot: number) => factor(m.helperOffset[slot], m.high);
    const helpers = s1 * (w[C.hR] * helper(H.hR) + w[C.hP] * helper(H.hP)) + (s1 + s2) * w[C.hF] * helper(H.hF);
    const eq = eqAt(m.point, m.y.slice(0, 16));
    const inTable = (offset: readonly bigint[]) => factor(offset.slice(16), m.y.slice(16));
    const above = product(m.y.slice(17).map((v) => mod(1n - v)));
    return {
      trace: mod(rhoAtF * atPoint + eqRho * atRows + eqR * sums),
      helper: mod(rhoAtF * helpers),
      tableTrace: mod(
        eq * (w[C.mult] * inTable(m.traceOffset[T.mult]) + (s1 + s2) * w[C.mult2] * inTable(m.traceOffset[T.mult2])),
      ),
      tableHelper: mod(
        eq * (w[C.g] * inTable(m.helperOffset[H.g]) + (s1 + s2) * w[C.g2] * inTable(m.helperOffset[H.g2])),
      ),
      tables: mod(eq * w[C.F] * (s1 * (1n - m.y[16]) + s2 * m.y[16]) * above),
    };
  };

  for (const [name, [, s1, s2]] of Object.entries(HEADS))
    it(`are those of the claims, of present slots alone: ${name}`, () => {
      const m = free([s1, s2]);
      const witness = bench.witness(m);
      assert.ok(bench.accepts(witness));
      for (const [output, value] of Object.entries(expected(m)))
        assert.equal(bench.signal(witness, output), value, output);
      if (s1 + s2 === 0n)
        for (const output of ['trace', 'helper', 'tables']) assert.equal(bench.signal(witness, output), 0n, output);
    });

  it('see the function of the head alone, and nothing beyond both', () => {
    const at = (s: readonly [bigint, bigint], address: number) => {
      const m = { ...free(s), y: bits(address, 26), point: bits(address % 2 ** 16, 16) };
      return mod(bench.signal(bench.witness(m), 'tables') * inverse(m.weight[C.F]));
    };
    for (const k of [0, 9, 65535]) {
      assert.deepEqual([at([1n, 0n], k), at([1n, 0n], 2 ** 16 + k)], [1n, 0n]);
      assert.deepEqual([at([0n, 1n], k), at([0n, 1n], 2 ** 16 + k)], [0n, 1n]);
      for (const t of range(9)) assert.equal(at([0n, 1n], 2 ** 16 + k + 2 ** (17 + t)), 0n);
    }
  });

  it('refuse another weight', () => {
    const m = free([1n, 0n]);
    for (const [output, value] of Object.entries(expected(m)))
      assert.ok(!bench.accepts(bench.forged(m, { [output]: value + 1n })), output);
  });
});
