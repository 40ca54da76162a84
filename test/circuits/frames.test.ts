// The frames that all programs share, against big-integer references.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import {
  dot,
  eqTable,
  evaluate,
  inverse,
  mod,
  polynomial,
  powers,
  Random,
  range,
  squares,
} from '../reference/algebra.ts';
import { bits, layoutWords, ReferenceTranscript } from '../reference/argument.ts';
import { Bench } from '../reference/bench.ts';
import { brokenMask } from '../reference/opening.ts';
import { violations } from '../reference/r1cs.ts';

const random = new Random(21);
const elements = (n: number) => range(n).map(() => random.element());
const { digests: DIGEST, nonces: NONCE } = NUMBERING.shared;
const product = (factors: readonly bigint[]) => factors.reduce((p, f) => mod(p * f), 1n);
const eq = (a: readonly bigint[], b: readonly bigint[]) =>
  product(a.map((x, t) => mod(x * b[t] + (1n - x) * (1n - b[t]))));

describe('points.circom', () => {
  it('compares on the variables of each size, and asks 0 of the others', async () => {
    const bench = await Bench.of(
      'points',
      `include "lib/points.circom";
      template Bench() {
        signal input point[4]; signal input tau[4]; signal input mask[5][4]; signal input one;
        signal output eq[5]; signal output dormant[5]; signal output unused;
        component p = Points(4, 5); p.point <== point; p.tau <== tau; p.mask <== mask;
        eq <== p.eq; dormant <== p.dormant; unused <== one * p.unused;
      }`,
    );
    const [point, tau] = [elements(4), elements(4)];
    const mask = range(5).map((k) => range(4).map((t) => BigInt(t < k)));
    const witness = bench.witness({ point, tau, mask, one: 1n });
    const rest = (k: number) => product(point.slice(k).map((v) => mod(1n - v)));
    assert.deepEqual(
      bench.array(witness, 'eq', 5),
      range(5).map((k) => eq(point.slice(0, k), tau.slice(0, k))),
    );
    assert.deepEqual(bench.array(witness, 'dormant', 5), range(5).map(rest));
    assert.equal(bench.signal(witness, 'unused'), rest(0));
  });
});

describe('ShardDescriptor', () => {
  const LOGS = ['inLog', 'outLog', 'rowLog'];
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'shard',
      `include "lib/sizes.circom";
      template Bench() {
        signal input shard; signal input inputs1; signal input outputs1; signal input rows1; signal input classes; signal input labels; signal input offsets[2][26];
        signal output inLog; signal output outLog; signal output rowLog;
        component s = ShardDescriptor(); s.shard <== shard; s.inputs1 <== inputs1; s.outputs1 <== outputs1; s.rows1 <== rows1;
        s.classes <== classes; s.labels <== labels; s.offsets <== offsets; inLog <== s.inLog; outLog <== s.outLog; rowLog <== s.rowLog;
      }`,
    );
  });
  const fields = (
    inputs: bigint,
    outputs: bigint,
    rows: bigint,
    [classes, labels]: readonly [bigint, bigint],
    offsets: [bigint, bigint],
  ) => ({
    shard: mod(
      inputs -
        1n +
        ((outputs - 1n) << 12n) +
        ((rows - 1n) << 24n) +
        (classes << 36n) +
        (offsets[0] << 37n) +
        (offsets[1] << 63n) +
        (labels << 89n),
    ),
    inputs1: inputs - 1n,
    outputs1: outputs - 1n,
    rows1: rows - 1n,
    classes,
    labels,
    offsets: offsets.map((o) => bits(o, 26)),
  });

  it('takes apart any sizes, rows of any number', () => {
    for (const [inputs, outputs, rows] of [
      [1, 1, 1],
      [784, 10, 1000],
      [4096, 4096, 4096],
    ]) {
      const kind = [BigInt(rows === 1), BigInt(rows === 1000)] as const;
      const witness = bench.witness(fields(BigInt(inputs), BigInt(outputs), BigInt(rows), kind, [2n ** 25n, 0n]));
      assert.ok(bench.accepts(witness));
      assert.deepEqual(
        LOGS.map((name) => bench.signal(witness, name)),
        [inputs, outputs, rows].map((n) => BigInt(Math.ceil(Math.log2(n)))),
      );
    }
  });

  it('refuses sizes, class and label bits out of range, packed to match, and fields that are not those of the word', () => {
    const refused = (...f: Parameters<typeof fields>) => assert.ok(!bench.accepts(bench.witness(fields(...f))));
    refused(0n, 1n, 1n, [0n, 0n], [0n, 0n]);
    refused(1n, 4097n, 1n, [0n, 0n], [0n, 0n]);
    refused(1n, 1n, 0n, [0n, 0n], [0n, 0n]);
    const honest = fields(3n, 2n, 5n, [0n, 0n], [0n, 32n]);
    assert.ok(bench.accepts(bench.witness(honest)));
    for (const delta of [1n, 1n << 36n, 1n << 88n, 1n << 89n])
      assert.ok(!bench.accepts(bench.witness({ ...honest, shard: honest.shard + delta })));
    const [place, other] = honest.offsets;
    // the bit weighs as much as it should, but is none
    const forged = { ...honest, offsets: [[2n, ...place.slice(1)], other], shard: honest.shard + (2n << 37n) };
    assert.ok(!bench.accepts(bench.witness(forged)));
  });
});

