import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  encodeNetwork,
  networkGeometry,
  networkLayout,
  networkLayoutWords,
  parseNetwork,
} from '../../src/model/network.ts';
import { ceilLog2 } from '../../src/numbers/bits.ts';
import { eqTable, mod, Random, range, zeros } from '../reference/algebra.ts';
import { bits } from '../reference/argument.ts';
import { Bench } from '../reference/bench.ts';

const random = new Random(31);
const elements = (n: number) => range(n).map(() => random.element());
const prefix = (k: number, n: number) => range(n).map((t) => (t < k ? 1n : 0n));
/** The point with coordinates from k on replaced by others, which must not matter. */
const padded = (point: readonly bigint[], n: number) => [...point, ...elements(n - point.length)];

interface Kernel {
  kernel: number;
  stride: number;
  padding: number;
  flat: boolean;
  pooled: boolean;
  /** side of the layer before, and its own */
  before: number;
  side: number;
}

/** Every kernel with a few sides, as the protocol allows them. */
function kernels(): Kernel[] {
  const all: Kernel[] = [];
  for (const kernel of range(8).slice(1))
    for (const stride of [1, 2])
      for (const padding of range(4)) {
        if (padding >= kernel || kernel - padding > 5) continue;
        for (const [read, pooled] of [
          [7, false],
          [8, false],
          [3, true],
          [64, false],
        ] as const) {
          if (read + 2 * padding < kernel || (read === 64 && kernel > 3)) continue;
          const side = Math.floor((read + 2 * padding - kernel) / stride) + 1;
          if (side > 64) continue;
          all.push({ kernel, stride, padding, flat: false, pooled, before: pooled ? 2 * read : read, side });
        }
      }
  for (const [read, pooled] of [
    [1, false],
    [7, false],
    [4, true],
    [32, true],
  ] as const)
    all.push({ kernel: read, stride: 1, padding: 0, flat: true, pooled, before: pooled ? 2 * read : read, side: 1 });
  return all;
}

/** a(d, u; y) by its definition, u a point of the layer before: a pooled layer reads the sum of neighbours. */
function kernelValue(of: Kernel, d: bigint[], y: bigint[], u: bigint[]): bigint {
  const [taps, places, pixels] = [eqTable(d), eqTable(y), eqTable(u)];
  let sum = 0n;
  for (const [tap, ofTap] of taps.entries())
    for (const [place, ofPlace] of places.entries())
      for (const [pixel, ofPixel] of pixels.entries()) {
        const read = of.pooled ? pixel >> 1 : pixel;
        const hits = of.flat ? tap === read : of.stride * place + tap - of.padding === read && tap < of.kernel;
        if (hits) sum += ofTap * mod(ofPlace * ofPixel);
      }
  return mod(sum);
}

