import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eqTable, leAt, log2Up, mod, Random, range, zeros } from '../reference/algebra.ts';
import {
  type ConvLayer,
  type ConvNetwork,
  type Geometry,
  geometryOf,
  NETWORK_LAYERS,
  OUTPUT,
  refusals,
} from '../reference/conv-geometry.ts';
import { backwardTables, deltaPlaces, forwardTables, maskOf, placesOf, Steps, total } from '../reference/conv-sums.ts';
import {
  isRead,
  kernelAt,
  kernelByCorners,
  outer,
  padded,
  paddedWeights,
  pool,
  taken,
} from '../reference/conv-tensors.ts';
import { type ConvModel, convTrain } from '../reference/conv-trainer.ts';
import { evaluateAt } from '../reference/run.ts';
import { bindHigh, UNIT } from '../reference/tensors.ts';

// The identities of protocol section 12 at random points, without sumchecks: if one fails, the protocol is wrong.

const conv = (channels: number, kernel: number, stride = 1, padding = 0, pooled = false): ConvLayer => ({
  channels,
  kernel,
  stride,
  padding,
  pooled,
});
const flat = (channels: number, pooled = false): ConvLayer => ({ channels, flat: true, pooled });

interface Setting {
  rows: number;
  batch: number;
  passes?: number;
  head?: 'squared error' | 'softmax' | 'sigmoid';
}

const NETWORKS: [string, ConvNetwork, Setting][] = [
  // no networks of the contract, but the algebra holds
  ['one flat layer', { channels: 2, side: 3, layers: [flat(3)] }, { rows: 4, batch: 2 }],
  ['all sides 1', { channels: 3, side: 1, layers: [flat(3), flat(2), flat(2)] }, { rows: 5, batch: 4 }],
  [
    'a kernel of 3 with padding on an odd side',
    { channels: 1, side: 5, layers: [conv(3, 3, 1, 1), flat(2)] },
    { rows: 3, batch: 2, passes: 2, head: 'softmax' },
  ],
  [
    'a stride of 2 and pooling before a flat layer',
    { channels: 2, side: 7, layers: [conv(2, 3, 2, 1), flat(2, true)] },
    { rows: 4, batch: 1, head: 'sigmoid' },
  ],
  [
    'pooling before the first layer and between two',
    { channels: 1, side: 8, layers: [conv(2, 2, 1, 1, true), conv(3, 3, 1, 2), flat(2)] },
    { rows: 2, batch: 1, head: 'softmax' },
  ],
  [
    'a wide kernel with much padding, a pooled convolution',
    { channels: 1, side: 6, layers: [conv(1, 7, 1, 3), conv(2, 3, 2, 2, true), flat(2), flat(3)] },
    { rows: 4, batch: 2 },
  ],
  [
    'six layers',
    {
      channels: 3,
      side: 6,
      layers: [conv(2, 1), conv(3, 4, 1, 1), conv(2, 2, 2, 1), conv(2, 2), flat(3), flat(2)],
    },
    { rows: 3, batch: 1, head: 'softmax' },
  ],
];

const points = (random: Random, n: number) => range(n).map(() => random.element());

describe('the kernel automaton', () => {
  const random = new Random(3);
  const sides = [2, 3, 4, 5, 7, 8, 13, 64];
  for (const side of sides)
    it(`is the extension of what is read of a side of ${side}`, () => {
      for (const pooled of [false, true])
        for (let K = 1; K <= 7; K++)
          for (let p = 0; p <= 3; p++)
            for (const st of [1, 2]) {
              const layers = [conv(1, K, st, p, pooled), flat(1)];
              const geometry = geometryOf({ channels: 1, side, layers });
              if (refusals(geometry).length > 0) continue;
              const g = geometry[OUTPUT - 1];
              const [d, u, y] = [g.d, g.nu, g.n].map((n) => points(random, n));
              assert.equal(kernelAt(g, d, u, y), kernelByCorners(g, d, u, y), `${K} ${p} ${st}`);
            }
    });

  it('reads nothing at row -1, and nothing beyond the kernel', () => {
    const g = geometryOf({ channels: 1, side: 64, layers: [conv(1, 3, 1, 1), flat(1)] })[OUTPUT - 1];
    const bits = (x: number, n: number) => range(n).map((t) => BigInt((x >> t) & 1));
    for (const d of range(4))
      for (const y of [0, 1, 62, 63])
        for (const u of [0, 1, 61, 62, 63])
          assert.equal(kernelAt(g, bits(d, 2), bits(u, 6), bits(y, 6)), isRead(g, d, u, y) ? 1n : 0n);
  });

  it('is eq for a flat layer', () => {
    for (const side of sides) {
      const g = geometryOf({ channels: 1, side, layers: [flat(1)] })[OUTPUT];
      const [d, u] = [g.d, g.nu].map((n) => points(random, n));
      assert.equal(kernelAt(g, d, u, []), kernelByCorners(g, d, u, []));
    }
  });
});