describe('the kind of a shard', () => {
  it('has bits for classes and labels, of which at most one is 1, by one check each', async () => {
    const bench = await Bench.of(
      'kind',
      `include "lib/sizes.circom";
      template Bench() {
        signal input shard; signal input classes; signal input labels; signal output rowLog;
        component s = ShardDescriptor(); s.shard <== shard; s.inputs1 <== 0; s.outputs1 <== 0; s.rows1 <== 0; s.classes <== classes;
        s.labels <== labels; for (var i = 0; i < 2; i++) for (var t = 0; t < 26; t++) s.offsets[i][t] <== 0;
        rowLog <== s.rowLog;
      }`,
    );
    const broken = (classes: bigint, labels: bigint) => {
      const shard = mod((classes << 36n) + (labels << 89n));
      return violations(bench.r1cs, bench.witness({ shard, classes, labels })).length;
    };
    for (const [classes, labels] of [
      [0n, 0n],
      [1n, 0n],
      [0n, 1n],
    ])
      assert.equal(broken(classes, labels), 0);
    for (const [classes, labels] of [
      [1n, 1n],
      [2n, 0n],
      [0n, 2n],
    ])
      assert.equal(broken(classes, labels), 1, `${classes} ${labels}`);
  });
});

describe('begin.circom', () => {
  it('absorbs both layouts before the challenge they must not depend on', async () => {
    const bench = await Bench.of(
      'begin',
      `include "lib/begin.circom";
      template Bench() {
        signal input h[6]; signal input traceOffset[11][26]; signal input helperOffset[2][26]; signal input one;
        signal output beta; signal output x; signal output squares[27];
        component begin = Commitments(11, 2, 27); begin.h <== h; begin.traceOffset <== traceOffset; begin.helperOffset <== helperOffset;
        beta <== begin.beta; x <== one * begin.x; for (var t = 0; t < 27; t++) squares[t] <== one * begin.out[t];
        signal rest[3]; for (var k = 3; k < 6; k++) rest[k - 3] <== one * h[k];
      }`,
    );
    const h = elements(6);
    const places = range(13).map(() => random.below(2 ** 26));
    const offsets = places.map((o) => bits(o, 26));
    const inputs = { h, traceOffset: offsets.slice(0, 11), helperOffset: offsets.slice(11), one: 1n };
    const word = (from: number, to: number) =>
      places.slice(from, to).reduce((w, o, i) => w + (BigInt(o) << BigInt(26 * i)), 0n);
    const transcript = new ReferenceTranscript(h[DIGEST.statement]);
    const beta = transcript.absorb([h[DIGEST.trace], word(0, 9), word(9, 11)]);
    const x = transcript.absorb([h[DIGEST.helper], word(11, 13)]);
    const witness = bench.witness(inputs);
    assert.ok(bench.accepts(witness));
    assert.deepEqual([bench.signal(witness, 'beta'), bench.signal(witness, 'x')], [beta, x]);
    assert.deepEqual(bench.array(witness, 'squares', 27), squares(x, 27));
    const forged = structuredClone(inputs);
    forged.helperOffset[1][25] = 2n;
    assert.ok(!bench.accepts(bench.witness(forged)), 'an offset bit of 2');
  });

  it('draws alpha between beta and the helper, where pairs are looked up', async () => {
    const bench = await Bench.of(
      'beginWithPairs',
      `include "lib/begin.circom";
      template Bench() {
        signal input h[6]; signal input traceOffset[11][26]; signal input helperOffset[2][26]; signal input one;
        signal output challenges[3]; signal output squares[27];
        component begin = CommitmentsWithPairs(11, 2, 27); begin.h <== h; begin.traceOffset <== traceOffset; begin.helperOffset <== helperOffset;
        challenges[0] <== begin.beta; challenges[1] <== begin.alpha; challenges[2] <== one * begin.x;
        for (var t = 0; t < 27; t++) squares[t] <== one * begin.out[t];
        signal rest[3]; for (var k = 3; k < 6; k++) rest[k - 3] <== one * h[k];
      }`,
    );
    const h = elements(6);
    const offsets = range(13).map(() => bits(random.below(2 ** 26), 26));
    const inputs = { h, traceOffset: offsets.slice(0, 11), helperOffset: offsets.slice(11), one: 1n };
    const transcript = new ReferenceTranscript(h[DIGEST.statement]);
    const beta = transcript.absorb([h[DIGEST.trace], ...layoutWords(offsets.slice(0, 11))]);
    const alpha = transcript.absorb([0n]);
    const x = transcript.absorb([h[DIGEST.helper], ...layoutWords(offsets.slice(11))]);
    const witness = bench.witness(inputs);
    assert.ok(bench.accepts(witness));
    assert.deepEqual(bench.array(witness, 'challenges', 3), [beta, alpha, x]);
    assert.deepEqual(bench.array(witness, 'squares', 27), squares(x, 27));
    const forged = structuredClone(inputs);
    forged.traceOffset[10][0] = 2n;
    assert.ok(!bench.accepts(bench.witness(forged)), 'an offset bit of 2');
  });
});

