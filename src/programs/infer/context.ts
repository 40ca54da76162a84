import type { LookupTable } from '../../argument/lookup.ts';
import type { Oracle } from '../../argument/oracle.ts';
import { isNetworkShape } from '../../model/anyShape.ts';
import {
  type InferenceForm,
  type InputKind,
  inputPlaces,
  outputPlaces,
  type RowPlaces,
  rowTensor,
  rowValues,
} from '../../model/inference.ts';
import { type AnyWeights, shapeOf } from '../../model/networkWeights.ts';
import type { Shard } from '../../model/shard.ts';
import { ceilLog2 } from '../../numbers/bits.ts';
import { SIGNED_LIMIT } from '../../numbers/constants.ts';
import type { ForwardTrace } from '../../training/forward.ts';
import type { InferNumbers, PassContext } from '../score/context.ts';

export interface InferWitness {
  model: AnyWeights;
  /** the rows; of a registered shard all of it, else X, its sizes and its salt alone */
  shard: Shard;
  inputs: InputKind;
  /** whether the outputs are public, and the salt of their commitment */
  outputs: { shown: boolean; salt: bigint };
  /** forwardPass(model, shard) */
  forward: Pick<ForwardTrace, 'trace'>;
}

export interface InferOracles {
  model: Oracle;
  input: Oracle;
  output: Oracle;
  trace: Oracle;
  helper: Oracle;
}

/** What the steps after the commitments work with. */
export interface InferContext extends PassContext {
  numbers: InferNumbers;
  witness: InferWitness;
  oracles: InferOracles;
  lookups: { beta: bigint; table: LookupTable };
  /** O, [i, s]: the real outputs */
  O: Int32Array;
}

export function formOf({ shard, inputs, outputs }: InferWitness): InferenceForm {
  const { rows } = shard;
  const { inputs: ins, outputs: outs, kind } = shard;
  const registered = inputs === 'shard' ? { inputs: ins, outputs: outs, rows, kind } : null;
  return { rows, inputs, shard: registered, shown: outputs.shown };
}

/** Whether range and padding of the inputs are proved. */
export function isRanged({ inputs }: Pick<InferWitness, 'inputs'>): boolean {
  return inputs === 'committed';
}

/** O: Q where row and output are real, 0 elsewhere. */
export function outputTensor({ model, shard, forward }: Pick<InferWitness, 'model' | 'shard' | 'forward'>): Int32Array {
  const places = outputPlaces(shapeOf(model));
  const values = outputValues({ model, shard, forward });
  return rowTensor(values, shard.rows, places, 2 ** ceilLog2(places.features.length));
}

/** The real outputs, row after row. */
export function outputValues({ model, shard, forward }: Pick<InferWitness, 'model' | 'shard' | 'forward'>): Int32Array {
  const { Q } = forward.trace.output;
  return rowValues(Q, shard.rows, outputPlaces(shapeOf(model))).map((q) => q - SIGNED_LIMIT);
}

/** The real inputs, row after row. */
export function inputValues({ model, shard }: Pick<InferWitness, 'model' | 'shard'>): Int32Array {
  return rowValues(shard.X, shard.rows, inputPlaces(shapeOf(model)));
}

/** A side of an inference with its rows as public vectors have them. */
export interface Side {
  places: RowPlaces;
  /** bits of what a row has, on the axes behind rows; how many of each are real */
  bits: number[];
  real: number[];
  /** bit of x's exponent at which each of these begins */
  starts: number[];
}

export function inputSide({ witness, sizes }: Pick<InferContext, 'witness' | 'sizes'>): Side {
  const shape = shapeOf(witness.model);
  const bits = sizes.bits(sizes.first - 1);
  const places = inputPlaces(shape);
  if (!isNetworkShape(shape)) return { places, bits, real: [places.features.length], starts: [0] };
  const { side, channels } = shape;
  return { places, bits, real: [side, side, channels], starts: [0, 6, 12] };
}

export function outputSide({ witness, sizes }: Pick<InferContext, 'witness' | 'sizes'>): Side {
  const places = outputPlaces(shapeOf(witness.model));
  // a network's last layer has side 1
  const bits = [sizes.widthBits(sizes.last)];
  return { places, bits, real: [places.features.length], starts: [0] };
}

/** x^(2^t) by the variables of a side's tensor, rows first. */
export function squaresOfSide({ tau, sizes }: Pick<InferContext, 'tau' | 'sizes'>, side: Side): bigint[] {
  const from = (start: number, count: number) => tau.slice(start, start + count);
  return [
    ...from(side.places.rowBit, sizes.sigma),
    ...side.starts.flatMap((start, axis) => from(start, side.bits[axis])),
  ];
}
