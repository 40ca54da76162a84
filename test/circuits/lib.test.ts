import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Transcript } from '../../src/argument/transcript.ts';
import { HEADS } from '../../src/model/head.ts';
import { encodeShape } from '../../src/model/shape.ts';
import {
  eqTable,
  evaluate,
  interpolate,
  inverse,
  mod,
  ORDER,
  polynomial,
  powers,
  Random,
  range,
  squares,
} from '../reference/algebra.ts';
import { bits, layoutWords, ReferenceTranscript } from '../reference/argument.ts';
import { Bench } from '../reference/bench.ts';
import { violations } from '../reference/r1cs.ts';

const random = new Random(11);
const elements = (n: number) => range(n).map(() => random.element());
const number = (b: readonly bigint[]) => Number(b.reduce((v, bit, t) => v + bit * 2n ** BigInt(t), 0n));

describe('transcript.circom', () => {
  let bench: Bench;
  const SIZES = [1, 2, 15, 16, 31];
  before(async () => {
    bench = await Bench.of(
      'transcript',
      `include "lib/transcript.circom";
      template Bench() {
        signal input state; signal input e[31]; signal input one; signal output out[5]; signal output powers[5]; signal output squares[5];
        ${SIZES.map((n, k) => `component a${k} = Absorb(${n}); a${k}.state <== state; for (var i = 0; i < ${n}; i++) a${k}.elements[i] <== e[i]; out[${k}] <== a${k}.out;`).join('\n')}
        signal p[5] <== Powers(5)(state); signal q[5] <== Squares(5)(state);
        for (var i = 0; i < 5; i++) { powers[i] <== one * p[i]; squares[i] <== one * q[i]; }
      }`,
    );
  });

  it('has the challenges of src and of the reference on random elements', () => {
    for (const _ of range(3)) {
      const [state, ...e] = elements(32);
      const out = bench.array(bench.witness({ state, e, one: 1n }), 'out', 5);
      assert.deepEqual(
        out,
        SIZES.map((n) => new Transcript(state).absorb(e.slice(0, n))),
      );
      assert.deepEqual(
        out,
        SIZES.map((n) => new ReferenceTranscript(state).absorb(e.slice(0, n))),
      );
    }
  });

  it('has powers and squares', () => {
    const [state, ...e] = elements(32);
    const witness = bench.witness({ state, e, one: 1n });
    assert.deepEqual(bench.array(witness, 'powers', 5), powers(state, 5));
    assert.deepEqual(bench.array(witness, 'squares', 5), squares(state, 5));
  });

  it('refuses another challenge', () => {
    const [state, ...e] = elements(32);
    const inputs = { state, e, one: 1n };
    const honest = bench.signal(bench.witness(inputs), 'out[2]');
    assert.ok(bench.accepts(bench.witness(inputs)));
    assert.ok(!bench.accepts(bench.forged(inputs, { 'out[2]': honest + 1n })));
  });
});

describe('sumcheck.circom', () => {
  it('follows the rounds of a verifier written apart, and sends no free coefficient', async () => {
    const bench = await Bench.of(
      'sumcheck',
      `include "lib/sumcheck.circom";
      template Bench() { signal input state; signal input claim; signal input messages[3][5]; signal output point[3]; signal output value; signal output next;
        (point, value, next) <== Sumcheck(3, 5)(state, claim, messages); }`,
    );
    const [state, claim] = elements(2);
    const messages = range(3).map(() => elements(5));
    const transcript = new ReferenceTranscript(state);
    const point: bigint[] = [];
    let expected = claim;
    messages.forEach((m, round) => {
      const [c0, ...higher] = m;
      const c1 = mod(expected - 2n * c0 - higher.reduce((a, b) => a + b, 0n));
      const r = transcript.absorb(m);
      // p(0) + p(1) is the claim, whatever is sent
      assert.equal(mod(c0 + polynomial([c0, c1, ...higher], 1n)), expected);
      expected = polynomial([c0, c1, ...higher], r);
      point[2 - round] = r;
    });
    const witness = bench.witness({ state, claim, messages });
    assert.ok(bench.accepts(witness));
    assert.deepEqual(bench.array(witness, 'point', 3), point);
    assert.equal(bench.signal(witness, 'value'), expected);
    assert.equal(bench.signal(witness, 'next'), transcript.state);
  });
});

