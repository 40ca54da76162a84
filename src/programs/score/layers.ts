import { columnSums, rowSums } from '../../argument/integers.ts';
import { poly } from '../../argument/sumcheck.ts';
import { pointOf, positions } from '../axes.ts';
import type { SumcheckBatch } from '../sumcheckBatch.ts';
import { term } from '../sumcheckBatch.ts';
import { inputOf, type PassContext, type PassLayers, rowsOf } from './context.ts';

/** Layers of dense networks: the sums W_l(j; r_i) In_l(j; r_s) over the input features of every layer. */
export const DENSE_LAYERS: PassLayers = {
  addForward(batch: SumcheckBatch, c: PassContext, l: number, sums: bigint[]): void {
    const { k, axes, sizes, witness, numbers, tau } = c;
    const { sums: S, relations: R, evaluations: E } = numbers;
    const features = positions(axes, [0, ...sizes.bits(l - 1)]);
    const weights = k.zeros(2 ** sizes.widthBits(l - 1));
    const eqOutputs = k.eqTable(pointOf(axes, [0, ...sizes.bits(l)], tau));
    columnSums(k, weights, witness.model.layers[l - sizes.first].W, eqOutputs, weights.len);
    const inputs = k.raw(weights.len);
    rowSums(k, inputs, inputOf(c, l).data, k.eqTable(rowsOf(c)));
    sums[S.F1(l)] = k.dot(weights, inputs);
    const [Wi, inputAtS] = [poly(weights, features), poly(inputs, features)];
    batch.add(R.F1(l), [term(Wi, inputAtS)], sums[S.F1(l)]);
    batch.evaluate(E.W(l), Wi);
    batch.evaluate(E.In(l), inputAtS);
  },
  input(c, l, rho) {
    return { point: [...rowsOf(c), ...pointOf(c.axes, [0, ...c.sizes.bits(l - 1)], rho)] };
  },
  weights({ axes, sizes, tau }, l, rho) {
    return [...pointOf(axes, [0, ...sizes.bits(l - 1)], rho), ...pointOf(axes, [0, ...sizes.bits(l)], tau)];
  },
  biasFactor: () => 1n,
};