describe('table.circom', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'table',
      `include "lib/table.circom";
      template Bench() {
        signal input beta; signal input point[26]; signal input tau[16]; signal input g; signal input mult; signal input weights[2];
        signal input y[26]; signal input offsets[2][26];
        signal output long; signal output short; signal output trace; signal output helper;
        var low[16]; for (var t = 0; t < 16; t++) low[t] = point[t];
        var some[24]; for (var t = 0; t < 24; t++) some[t] = point[t];
        long <== Table(26)(beta, point, tau, g, mult, weights[0], weights[1]);
        short <== Table(24)(beta, some, tau, g, mult, weights[0], weights[1]);
        (trace, helper) <== TableWeights()(y, low, offsets[0], offsets[1], weights[0], weights[1]);
      }`,
    );
  });
  const run = () => {
    const [beta, g, mult] = elements(3);
    const [point, tau, weights, y] = [elements(26), elements(16), elements(2), elements(26)];
    // the second is misaligned: no slot of 2^16 begins there
    const offsets = [bits(5 * 2 ** 16, 26), bits(2 ** 15, 26)];
    const inputs = { beta, point, tau, g, mult, weights, y, offsets };
    return { inputs, witness: bench.witness(inputs) };
  };

  it('checks and sums the table over the first 16 variables of any batch', () => {
    const { inputs, witness } = run();
    const { beta, point, tau, g, mult, weights } = inputs;
    const low = point.slice(0, 16);
    const entry = mod(low.reduce((k, v, t) => k + v * 2n ** BigInt(t), 0n));
    const inside = mod(weights[0] * eq(low, tau) * (g * (beta - entry) - mult) - weights[1] * g);
    const dormant = (n: number) => product(point.slice(16, n).map((v) => mod(1n - v)));
    assert.equal(bench.signal(witness, 'long'), mod(inside * dormant(26)));
    assert.equal(bench.signal(witness, 'short'), mod(inside * dormant(24)));
  });

  it('weights mult and g where their slots are', () => {
    const { inputs, witness } = run();
    const { point, weights, y, offsets } = inputs;
    const at = product(y.slice(16).map((v, t) => (offsets[0][16 + t] ? v : mod(1n - v))));
    assert.equal(bench.signal(witness, 'trace'), mod(weights[0] * at * eq(point.slice(0, 16), y.slice(0, 16))));
    assert.equal(bench.signal(witness, 'helper'), 0n);
  });
});