describe('multilinear.circom', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'multilinear',
      `include "lib/multilinear.circom";
      template Bench() {
        signal input x[3]; signal input y[3]; signal input n[3]; signal input gamma; signal input table[8];
        signal output eq; signal output lt; signal output atMost; signal output dormant; signal output power;
        signal output at; signal output polynomial; signal output inner;
        eq <== Eq(3)(x, y); lt <== LessThanExtension(3)(x, y); atMost <== AtMostExtension(3)(x, n);
        dormant <== DormantFactor(3)(x, y); power <== PowerExtension(3)(gamma, x);
        at <== MultilinearExtension(3)(table, x); polynomial <== Polynomial(8)(table, gamma); inner <== InnerProduct(3)(x, y);
      }`,
    );
  });
  const run = (x: bigint[], y: bigint[], n: bigint[]) => {
    const [gamma, ...table] = elements(9);
    const witness = bench.witness({ x, y, n, gamma, table });
    assert.ok(bench.accepts(witness));
    return { gamma, table, of: (name: string) => bench.signal(witness, name) };
  };

  it('compares numbers on the cube', () => {
    for (const a of range(8))
      for (const b of range(8)) {
        const { of, gamma, table } = run(bits(a, 3), bits(b, 3), bits(b, 3));
        assert.deepEqual(
          [of('eq'), of('lt'), of('atMost')],
          [a === b, a < b, a <= b].map((v) => BigInt(v)),
        );
        assert.equal(of('at'), table[a]);
        assert.equal(of('power'), powers(gamma, 8)[a]);
      }
  });

  it('extends multilinearly off the cube', () => {
    for (const _ of range(4)) {
      const [x, y] = [elements(3), elements(3)];
      const limit = random.below(8);
      const { of, gamma, table } = run(x, y, bits(limit, 3));
      const [ex, ey] = [eqTable(x), eqTable(y)];
      const sumOver = (f: (a: number, b: number) => boolean) =>
        mod(range(64).reduce((s, k) => (f(k >> 3, k & 7) ? s + ex[k >> 3] * ey[k & 7] : s), 0n));
      assert.equal(
        of('eq'),
        sumOver((a, b) => a === b),
      );
      assert.equal(
        of('lt'),
        sumOver((a, b) => a < b),
      );
      assert.equal(of('atMost'), mod(ex.slice(0, limit + 1).reduce((a, b) => a + b, 0n)));
      assert.equal(of('dormant'), mod(x.reduce((p, a, t) => mod(p * (1n - a + y[t])), 1n)));
      assert.equal(of('power'), evaluate(powers(gamma, 8), x));
      assert.equal(of('at'), evaluate(table, x));
      assert.equal(of('polynomial'), polynomial(table, gamma));
      assert.equal(of('inner'), mod(x.reduce((s, a, t) => s + a * y[t], 0n)));
    }
  });

  it('counts a coordinate that is 0 on both sides as 1', () => {
    const [x, y] = [elements(2), elements(2)];
    const [wide, narrow] = [run([...x, 0n], [...y, 0n], bits(2, 3)), run([0n, ...x], [0n, ...y], bits(4, 3))];
    for (const name of ['eq', 'lt']) assert.equal(wide.of(name), narrow.of(name));
  });
});

