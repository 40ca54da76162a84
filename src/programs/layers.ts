import type { Claims, OracleNumber } from '../argument/claims.ts';
import type { Kernels } from '../argument/kernels.ts';
import { multiplicities } from '../argument/lookup.ts';
import type { Oracle } from '../argument/oracle.ts';
import { type Poly, poly, range } from '../argument/sumcheck.ts';
import { NETWORK_LAYERS } from '../model/network.ts';
import { type AnyWeights, isNetworkWeights, kernelSizes, presentLayers } from '../model/networkWeights.ts';
import { circuitLayer, widthBits } from '../model/shape.ts';
import { LIMB_BITS, WEIGHT_LIMIT_BITS } from '../numbers/constants.ts';
import { type Axes, DENSE, KERNELS, positions, realMask, sizeOf } from './axes.ts';
import { blindTrace, slotPoly, slottedOracle } from './common.ts';
import type { TableNumbers } from './sumcheckBatch.ts';

/** W_l or b_l as a tensor of the programs that speak of whole models. */
export interface ModelTensor {
  /** circuit layer */
  l: number;
  kind: 'W' | 'b';
  /** slot in the model oracle */
  slot: string;
  /** bits and real size of each index, on the axes of the program: j and i, or dx, dy, c and i; a bias has the last alone */
  bits: number[];
  real: number[];
}

/** The axes of the programs of weights. */
export function weightAxes(model: AnyWeights): Axes {
  return isNetworkWeights(model) ? KERNELS : DENSE;
}

/** All tensors of a model, W before b, first layer first. */
export function modelTensors(model: AnyWeights): ModelTensor[] {
  return matrixSizes(model).flatMap(({ l, real, bits }, index): ModelTensor[] => {
    const last = bits.length - 1;
    const ofBias = {
      bits: bits.map((count, k) => (k < last ? 0 : count)),
      real: real.map((n, k) => (k < last ? 1 : n)),
    };
    return [
      { l, kind: 'W', slot: `W${index + 1}`, bits, real },
      { l, kind: 'b', slot: `b${index + 1}`, ...ofBias },
    ];
  });
}

function matrixSizes(model: AnyWeights): Pick<ModelTensor, 'l' | 'bits' | 'real'>[] {
  if (isNetworkWeights(model)) {
    const layers = presentLayers(model.network);
    const absent = NETWORK_LAYERS - model.layers.length;
    return model.layers.map((_, l) => ({ l: absent + l + 1, ...kernelSizes(layers[l], layers[l + 1]) }));
  }
  const { widths } = model;
  const a = widthBits(widths);
  return range(1, widths.length - 1).map((l) => ({
    l: circuitLayer(widths, l),
    bits: [a[l - 1], a[l]],
    real: [widths[l - 1], widths[l]],
  }));
}

/** The tensor of a model oracle as a polynomial of the batch. */
export function modelPoly(k: Kernels, oracle: Oracle, t: ModelTensor, axes: Axes, slot: string = t.slot): Poly {
  return slotPoly(k, oracle, slot, positions(axes, t.bits));
}

/** A 0/1 polynomial: `real` on real entries, 1 - real elsewhere. */
export function entryMask(k: Kernels, t: ModelTensor, real: 0 | 1, eq: Poly): Poly {
  return poly(k.fromIntegers(realMask(t.real, t.bits, real)), eq.positions);
}

/** The three limbs of x + 2^47, lowest first. @throws RangeError outside [-2^47, 2^47) */
export function rangeLimbs(x: BigInt64Array): [Int32Array, Int32Array, Int32Array] {
  const words = new Int32Array(x.buffer, x.byteOffset, 2 * x.length);
  const limbs: [Int32Array, Int32Array, Int32Array] = [
    new Int32Array(x.length),
    new Int32Array(x.length),
    new Int32Array(x.length),
  ];
  const limb = 2 ** LIMB_BITS;
  for (let i = 0; i < x.length; i++) {
    const [low, high] = [words[2 * i], words[2 * i + 1] + 2 ** (WEIGHT_LIMIT_BITS - 32)];
    if (high < 0 || high >= limb)
      throw new RangeError(`weight ${x[i]} is outside [-2^${WEIGHT_LIMIT_BITS}, 2^${WEIGHT_LIMIT_BITS})`);
    limbs[2][i] = high;
    limbs[1][i] = low >>> LIMB_BITS;
    limbs[0][i] = low & (limb - 1);
  }
  return limbs;
}

/** Adds the two claims on g and mult at the table's part of the batch point. @param slots theirs, of a second table */
export function addTableClaims(
  claims: Claims,
  { oracles: O, evaluations: E }: { oracles: Record<'trace' | 'helper', OracleNumber>; evaluations: TableNumbers },
  evals1: readonly bigint[],
  rho: readonly bigint[],
  { trace, helper }: Record<'trace' | 'helper', Oracle>,
  slots = { g: 'g', mult: 'mult' },
): void {
  const point = rho.slice(0, LIMB_BITS);
  claims.add(E.g, evals1[E.g], [{ oracle: O.helper, offset: helper.slots[slots.g].offset, point }]);
  claims.add(E.mult, evals1[E.mult], [{ oracle: O.trace, offset: trace.slots[slots.mult].offset, point }]);
}

/** A tensor of a model whose entries are proved to be in range, with its limbs and the trace's slots of the upper two. */
export interface RangedTensor extends ModelTensor {
  limbs: Int32Array[];
  slots: string[];
}

/** All tensors of the weights with their limbs. @throws RangeError as rangeLimbs */
export function rangedTensors(model: AnyWeights): RangedTensor[] {
  return modelTensors(model).map((t, i) => {
    const limb = t.kind === 'W' ? 'w' : 'c';
    return { ...t, limbs: rangeLimbs(model.layers[i >> 1][t.kind]), slots: [`${limb}1_${t.l}`, `${limb}2_${t.l}`] };
  });
}

/**
 * The trace of import and merge: the upper two limbs of every weight (the lowest follows from them and the weight) and the multiplicities, to which the `other`
 * limbs count as well.
 */
export function limbTrace(tensors: readonly RangedTensor[], other: readonly Int32Array[] = []): Oracle {
  const trace = slottedOracle([
    ...tensors.flatMap((t) => t.slots.map((name) => ({ name, log2: sizeOf(t.bits) }))),
    { name: 'mult', log2: LIMB_BITS },
  ]);
  for (const t of tensors)
    t.slots.forEach((name, i) => {
      trace.put(name, t.limbs[i + 1]);
    });
  trace.put('mult', multiplicities(LIMB_BITS, [...tensors.flatMap((t) => t.limbs), ...other]));
  blindTrace(trace);
  return trace;
}