describe('finish.circom', () => {
  const ORACLES = 3;
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'finish',
      `include "lib/finish.circom";
      template Bench() {
        signal input state; signal input claim; signal input reduce[26][2]; signal input u[${ORACLES}]; signal input h[6]; signal input nonce[5];
        signal input level2[10][2]; signal input u12[2]; signal input p2[32]; signal input s2[32]; signal input params[2]; signal input chunkMask[8]; signal input fold; signal input one;
        signal output y[26]; signal output value; signal output c; signal output v; signal unused; unused <== one * nonce[0];
        component f = Finish(${ORACLES}, 2);
        f.state <== state; f.claim <== claim; f.reduce <== reduce; f.u <== u; f.h <== h; f.nonce <== nonce; f.level2 <== level2;
        f.u12 <== u12; f.p2 <== p2; f.s2 <== s2; f.params <== params; f.chunkMask <== chunkMask; f.fold <== fold;
        for (var t = 0; t < 26; t++) y[t] <== one * f.y[t];
        value <== f.value; c <== f.c; v <== f.v;
      }`,
    );
  });

  /** The three linear checks, by the message that is solved for to meet them. */
  type Check = 'u12' | 'p2' | 's2';
  type Messages = ReturnType<typeof free>;
  const free = () => ({
    state: random.element(),
    claim: random.element(),
    reduce: range(26).map(() => elements(2)),
    u: elements(ORACLES),
    h: elements(6),
    nonce: elements(5),
    level2: range(10).map(() => elements(2)),
    u12: elements(2),
    p2: elements(32),
    s2: elements(32),
    params: elements(2),
    chunkMask: bits(0b111, 8),
    fold: random.element(),
    one: 1n,
  });
  /** The rounds of a sumcheck of degree 2, followed by a verifier written apart. */
  const rounds = (transcript: ReferenceTranscript, claim: bigint, messages: bigint[][]) => {
    const point: bigint[] = [];
    for (const [c0, c2] of messages) {
      const r = transcript.absorb([c0, c2]);
      claim = polynomial([c0, mod(claim - 2n * c0 - c2), c2], r);
      point.unshift(r);
    }
    return { point, value: claim };
  };
  /** Protocol, sections 2 to 4; the messages named by `solve` are changed so that their checks hold. */
  const follow = (m: Messages, solve: readonly Check[] = ['u12', 'p2', 's2']) => {
    const transcript = new ReferenceTranscript(m.state);
    const reduction = rounds(transcript, m.claim, m.reduce);
    const y = reduction.point;
    const eta = transcript.absorb([...m.u, m.nonce[NONCE.eta]]);
    const gamma = transcript.absorb([m.h[DIGEST.rows]]);
    const mix = transcript.absorb([m.h[DIGEST.columns]]);
    const level = rounds(transcript, dot(powers(eta, ORACLES), m.u), m.level2);
    const t = level.point;
    const gammas = powers(gamma, 1024);
    const entries = eqTable(y.slice(10, 18));
    const rows = evaluate(
      gammas.map((g, i) => mod((entries[i] ?? 0n) + mix * g)),
      t,
    );
    const columns = mod(mix * evaluate(eqTable(y.slice(0, 10)), t));
    if (solve.includes('u12')) m.u12[0] = mod((level.value + m.u12[1] * columns) * inverse(rows));
    const theta = transcript.absorb([...m.u12, m.nonce[NONCE.theta]]);
    const high = eqTable(t.slice(5));
    const low = eqTable(t.slice(0, 5));
    if (solve.includes('p2'))
      m.p2[0] = mod((m.u12[0] + theta * m.u12[1] - dot(m.p2.slice(1), high.slice(1))) * inverse(high[0]));
    const gamma2 = transcript.absorb([...m.p2, m.nonce[NONCE.gamma2]]);
    if (solve.includes('s2'))
      m.s2[0] = mod((polynomial(m.p2, gamma2) - dot(m.s2.slice(1), low.slice(1))) * inverse(low[0]));
    const z = transcript.absorb([...m.s2, m.h[DIGEST.quotient2], m.nonce[NONCE.z]]);
    const ones = m.chunkMask.reduce((s, bit) => s + Number(bit), 0);
    const chunk = y.slice(18).map((v, k) => (k < ones ? v : 0n));
    const rest = product(y.slice(18 + ones).map((v) => mod(1n - v)));
    const outputs = [eta, gamma, theta, gamma2, z, polynomial(m.s2, z), ...chunk, rest, BigInt(ones)];
    const signals = [...outputs, ...m.h, ...m.params];
    const c = new ReferenceTranscript(eta).absorb(signals.slice(1));
    return { y, value: reduction.value, c, v: polynomial(signals, m.fold) };
  };

  it('follows the reduction, the opening and the fold of a verifier written apart', () => {
    const m = free();
    const { y, value, c, v } = follow(m);
    const witness = bench.witness(m);
    assert.ok(bench.accepts(witness));
    assert.deepEqual(bench.array(witness, 'y', 26), y);
    assert.deepEqual(
      ['value', 'c', 'v'].map((name) => bench.signal(witness, name)),
      [value, c, v],
    );
    assert.ok(!bench.accepts(bench.forged(m, { v: v + 1n })));
    assert.ok(!bench.accepts(bench.forged(m, { c: c + 1n })));
  });

  it('says as many coordinates of the chunk as the mask has ones, what is left, and how many', () => {
    for (const ones of range(9)) {
      const m = { ...free(), chunkMask: bits(2 ** ones - 1, 8) };
      const { c, v } = follow(m);
      const witness = bench.witness(m);
      assert.ok(bench.accepts(witness));
      assert.deepEqual([bench.signal(witness, 'c'), bench.signal(witness, 'v')], [c, v]);
    }
  });

  it('has nine checks of the mask, and each refuses alone', () => {
    const m = free();
    follow(m);
    const broken = (chunkMask: bigint[]) => violations(bench.r1cs, bench.witness({ ...m, chunkMask })).length;
    assert.equal(broken(bits(0b111, 8)), 0);
    // 1, the mask, 0: where it does not fall by 0 or 1
    for (const k of range(9)) {
      const mask = brokenMask(k);
      assert.equal(broken(mask), 1, `${mask}`);
    }
    assert.ok(broken(elements(8)) > 1);
  });

  it('has three checks, and each refuses alone', () => {
    const m = free();
    follow(m);
    const broken = (change: (m: Messages) => void, solve: readonly Check[]) => {
      const other = structuredClone(m);
      change(other);
      follow(other, solve);
      return violations(bench.r1cs, bench.witness(other)).length;
    };
    assert.equal(
      broken(() => {}, []),
      0,
    );
    // what comes after the broken check is made to fit it
    assert.equal(
      broken((o) => (o.u12[0] += 1n), ['p2', 's2']),
      1,
      'level 2',
    );
    assert.equal(
      broken((o) => (o.p2[1] += 1n), ['s2']),
      1,
      "p''",
    );
    assert.equal(
      broken((o) => (o.s2[3] += 1n), []),
      1,
      "s''",
    );
  });
});