describe('sizes.circom', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'sizes',
      `include "lib/select.circom"; include "lib/sizes.circom";
      template Bench() {
        signal input size1; signal input power1; signal input point[26];
        signal output sizeBits[12]; signal output sizeMask[12]; signal output powerMask[14]; signal output shifted[12]; signal output far[15];
        (sizeBits, sizeMask) <== SizeMask(12)(size1); powerMask <== PowerOfTwoMask(14)(power1);
        shifted <== FromSize(26, 12, 12)(point, sizeMask); far <== FromSize(26, 14, 15)(point, powerMask);
      }`,
    );
  });
  const point = elements(26);
  const size = (n: bigint, p = 0n) => bench.witness({ size1: n, power1: p, point });

  it('masks below ceil(log2 n) and shifts by it', () => {
    for (const n of [1, 2, 3, 4, 5, 8, 9, 1000, 2048, 2049, 4095, 4096]) {
      const witness = size(BigInt(n - 1));
      assert.ok(bench.accepts(witness));
      const a = Math.ceil(Math.log2(n));
      assert.deepEqual(
        bench.array(witness, 'sizeMask', 12),
        range(12).map((t) => (t < a ? 1n : 0n)),
        `${n}`,
      );
      assert.equal(number(bench.array(witness, 'sizeBits', 12)), n - 1);
      assert.deepEqual(
        bench.array(witness, 'shifted', 12),
        range(12).map((u) => point[a + u]),
      );
    }
  });

  it('refuses sizes 0 and 4097', () => {
    for (const n of [-1n, 4096n, ORDER - 2n]) assert.ok(!bench.accepts(size(n)), `${n}`);
  });

  it('takes powers of two only', () => {
    for (const n of range(15)) {
      const witness = size(0n, 2n ** BigInt(n) - 1n);
      assert.ok(bench.accepts(witness));
      assert.deepEqual(
        bench.array(witness, 'powerMask', 14),
        range(14).map((t) => (t < n ? 1n : 0n)),
      );
      // what lies beyond the address counts as 0
      assert.deepEqual(
        bench.array(witness, 'far', 15),
        range(15).map((u) => point[n + u] ?? 0n),
      );
    }
    for (const n of [2n, 4n, 5n, 6n, 4094n, 4096n, 16384n, 32767n, -1n]) assert.ok(!bench.accepts(size(0n, n)), `${n}`);
  });

  it('refuses forged bits', () => {
    assert.ok(!bench.accepts(bench.forged({ size1: 2n, power1: 0n, point }, { 'sizeBits[0]': 2n, 'sizeBits[1]': 0n })));
    assert.ok(!bench.accepts(bench.forged({ size1: 2n, power1: 0n, point }, { 'sizeMask[0]': 0n })));
  });
});

describe('ModelShape', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'shape',
      `include "lib/sizes.circom";
      template Bench() {
        signal input one; signal input shape; signal input widths1[5]; signal input present[3]; signal input offsets[8][23]; signal input head[2];
        signal output logs[5]; signal output p[5]; signal output places[8][26]; signal output heads[3];
        component s = ModelShape(); s.shape <== shape; s.widths1 <== widths1; s.present <== present; s.offsets <== offsets; s.head <== head;
        heads[0] <== s.squaredError; heads[1] <== one * s.softmax; heads[2] <== one * s.sigmoid;
        logs <== s.logs; for (var l = 0; l < 5; l++) p[l] <== one * s.p[l];
        for (var i = 0; i < 8; i++) for (var t = 0; t < 26; t++) places[i][t] <== one * s.places[i][t];
      }`,
    );
  });
  const unpack = (shape: bigint) => ({
    one: 1n,
    shape,
    widths1: range(5).map((l) => (shape >> BigInt(12 * l)) & 4095n),
    present: range(3).map((l) => (shape >> BigInt(60 + l)) & 1n),
    offsets: range(8).map((i) => bits(shape >> BigInt(63 + 23 * i), 23)),
    head: bits(shape >> 247n, 2),
  });
  type Fields = ReturnType<typeof unpack>;
  const pack = (f: Omit<Fields, 'shape'>): Fields => ({
    ...f,
    shape: mod(
      [...f.widths1.map((v, l) => v << BigInt(12 * l)), ...f.present.map((v, l) => v << BigInt(60 + l))].reduce(
        (a, b) => a + b,
        0n,
      ) + [...f.offsets.flat(), ...f.head].reduce((s, b, i) => s + b * 2n ** BigInt(63 + i), 0n),
    ),
  });

  it('takes apart what src packs', () => {
    for (const widths of [
      [784, 128, 10],
      [1, 1],
      [4096, 5],
      [3, 9, 1, 17, 2],
    ]) {
      for (const [k, head] of HEADS.entries()) {
        const ofHead = bench.witness(unpack(encodeShape({ widths, head })));
        assert.ok(bench.accepts(ofHead));
        assert.deepEqual(
          bench.array(ofHead, 'heads', 3),
          range(3).map((i) => BigInt(i === k)),
        );
      }
      const shape = encodeShape({ widths, head: 'softmax' });
      const witness = bench.witness(unpack(shape));
      const full = [...Array(5 - widths.length).fill(widths[0]), ...widths];
      assert.deepEqual(
        bench.array(witness, 'logs', 5),
        full.map((n) => BigInt(Math.ceil(Math.log2(n)))),
      );
      assert.deepEqual(
        bench.array(witness, 'p', 5),
        range(5).map((l) => BigInt(l > 5 - widths.length)),
      );
      const places = range(8).map((i) => number(bench.array(witness, `places[${i}]`, 26)));
      assert.deepEqual(places, unpack(shape).offsets.map(number));
    }
  });

  const honest = () => structuredClone(unpack(encodeShape({ widths: [3, 4, 2], head: 'sigmoid' })));
  const malformed: [string, (f: Fields) => void][] = [
    ['a width of 0', (f) => (f.widths1[4] = -1n)],
    ['a width of 4097', (f) => (f.widths1[4] = 4096n)],
    [
      'a hole in the layers',
      (f) =>
        ([f.present, f.widths1] = [
          [1n, 0n, 1n],
          [2n, 2n, 2n, 3n, 1n],
        ]),
    ],
    ['a presence of 2', (f) => (f.present[2] = 2n)],
    ['an absent layer of another width', (f) => (f.widths1[1] = 3n)],
    ['an offset bit of 2', (f) => (f.offsets[5][3] = 2n)],
    ['an offset bit of -1', (f) => (f.offsets[0][22] = -1n)],
    ['a fourth head', (f) => (f.head = [1n, 1n])],
    ['a head bit of 2', (f) => (f.head = [0n, 2n])],
    ['a low head bit of -1', (f) => (f.head = [-1n, 0n])],
  ];
  for (const [name, change] of malformed) {
    it(`refuses ${name}, packed to match`, () => {
      const f = honest();
      change(f);
      assert.ok(!bench.accepts(bench.witness(pack(f))));
    });
  }

  it('has one check of a fourth head and of each bit of the head', () => {
    for (const head of [
      [1n, 1n],
      [0n, 2n],
      [2n, 0n],
    ])
      assert.equal(violations(bench.r1cs, bench.witness(pack({ ...honest(), head }))).length, 1, `${head}`);
  });

  it('refuses fields that are not those of the word', () => {
    assert.ok(bench.accepts(bench.witness(honest())));
    for (const delta of [1n, 1n << 60n, 1n << 246n, 1n << 247n, 1n << 248n, 1n << 249n]) {
      const f = honest();
      f.shape += delta;
      assert.ok(!bench.accepts(bench.witness(f)));
    }
  });
});

