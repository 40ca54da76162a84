import { outer } from '../../argument/axisSums.ts';
import type { Vec } from '../../argument/kernels.ts';
import type { Session } from '../../argument/session.ts';
import {
  finalValue,
  type Instance,
  type Poly,
  poly,
  range,
  type SumcheckResult,
  sumcheck,
} from '../../argument/sumcheck.ts';
import type { Numbered } from '../../generated/numbering.ts';
import { mod, powersOf } from '../../numbers/field.ts';
import { pointOf, positions, sizeOf } from '../axes.ts';
import { FA } from '../powers.ts';
import { term, times } from '../sumcheckBatch.ts';
import type { BatchContext, SecondBatch } from '../train/batchContext.ts';
import { channelsOf } from '../train/context.ts';
import { stepTables } from '../train/rowTables.ts';
import { pixelPoint, pixelsOfPlaces, placesAt } from './kernel.ts';
import { type LayerAtPlaces, picturesAt, placeMask, placesOf, takeSides } from './tensors.ts';

type Powers = readonly bigint[];
/** Instances of a layer once the weights of the relations are known. */
type Made = (power: Powers) => Instance[];

/** Vectors over the rows of the trace. */
interface RowPolys {
  eq: Poly;
  step: Poly;
  after: Poly;
  later: Poly;
  /** eq times after */
  eqAfter: Vec;
}

/**
 * The second batch of convTrain (protocol section 12): what the first leaves at its point rho, as sums over places and rows. Where the
 * factors of places are others than those of rows, the places are bound first, with sums over the rows; only products of two tensors are
 * bound at every place and row.
 */
export class PictureSecondBatch implements SecondBatch {
  readonly sums: bigint[];
  readonly #c: BatchContext;
  readonly #rho: readonly bigint[];
  readonly #rows: RowPolys;
  readonly #made: Made[] = [];
  readonly #evaluated: { index: Numbered<'evaluation2'>; poly: Poly }[] = [];

  /** @param firstSums the sums sent before the first batch */
  constructor(
    context: BatchContext,
    layers: Record<number, LayerAtPlaces>,
    rho: readonly bigint[],
    firstSums: readonly bigint[],
  ) {
    const { k, sizes, rows, numbers } = context;
    this.#c = context;
    this.#rho = rho;
    this.sums = new Array<bigint>(numbers.sums2.count).fill(0n);
    const tables = stepTables(k, sizes, rho);
    const own = (v: Vec) => poly(v, range(0, sizes.traceBits));
    const eqAfter = k.mul(rows.eqRows, tables.after);
    const [eq, step, after, later] = [rows.eqRows, tables.step, tables.after, rows.later].map(own);
    this.#rows = { eq, step, after, later, eqAfter };
    for (const l of sizes.layers) this.#addLayer(l, layers[l], firstSums[numbers.sums.F3(l)]);
    for (const l of sizes.hidden) this.#addNext(l, layers[l + 1]);
  }