function someModel(geometry: Geometry[], random: Random): ConvModel {
  const draw = () => BigInt(random.below(2 ** 32) - 2 ** 31);
  const layers = NETWORK_LAYERS.filter((l) => geometry[l].present === 1n);
  return {
    W: layers.map((l) =>
      range(geometry[l].C).map(() =>
        range(geometry[l - 1].C).map(() => range(geometry[l].K).map(() => range(geometry[l].K).map(draw))),
      ),
    ),
    b: layers.map((l) => range(geometry[l].C).map(draw)),
  };
}

/** A run of the plain trainer as padded tensors, and points. */
function prepare(network: ConvNetwork, { rows, batch, passes = 1, head }: Setting, random: Random) {
  const geometry = geometryOf(network);
  const [input, output] = [geometry[0], geometry[OUTPUT]];
  const sigma = log2Up(rows);
  const [S, side] = [2 ** sigma, 2 ** input.n];
  const X = range(2 ** (2 * input.n + input.c)).map((j) =>
    range(S).map((s) => {
      const [x, y, c] = [j % side, Math.floor(j / side) % side, Math.floor(j / side ** 2)];
      return x < input.N && y < input.N && c < input.C && s < rows ? BigInt(random.below(1023) - 511) : 0n;
    }),
  );
  const labels = range(S).map(() => random.below(output.C));
  const Y = range(output.C).map((i) => labels.map((label, s) => (label === i && s < rows ? UNIT : 0n)));
  const parent = someModel(geometry, random);
  const lr = 48n;
  const run = convTrain(network, parent, { X, Y, rows }, { lr, batch, passes, head });
  const bits = sigma + log2Up(passes);
  const N = 2 ** bits;
  const steps = new Steps(bits, range(bits).slice(log2Up(batch)));
  const first = OUTPUT - network.layers.length;
  const A: bigint[][] = [X.flatMap((row) => range(passes).flatMap(() => row))];
  for (let l = 1; l <= OUTPUT; l++)
    A[l] = l <= first ? A[0] : padded(geometry[l], run.Q[l - first - 1], N).map((q) => (q > 0n ? q : 0n));
  const of = (model: ConvModel) =>
    NETWORK_LAYERS.map((l) => l - first - 1).map((own, k) =>
      own < 0
        ? { W: [], b: [] }
        : {
            W: paddedWeights(geometry[k + 1], geometry[k], model.W[own]),
            b: range(2 ** geometry[k + 1].c).map((i) => model.b[own][i] ?? 0n),
          },
    );
  const layers = [0, ...NETWORK_LAYERS].map((l) => {
    const own = l - first - 1;
    if (own < 0) return undefined;
    const g = geometry[l];
    const In = pool(g, A[l - 1], N);
    return {
      In,
      IN: taken(g, In, N),
      D: padded(g, run.D[own], N),
      Z: padded(g, run.Z[own], N),
      E: run.E[own],
      parent: of(parent)[l - 1],
      child: of(run.model)[l - 1],
      lr: g.pooled ? lr / 16n : lr,
    };
  });
  const rs = points(random, bits);
  const r = { rs, rx: points(random, 6), ry: points(random, 6), rc: points(random, 12) };
  const rho = { s: points(random, bits), x: points(random, 6), y: points(random, 6), c: points(random, 12) };
  const zeta = { s: points(random, bits), x: points(random, 6), y: points(random, 6) };
  return { geometry, layers, A, N, steps, lr, mu: random.element(), r, rho, zeta };
}
type Prepared = ReturnType<typeof prepare>;
type Layer = NonNullable<Prepared['layers'][number]>;