describe('slots.circom', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'slots',
      `include "lib/sizes.circom"; include "lib/slots.circom";
      template Bench() {
        signal input offsets[12][26]; signal input point[26]; signal input k; signal input present; signal input size1; signal input one;
        signal output words[2]; signal output sum; signal output high[26]; signal output factor; signal output aboveMask[26]; signal output aboveTable[26];
        words <== PackedOffsets(12)(offsets); high <== HighCoordinates(26)(point, k);
        factor <== SlotFactor(26)(offsets[0], high, present);
        sum <== SlotWeights(2)([offsets[0], offsets[1]], high, [present, size1], k);
        signal sizeBits[12]; signal mask[12]; (sizeBits, mask) <== SizeMask(12)(size1);
        var low[12]; for (var t = 0; t < 12; t++) low[t] = point[t];
        signal masked[12] <== Mask(12)(low, mask);
        signal a[26] <== HighAboveMask(26, 12)(point, masked); signal b[26] <== HighAboveTable()(point);
        for (var t = 0; t < 26; t++) { aboveMask[t] <== one * a[t]; aboveTable[t] <== one * b[t]; }
      }`,
    );
  });
  const run = (offset: bigint, point: bigint[], k: bigint, present = 1n) =>
    bench.witness({
      offsets: [bits(offset, 26), ...range(11).map((i) => bits(77 * i, 26))],
      point,
      k,
      present,
      one: 1n,
      size1: (1n << (k > 12n || k < 0n ? 0n : k)) - 1n,
    });

  it('packs nine offsets to a word', () => {
    const witness = run(2n ** 26n - 1n, elements(26), 3n);
    assert.ok(bench.accepts(witness));
    assert.deepEqual(
      bench.array(witness, 'words', 2),
      layoutWords([bits(2 ** 26 - 1, 26), ...range(11).map((i) => bits(77 * i, 26))]),
    );
  });

  it('keeps the coordinates outside the slot', () => {
    const point = elements(26);
    for (const k of range(27)) {
      const witness = run(0n, point, BigInt(k));
      assert.ok(bench.accepts(witness));
      const expected = point.map((v, t) => (t >= k ? v : 0n));
      assert.deepEqual(bench.array(witness, 'high', 26), expected);
      if (k <= 12) assert.deepEqual(bench.array(witness, 'aboveMask', 26), expected);
      if (k === 16) assert.deepEqual(bench.array(witness, 'aboveTable', 26), expected);
    }
  });

  it('refuses a slot larger than the address, and a forged one-hot', () => {
    for (const k of [27n, -1n, 100n]) assert.ok(!bench.accepts(run(0n, elements(26), k)));
  });

  it('picks its block out of the address', () => {
    const at = (offset: number, index: number, k: number, present = 1n) =>
      bench.signal(run(BigInt(offset), bits(index, 26), BigInt(k), present), 'factor');
    for (const index of [8192, 8193, 8192 + 4095]) assert.equal(at(8192, index, 12), 1n);
    for (const index of [0, 8191, 8192 + 4096, 8192 + 2 ** 25]) assert.equal(at(8192, index, 12), 0n);
    assert.equal(at(8192, 8192, 12, 0n), 0n, 'absent');
  });

  it('is the zero tensor where the offset is misaligned', () => {
    for (const offset of [1, 2048, 8192 + 1])
      assert.equal(bench.signal(run(BigInt(offset), elements(26), 12n), 'factor'), 0n);
  });

  it('is multilinear in the address', () => {
    const point = elements(26);
    const expected = range(26).reduce(
      (p, t) => (t < 9 ? p : mod(p * ((BigInt(0x202a600) >> BigInt(t)) & 1n ? point[t] : 1n - point[t]))),
      1n,
    );
    assert.equal(bench.signal(run(0x202a600n, point, 9n), 'factor'), expected);
  });

  it('sums the weighted slots of one size, times eq', () => {
    const point = elements(26);
    const factor = (offset: bigint) => bench.signal(run(offset, point, 3n), 'factor');
    // the weights are the presence, 5, and the size minus 1; eq is the logarithm of the size
    const witness = run(8n, point, 3n, 5n);
    assert.equal(bench.signal(witness, 'sum'), mod(3n * (5n * factor(8n) + 7n * factor(0n))));
  });
});