  /** In_l, P_l, G_l, U_l and F3_l of J = IN_l(rho as j; y, x; s) and D = D_l(r_c; y, x; s). */
  #addLayer(l: number, { geometry, input, deltas }: LayerAtPlaces, F3: bigint): void {
    const { k, axes, numbers, mu, tau } = this.#c;
    const { sums2: S2, relations2: R2, evaluations2: E2 } = numbers;
    const { side } = geometry.logs;
    const [at, places] = this.#positions(side);
    const eqChannels = k.eqTable(channelsOf(this.#c, l - 1, this.#rho));
    const J = poly(placesOf(this.#c, input, geometry, { eq: eqChannels, sides: this.#sides(geometry) }), at);
    const D = poly(deltas, at);
    const { eq, eqAfter, step, after, later } = this.#rows;
    const [x, y] = [pointOf(axes, [0, side], tau), pointOf(axes, [0, 0, side], tau)];
    const ofPlaces = poly(outer(k, k.eqTable(x), k.eqTable(y)), places);
    const mask = placeMask(k, geometry);
    const real = mask ? [poly(mask, places)] : [];
    const masked = mask ? k.mul(ofPlaces.vec, mask) : ofPlaces.vec;
    const [sumsIn, sumsP] = [k.contractLow(J.vec, eq.vec), k.contractLow(J.vec, eqAfter)];
    const bias = mod(mu * FA * (geometry.pooled ? 16n : 1n));
    const products = this.#productsOfRows(D, J);
    const [In, P, G] = [k.dot(masked, sumsIn), k.dot(masked, sumsP), k.dot(products, step.vec)];
    const [ofProducts, ofDeltas] = [k.sum(products), k.sum(D.vec)];
    this.sums[S2.In(l)] = In;
    this.sums[S2.P(l)] = P;
    this.sums[S2.G(l)] = G;
    this.sums[S2.U(l)] = mod(ofProducts + bias * ofDeltas);
    this.#evaluated.push({ index: E2.zIn(l), poly: J }, { index: E2.zDAtI(l), poly: D });
    this.#made.push((power) => {
      const [pIn, pP, pG, pU, pF3] = [R2.In(l), R2.P(l), R2.G(l), R2.U(l), R2.F3(l)].map((n) => power[n]);
      const sums = poly(this.#combine(sumsIn, pIn, sumsP, pP), places);
      // pIn eq J + pP eq after J = eq (pIn + pP after) J; likewise of the deltas
      const both = poly(k.addConst(k.scale(after.vec, pP), pIn), after.positions);
      const ofBias = poly(k.addConst(k.scale(later.vec, pF3), mod(pU * bias)), later.positions);
      const gradients = poly(k.addConst(k.scale(step.vec, pG), pU), step.positions);
      const deltaSums = poly(k.contractLow(D.vec, ofBias.vec), places);
      const factor = () => [ofPlaces, ...real].reduce((product, p) => mod(product * finalValue(k, p)), 1n);
      return [
        this.#staged(at, mod(pIn * In + pP * P), [ofPlaces, ...real, sums], () => [times(factor(), eq, both, J)]),
        this.#staged(at, mod(pF3 * F3 + pU * bias * ofDeltas), [deltaSums], () => [term(ofBias, D)]),
        {
          weight: 1n,
          claim: mod(pG * G + pU * ofProducts),
          positions: at,
          terms: [term(gradients, D, J)],
        },
      ];
    });
  }

  /** nextD_l, nextP_l and nextG_l of D = D_(l+1)(rho_c; y, x; s) and J = IN_(l+1)(r_c, rho as (dy, dx); y, x; s). */
  #addNext(l: number, { geometry, pixels }: LayerAtPlaces): void {
    const { k, axes, numbers, sizes, layers, tau } = this.#c;
    const { sums2: S2, relations2: R2, evaluations2: E2 } = numbers;
    const { side } = geometry.logs;
    const [at, places] = this.#positions(side);
    const eqChannels = k.eqTable(channelsOf(this.#c, l + 1, this.#rho));
    const D = poly(picturesAt(this.#c, layers[l + 1].D, side, eqChannels), at);
    const J = poly(takeSides(k, pixels!, this.#sides(geometry), 2 ** sizes.traceBits), at);
    const { eq, eqAfter, step, after } = this.#rows;
    const before = sizes.geometry[l].logs.side;
    const taps = this.#taps(geometry);
    const readAt = (tap: bigint[], r: bigint[]) => k.fromBigints(placesAt(geometry, tap, pixelPoint(geometry, r)));
    const ofX = readAt(taps.x, pointOf(axes, [0, before], tau));
    const ofY = readAt(taps.y, pointOf(axes, [0, 0, before], tau));
    const ofPlaces = poly(outer(k, ofX, ofY), places);
    const [sumsD, sumsP] = [k.contractLow(D.vec, eq.vec), k.contractLow(D.vec, eqAfter)];
    const products = this.#productsOfRows(D, J);
    const [nextD, nextP] = [k.dot(ofPlaces.vec, sumsD), k.dot(ofPlaces.vec, sumsP)];
    const nextG = k.dot(products, step.vec);
    this.sums[S2.nextD(l)] = nextD;
    this.sums[S2.nextP(l)] = nextP;
    this.sums[S2.nextG(l)] = nextG;
    this.#evaluated.push({ index: E2.zNextD(l), poly: D }, { index: E2.zNextIn(l), poly: J });
    this.#made.push((power) => {
      const [pD, pP, pG] = [R2.nextD(l), R2.nextP(l), R2.nextG(l)].map((n) => power[n]);
      const sums = poly(this.#combine(sumsD, pD, sumsP, pP), places);
      const both = poly(k.addConst(k.scale(after.vec, pP), pD), after.positions);
      return [
        this.#staged(at, mod(pD * nextD + pP * nextP), [ofPlaces, sums], () => [
          times(finalValue(k, ofPlaces), eq, both, D),
        ]),
        { weight: pG, claim: nextG, positions: at, terms: [term(step, D, J)] },
      ];
    });
  }

  prove(session: Session, evals1: readonly bigint[]): SumcheckResult {
    const { k, axes, numbers } = this.#c;
    const power = powersOf(session.absorb([...evals1, ...this.sums]), numbers.relations2.count);
    const instances = this.#made.flatMap((made) => made(power));
    return sumcheck(k, instances, sizeOf(axes.slice(0, -1)), 3, session.absorb);
  }

  evaluations(): bigint[] {
    const evals = new Array<bigint>(this.#c.numbers.evaluations2.count).fill(0n);
    for (const { index, poly: p } of this.#evaluated) evals[index] = finalValue(this.#c.k, p);
    return evals;
  }

  /** Positions of places and rows, and of places alone. */
  #positions(side: number): [number[], number[]] {
    const { axes, sizes } = this.#c;
    return [positions(axes, [sizes.traceBits, side, side]), positions(axes, [0, side, side])];
  }

  /** What layers read at rho's taps, for every place. */
  #sides(layer: LayerAtPlaces['geometry']) {
    const { x, y } = this.#taps(layer);
    return { y: pixelsOfPlaces(layer, y), x: pixelsOfPlaces(layer, x) };
  }

  #taps({ logs }: LayerAtPlaces['geometry']): { x: bigint[]; y: bigint[] } {
    const { axes } = this.#c;
    return { x: pointOf(axes, [0, logs.kernel], this.#rho), y: pointOf(axes, [0, 0, logs.kernel], this.#rho) };
  }

  /** a v + b w */
  #combine(v: Vec, a: bigint, w: Vec, b: bigint): Vec {
    const { k } = this.#c;
    const out = k.scale(v, a);
    k.addScaled(out, w, b);
    return out;
  }

  /** sum over places of D J for every row. */
  #productsOfRows(D: Poly, J: Poly): Vec {
    const { k, sizes } = this.#c;
    const out = k.raw(2 ** sizes.traceBits);
    k.scoped(() => {
      const ones = k.addConst(k.zeros(D.vec.len / out.len), 1n);
      k.put(out, k.contractHigh(k.mul(D.vec, J.vec), ones));
    });
    return out;
  }

  /** An instance whose places are bound with factors of places alone. */
  #staged(at: readonly number[], claim: bigint, factors: Poly[], later: () => Instance['terms'][number][]): Instance {
    const { traceBits } = this.#c.sizes;
    return { weight: 1n, claim, positions: at, terms: [term(...factors)], later: { open: traceBits, terms: later } };
  }
}