/** A delta before rounding at all padded places, from the weights of the step. */
function deltas(g: Geometry, n: number, layer: Layer, { steps, N }: Prepared, channels: number): bigint[] {
  const G = steps.add; // G by step: the weights of step k
  const out = zeros(channels * 4 ** n * N);
  const [taps, places] = [2 ** g.d, 2 ** g.n];
  const block = N * places * places;
  const units = layer.D.length / block;
  const perUnit = range(units).map((i) => G.call(steps, layer.IN, layer.D.slice(i * block, (i + 1) * block)));
  const weight = (i: number, c: number, dy: number, dx: number, k: number) => {
    const j = (c * taps + dy) * taps + dx;
    let w = layer.parent.W[i * channels * taps * taps + j];
    for (let before = 0; before < k; before++) w -= layer.lr * perUnit[i][j * steps.count + before];
    return mod(w);
  };
  const scale = g.pooled ? 1 : 0;
  for (const i of range(units))
    for (const [dy, dx] of range(taps ** 2).map((t) => [Math.floor(t / taps), t % taps]))
      for (const [y, x] of range(places ** 2).map((t) => [Math.floor(t / places), t % places]))
        for (const [row, column] of range(4 ** n).map((t) => [t >> n, t % 2 ** n])) {
          if (!isRead(g, dy, row >> scale, y) || !isRead(g, dx, column >> scale, x)) continue;
          for (const s of range(N)) {
            const d = layer.D[i * block + (y * places + x) * N + s];
            if (d === 0n) continue;
            for (const c of range(channels))
              out[((c * 2 ** n + row) * 2 ** n + column) * N + s] += weight(i, c, dy, dx, steps.of[s]) * d;
          }
        }
  return out.map(mod);
}

/** What both directions need of the points. */
function helpersOf({ geometry, A, N, steps, r, rho, zeta }: Prepared) {
  const spread = (f: readonly bigint[], g: Geometry) => range(4 ** g.n).flatMap(() => [...f]);
  return {
    /** a tensor of a layer at tau */
    atTau: (f: readonly bigint[], g: Geometry) =>
      evaluateAt(f, [...r.rs, ...r.rx.slice(0, g.n), ...r.ry.slice(0, g.n), ...r.rc.slice(0, g.c)]),
    /** rho as (dx, dy, some channels) */
    taps: (g: Geometry, c: number) => [...rho.x.slice(0, g.d), ...rho.y.slice(0, g.d), ...rho.c.slice(0, c)],
    rhoK: steps.at(rho.s),
    /** factors of batch 2 over (s; x; y) of a layer */
    rowsEq: (g: Geometry) => spread(eqTable(r.rs), g),
    later: (g: Geometry) => spread(steps.after(rho.s), g),
    step: (g: Geometry) => spread(steps.equal(rho.s), g),
    earlier: (g: Geometry) => spread(steps.before(r.rs), g),
    places: (f: readonly bigint[]) => f.flatMap((v) => Array<bigint>(N).fill(v)),
    zetaAt: (g: Geometry) => [...zeta.s, ...zeta.x.slice(0, g.n), ...zeta.y.slice(0, g.n)],
    /** a claim on what a layer reads: its weight over the addresses, times the tensor before it */
    claimed: (l: number, c: readonly bigint[]) => {
      const g = geometry[l];
      const corners = range(2 ** g.nu).map((u) => range(g.nu).map((t) => BigInt((u >> t) & 1)));
      const [ofX, ofY] = [
        corners.map((v) => kernelAt(g, rho.x.slice(0, g.d), v, zeta.x.slice(0, g.n))),
        corners.map((u) => kernelAt(g, rho.y.slice(0, g.d), u, zeta.y.slice(0, g.n))),
      ];
      // the lowest x and y of a pooled layer's address do not matter
      const wide = (f: bigint[]) => (g.pooled ? f.flatMap((v) => [v, v]) : f);
      const places = outer(wide(ofX), wide(ofY));
      return total(A[l - 1], outer(eqTable(zeta.s), outer(places, eqTable(c.slice(0, geometry[l - 1].c)))));
    },
  };
}