describe('lookup.circom', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'lookup',
      `include "lib/lookup.circom";
      template Bench() {
        signal input beta; signal input limbs[3]; signal input helper; signal input present; signal input point[16]; signal input g; signal input mult;
        signal output group; signal output table;
        group <== LookupGroup()(beta, limbs, helper, present); table <== LookupTable()(beta, point, g, mult);
      }`,
    );
  });

  it('leaves 0 for the sum of the inverses only, and for an absent 0', () => {
    const [beta, a, b, c, other] = elements(5);
    const h = mod(inverse(beta - a) + inverse(beta - b) + inverse(beta - c));
    const group = (limbs: bigint[], helper: bigint, present = 1n) =>
      bench.signal(
        bench.witness({ beta, limbs, helper, present, point: range(16).map(() => 0n), g: 0n, mult: 0n }),
        'group',
      );
    assert.equal(group([a, b, c], h), 0n);
    for (const wrong of [
      [a, b, other],
      [a, other, c],
      [other, b, c],
    ])
      assert.notEqual(group(wrong, h), 0n);
    assert.notEqual(group([a, b, c], h + 1n), 0n);
    assert.equal(group([a, b, c], 0n, 0n), 0n);
    assert.notEqual(group([a, b, c], h, 0n), 0n);
  });

  it('reads entry k of the table as k', () => {
    const [beta, mult] = elements(2);
    for (const k of [0, 1, 5, 65535]) {
      const table = (g: bigint) =>
        bench.signal(
          bench.witness({ beta, limbs: [0n, 0n, 0n], helper: 0n, present: 0n, point: bits(k, 16), g, mult }),
          'table',
        );
      const g = mod(mult * inverse(beta - BigInt(k)));
      assert.equal(table(g), 0n);
      assert.notEqual(table(g + 1n), 0n);
    }
  });
});

describe('the algebra the tests trust', () => {
  it('interpolates and inverts', () => {
    const c = elements(6);
    assert.deepEqual(interpolate(range(6).map((x) => polynomial(c, BigInt(x)))), c);
    for (const x of elements(5)) assert.equal(mod(x * inverse(x)), 1n);
  });
});