describe('kernel.circom', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'kernel',
      `include "lib/kernel.circom";
      template Bench() {
        signal input one; signal input flat; signal input pooled; signal input stride1; signal input padding[2]; signal input kernelBits[3];
        signal input kernelMask[6]; signal input sideMask[6]; signal input beforeMask[6]; signal input d[6]; signal input y[6]; signal input u[6];
        signal output out; signal output taps[8];
        signal real[8] <== KernelTaps()(kernelBits);
        signal value <== ReadKernel()(flat, pooled, stride1, padding, real, kernelMask, sideMask, beforeMask, d, y, u);
        out <== one * value;
        for (var t = 0; t < 8; t++) taps[t] <== one * real[t];
      }`,
    );
  });
  const inputsOf = (of: Kernel, d: bigint[], y: bigint[], u: bigint[]) => ({
    one: 1n,
    flat: BigInt(of.flat),
    pooled: BigInt(of.pooled),
    stride1: BigInt(of.stride - 1),
    padding: bits(of.padding, 2),
    kernelBits: bits((of.kernel - 1) & 7, 3),
    kernelMask: prefix(d.length, 6),
    sideMask: prefix(y.length, 6),
    beforeMask: prefix(u.length, 6),
    d: padded(d, 6),
    y: padded(y, 6),
    u: padded(u, 6),
  });

  it('gives the extension of [st y + d - p = u][d < K] for every kernel, stride and padding, of what pooled layers read too', () => {
    for (const of of kernels()) {
      const [d, y, u] = [of.kernel, of.side, of.before].map((size) => elements(ceilLog2(size)));
      const witness = bench.witness(inputsOf(of, d, y, u));
      assert.ok(bench.accepts(witness));
      assert.equal(bench.signal(witness, 'out'), kernelValue(of, d, y, u), JSON.stringify(of));
    }
  });

  it('knows the taps of every kernel', () => {
    for (const K of range(9).slice(1)) {
      const of = { kernel: K, stride: 1, padding: 0, flat: false, pooled: false, before: 8, side: 1 };
      const witness = bench.witness(inputsOf(of, elements(3), [], elements(3)));
      assert.deepEqual(
        bench.array(witness, 'taps', 8),
        range(8).map((d) => BigInt(d < K)),
      );
    }
  });

  it('refuses another value', () => {
    const of = { kernel: 3, stride: 2, padding: 1, flat: false, pooled: false, before: 8, side: 4 };
    const inputs = inputsOf(of, elements(2), elements(2), elements(3));
    const honest = bench.signal(bench.witness(inputs), 'out');
    assert.ok(!bench.accepts(bench.forged(inputs, { out: honest + 1n })));
  });
});

describe('maps.circom', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'maps',
      `include "lib/maps.circom";
      template Bench() {
        signal input one; signal input sideBits[6]; signal input sideMask[6]; signal input features[24];
        signal output real; signal output y[6]; signal output c[12];
        var x[6]; for (var t = 0; t < 6; t++) x[t] = features[t];
        component address = MapAddress(); address.sideMask <== sideMask; address.features <== features;
        signal places <== RealPlaces()(sideBits, sideMask, x, address.y);
        real <== one * places;
        for (var t = 0; t < 6; t++) y[t] <== one * address.y[t];
        for (var t = 0; t < 12; t++) c[t] <== one * address.c[t];
      }`,
    );
  });

  it('sees an address as x, y and channel at every side, and knows the real places', () => {
    for (const side of [1, 2, 3, 5, 8, 14, 28, 63, 64]) {
      const n = ceilLog2(side);
      const features = elements(24);
      const inputs = { one: 1n, sideBits: bits(side - 1, 6), sideMask: prefix(n, 6), features };
      const witness = bench.witness(inputs);
      assert.ok(bench.accepts(witness));
      const beyond = [...features, ...zeros(12)];
      assert.deepEqual(bench.array(witness, 'y', 6), beyond.slice(n, n + 6));
      assert.deepEqual(bench.array(witness, 'c', 12), beyond.slice(2 * n, 2 * n + 12));
      const within = (point: bigint[]) => eqTable(point).reduce((sum, e, k) => (k < side ? sum + e : sum), 0n);
      const expected = mod(within(features.slice(0, n)) * within(beyond.slice(n, 2 * n)));
      assert.equal(bench.signal(witness, 'real'), expected, `side ${side}`);
    }
  });
});