/** Forward, update, and the sums and claims that they need. */
function checkForward(prepared: Prepared, l: number): void {
  const { geometry, layers, steps, lr, mu, r, rho } = prepared;
  const to = helpersOf(prepared);
  const [layer, g, before] = [layers[l]!, geometry[l], geometry[l - 1]];
  const tables = forwardTables(g, { ...layer, W: layer.parent.W }, steps, r);
  const M = mod(leAt(g.N, r.rx.slice(0, g.n)) * leAt(g.N, r.ry.slice(0, g.n)));
  const [F1, F2] = [total(tables.W, tables.In), total(tables.G, tables.P)];
  const F3 = total(tables.D, to.earlier(g));
  const rc = r.rc.slice(0, g.c);
  const bias = evaluateAt(layer.parent.b, rc);
  const forward = F1 + UNIT * M * bias - layer.lr * F2 - lr * UNIT * UNIT * mod(M * F3);
  assert.equal(mod(forward), to.atTau(layer.Z, g), `forward_${l}`);

  const j = to.taps(g, before.c);
  const J = bindHigh(layer.IN, j);
  const [eq, mask] = [to.places(placesOf(g, r)), to.places(maskOf(g))];
  assert.equal(total(eq, mask, to.rowsEq(g), J), evaluateAt(tables.In, j), `In_${l}`);
  assert.equal(total(eq, mask, to.rowsEq(g), to.later(g), J), evaluateAt(tables.P, [...to.rhoK, ...j]), `P_${l}`);
  assert.equal(total(to.step(g), tables.D, J), evaluateAt(tables.G, [...to.rhoK, ...j]), `G_${l}`);
  const U = total(
    tables.D,
    J.map((v) => v + mu * UNIT * (g.pooled ? 16n : 1n)),
  );
  const change = (of: 'W' | 'b', point: readonly bigint[]) =>
    evaluateAt(
      layer.child[of].map((v, x) => v - layer.parent[of][x]),
      point,
    );
  assert.equal(mod(change('W', [...j, ...rc]) + mu * change('b', rc) + layer.lr * U), 0n, `update_${l}`);
  assert.equal(evaluateAt(J, to.zetaAt(g)), to.claimed(l, rho.c), `zIn_${l}`);
}

/** The delta of layer l from the layer that reads it, with the sums and claims that it needs. */
function checkBackward(prepared: Prepared, l: number): void {
  const { geometry, layers, N, steps, r, rho } = prepared;
  const to = helpersOf(prepared);
  const [layer, next, g, own] = [layers[l]!, layers[l + 1]!, geometry[l + 1], geometry[l]];
  const tables = backwardTables(g, own.c, { ...next, W: next.parent.W }, steps, r);
  const [B1, B2] = [total(tables.W, tables.D), total(tables.G, tables.P)];
  const E = deltas(g, own.n, next, prepared, 2 ** own.c);
  assert.equal(mod(B1 - next.lr * B2), to.atTau(E, own), `backward_${l}`);
  // the same as the plain trainer on real places
  for (const [c, map] of layer.E.entries())
    for (const [y, line] of map.entries())
      for (const [x, values] of line.entries())
        for (const [s, v] of values.entries())
          assert.equal(mod(v), E[((c * 2 ** own.n + y) * 2 ** own.n + x) * N + s], `E_${l}`);

  const point = to.taps(g, g.c);
  const D = bindHigh(next.D, rho.c.slice(0, g.c));
  const aa = to.places(deltaPlaces(g, r, rho.x.slice(0, g.d), rho.y.slice(0, g.d)));
  const J = bindHigh(tables.IN, point.slice(0, 2 * g.d));
  assert.equal(total(to.rowsEq(g), aa, D), evaluateAt(tables.D, point), `nextD_${l}`);
  assert.equal(total(to.rowsEq(g), aa, to.later(g), D), evaluateAt(tables.P, [...to.rhoK, ...point]), `nextP_${l}`);
  assert.equal(total(to.step(g), D, J), evaluateAt(tables.G, [...to.rhoK, ...point]), `nextG_${l}`);
  assert.equal(evaluateAt(J, to.zetaAt(g)), to.claimed(l + 1, r.rc), `zNextIn_${l}`);
}

describe('the algebra of convTrain', () => {
  for (const [index, [name, network, setting]] of NETWORKS.entries())
    it(`holds at random points: ${name}`, () => {
      const prepared = prepare(network, setting, new Random(100 + index));
      const present = NETWORK_LAYERS.filter((l) => prepared.layers[l]);
      for (const l of present) checkForward(prepared, l);
      for (const l of present.filter((own) => own !== OUTPUT)) checkBackward(prepared, l);
    });
});