describe('network.circom', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'network',
      `include "lib/network.circom";
      template Bench() {
        signal input one; signal input shape; signal input layout[2]; signal input channels1[7]; signal input sides1[7]; signal input kernels1[6];
        signal input strides1[6]; signal input paddings[6][2]; signal input flat[6]; signal input pooled[6]; signal input present[5];
        signal input head[2]; signal input offsets[12][23]; signal input fans[6][5];
        signal output logs[7]; signal output reads[6];
        component sizes = NetworkShape();
        sizes.shape <== shape; sizes.layout <== layout; sizes.channels1 <== channels1; sizes.sides1 <== sides1; sizes.kernels1 <== kernels1;
        sizes.strides1 <== strides1; sizes.paddings <== paddings; sizes.flat <== flat; sizes.pooled <== pooled; sizes.present <== present;
        sizes.head <== head; sizes.offsets <== offsets; sizes.fans <== fans;
        for (var l = 0; l < 7; l++) logs[l] <== one * sizes.channelLog[l];
        for (var k = 0; k < 6; k++) {
          var ones = 0;
          for (var t = 0; t < 6; t++) ones += sizes.readMask[k][t];
          reads[k] <== one * ones;
        }
      }`,
    );
  });
  const inputsOf = (text: string) => {
    const network = parseNetwork(text, 'softmax');
    const layers = networkGeometry(network);
    const { slots } = networkLayout(network);
    const absent = 6 - network.layers.length;
    const own = layers.slice(1);
    return {
      one: 1n,
      shape: encodeNetwork(network),
      layout: networkLayoutWords(network),
      channels1: layers.map((l) => BigInt(l.channels - 1)),
      sides1: layers.map((l) => BigInt(l.side - 1)),
      kernels1: own.map((l) => BigInt(l.kernel - 1)),
      strides1: own.map((l) => BigInt(l.stride - 1)),
      paddings: own.map((l) => bits(l.padding, 2)),
      flat: own.map((l) => BigInt(l.flat)),
      pooled: own.map((l) => BigInt(l.pooled)),
      present: own.slice(0, 5).map((l) => BigInt(l.present)),
      head: [1n, 0n],
      offsets: range(6).flatMap((k) =>
        ['W', 'b'].map((name) => bits(k < absent ? 0 : slots[`${name}${k - absent + 1}`].offset, 23)),
      ),
      fans: own.map((l) => bits(l.fan, 5)),
    };
  };
  const NETWORKS = [
    '8x8x1-c2k3-5',
    '28x28x1-c6k5p2-a2-c16k5-a2-120-84-10',
    '32x32x3-c16k3p1-a2-c32k3p1-a2-c64k3s2p1-10-10-10',
  ];

  it('takes the words of a network and gives the sizes of its layers', () => {
    for (const text of NETWORKS) {
      const witness = bench.witness(inputsOf(text));
      assert.ok(bench.accepts(witness), text);
      const layers = networkGeometry(parseNetwork(text, 'softmax'));
      const logs = layers.map((l) => BigInt(l.logs.channels));
      assert.deepEqual(bench.array(witness, 'logs', 7), logs);
      assert.deepEqual(
        bench.array(witness, 'reads', 6),
        layers.slice(1).map((l) => BigInt(l.logs.read)),
      );
    }
  });

  it('refuses any other field with the same words, and any other word with the same fields', () => {
    const honest = inputsOf(NETWORKS[1]);
    const changed = (name: keyof typeof honest, change: (value: bigint) => bigint): void => {
      const values = [honest[name]].flat(2) as bigint[];
      for (const k of range(values.length)) {
        let at = -1;
        const at1 = (value: unknown): unknown =>
          Array.isArray(value) ? value.map(at1) : ++at === k ? change(value as bigint) : value;
        const inputs = { ...honest, [name]: at1(honest[name]) };
        assert.ok(!bench.accepts(bench.forged(inputs, {})), `${name} ${k}`);
      }
    };
    for (const name of ['shape', 'layout', 'channels1', 'sides1', 'kernels1'] as const) changed(name, (v) => v + 1n);
    for (const name of ['strides1', 'paddings', 'flat', 'pooled', 'present', 'head', 'offsets', 'fans'] as const)
      changed(name, (v) => 1n - v);
  });

  it('refuses fields that are no bits, though the words are the same', () => {
    const honest = inputsOf(NETWORKS[1]);
    // two times the lower bit for the higher one
    const fans = honest.fans.map((fan) => [...fan]);
    const from = fans.findIndex((fan) => fan[1] === 1n);
    fans[from] = [fans[from][0] + 2n, 0n, ...fans[from].slice(2)];
    assert.ok(!bench.accepts(bench.forged({ ...honest, fans }, {})));
  });
});
