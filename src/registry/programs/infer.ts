import { encodeFunctionData, type Hex, hexToBytes, keccak256, zeroHash } from 'viem';
import type { Commitment } from '../../argument/types.ts';
import { InputError } from '../../errors/InputError.ts';
import { inferencesAbi } from '../../generated/abi.ts';
import { decodeAnyShape, encodeAnyShape, shapeParameters, shapeSides } from '../../model/anyShape.ts';
import {
  bytesValues,
  encodeForm,
  type InferenceForm,
  inputLayout,
  inputPlaces,
  outputLayout,
  outputPlaces,
  type RowPlaces,
  valuesAt,
} from '../../model/inference.ts';
import { checkSize, decodeShard, encodeShard, type ShardShape } from '../../model/shape.ts';
import { R } from '../../numbers/field.ts';
import { committedId, inferenceId, publicId } from '../ids.ts';
import {
  namedModel,
  namedShard,
  type ProgramDefinition,
  type ShapeFields,
  shapeFacts,
  shapeFields,
  shapeOf,
} from './definition.ts';
import { readCommitment, readModelShape, readShard, requireShapeAnd, writtenShape } from './readers.ts';
import { checkCommitment, checkModelCommitment, checkShape, checkShard, checkShardCommitment } from './sizes.ts';
import { callOf, proofOf } from './targets.ts';

/** The model gives these outputs on these inputs; its registry is the contract of inferences. */
export type InferStatement = ShapeFields & {
  program: 'infer';
  model: Commitment;
  rows: number;
  input: Commitment;
  /** the registered shard that the inputs are; null of others */
  shard: ShardShape | null;
  /** public inputs: two bytes a value, row after row; null where they are not public */
  inputs: Hex | null;
  output: Commitment;
  /** public outputs, in the same form */
  outputs: Hex | null;
  /** the challenge x of the proof, at which what is public is evaluated; h_0 does not bind it */
  point: bigint;
};

/** Bytes of public values, at most: more than any transaction carries. */
const MAX_VALUES_BYTES = 2 ** 20;
const NOTHING = '0x';

export const infer: ProgramDefinition<InferStatement> = {
  program: 'infer',
  parameters: (statement) => [...shapeParameters(shapeOf(statement)), encodeForm(formOf(statement))],
  late(statement) {
    const { inputs, outputs, rows, point } = statement;
    const shape = shapeOf(statement);
    return [point, at(inputs, inputPlaces(shape), rows, point), at(outputs, outputPlaces(shape), rows, point)];
  },
  extra: ({ inputs, outputs, shard }) => [hashOf(inputs), hashOf(outputs), shard === null ? 0n : encodeShard(shard)],
  oracles: ({ model, input, output }) => [model, input, output],
  subject(statement) {
    const model = namedModel(statement.model, statement);
    const { inputs, outputs } = idsIn(statement);
    const shard = statement.shard && namedShard(statement.input, statement.shard);
    return { id: inferenceId(model.id, inputs, outputs), model, ...(shard && { shard }), parents: [] };
  },
  facts(statement) {
    const { rows, shard, inputs, outputs } = statement;
    const named = idsIn(statement);
    return {
      ...shapeFacts(statement),
      rows,
      inputsAre: shard === null ? (inputs === null ? 'committed' : 'public') : 'a registered shard',
      inputs: named.inputs,
      outputsAre: outputs === null ? 'committed' : 'public',
      outputs: named.outputs,
    };
  },
  leavesOpen: ({ inputs, shard }) =>
    inputs === null && shard === null
      ? 'What the inputs are: only that they are committed and in range.'
      : 'Where the inputs come from, and how many others were tried: a prover shows those that he likes.',

  check(statement) {
    const { model, shard, input, output, rows, inputs, outputs, point } = statement;
    const shape = shapeOf(statement);
    checkShape(shape);
    checkSize('number of rows', rows);
    checkModelCommitment('model', model, shape);
    const sides = shapeSides(shape);
    if (shard === null) checkCommitment('inputs', input, inputLayout(sides.inputs, rows));
    else checkRegistered(statement, shard, sides.inputs);
    checkCommitment('outputs', output, outputLayout(sides.outputs, rows));
    checkLength('inputs', inputs, inputPlaces(shape), rows);
    checkLength('outputs', outputs, outputPlaces(shape), rows);
    if (point >= R) throw new InputError('The point of an inference is below the order of the field.');
  },
  written: (statement) => writtenShape(statement),
  read(file) {
    requireShapeAnd(file, ['model', 'rows', 'input', 'shard', 'inputs', 'output', 'outputs', 'point']);
    const orNull = <T>(name: string, read: (own: ReturnType<typeof file.at>) => T) =>
      file.at(name).isNull() ? null : read(file.at(name));
    return {
      program: 'infer',
      ...readModelShape(file),
      model: readCommitment(file.at('model')),
      rows: file.at('rows').integer(),
      input: readCommitment(file.at('input')),
      shard: orNull('shard', readShard),
      inputs: orNull('inputs', (own) => own.bytes(MAX_VALUES_BYTES)),
      output: readCommitment(file.at('output')),
      outputs: orNull('outputs', (own) => own.bytes(MAX_VALUES_BYTES)),
      point: file.at('point').natural(R),
    };
  },

  functionName: 'record',
  call(statement, proof) {
    const { model, rows, input, shard, inputs, output, outputs, point } = statement;
    const claim = {
      model,
      shape: encodeAnyShape(shapeOf(statement)),
      rows: BigInt(rows),
      input,
      descriptor: shard === null ? 0n : encodeShard(shard),
      output,
      point,
    };
    const args = [claim, inputs ?? NOTHING, outputs ?? NOTHING, proof] as const;
    return callOf('record', args, encodeFunctionData({ abi: inferencesAbi, functionName: 'record', args }));
  },
  decode(call) {
    if (call.functionName !== 'record') return undefined;
    const [{ model, shape, rows, input, descriptor, output, point }, inputs, outputs, proof] = call.args;
    const statement: InferStatement = {
      program: 'infer',
      ...shapeFields(decodeAnyShape(shape)),
      model: [...model],
      rows: Number(rows),
      input: [...input],
      shard: descriptor === 0n ? null : decodeShard(descriptor),
      inputs: inputs === NOTHING ? null : inputs,
      output: [...output],
      outputs: outputs === NOTHING ? null : outputs,
      point,
    };
    return { statement, proof: proofOf(proof) };
  },

  intent: 'Record an inference',
  event: (statement) => ({ name: 'Inferred', args: { ...idsIn(statement), rows: BigInt(statement.rows) } }),
};

function formOf({ rows, shard, inputs, outputs }: InferStatement): InferenceForm {
  const kind = shard !== null ? 'shard' : inputs !== null ? 'public' : 'committed';
  return { rows, inputs: kind, shard, shown: outputs !== null };
}

/** What names model, inputs and outputs (IInferences.Inference). */
export function idsIn(statement: InferStatement): { model: Hex; inputs: Hex; outputs: Hex } {
  const { rows, input, shard, inputs, output, outputs } = statement;
  const sides = shapeSides(shapeOf(statement));
  const ofInputs = shard === null ? committedId(input, sides.inputs, rows) : namedShard(input, shard).id;
  return {
    model: namedModel(statement.model, statement).id,
    inputs: inputs === null ? ofInputs : publicId(inputs),
    outputs: outputs === null ? committedId(output, sides.outputs, rows) : publicId(outputs),
  };
}

const hashOf = (values: Hex | null): bigint => BigInt(values === null ? zeroHash : keccak256(values));

function at(values: Hex | null, places: RowPlaces, rows: number, point: bigint): bigint {
  if (values === null) return 0n;
  checkLength('values', values, places, rows);
  return valuesAt(bytesValues(hexToBytes(values)), places, point);
}

/** InputsDiffer, WrongRows, InputsTwice */
function checkRegistered({ input, rows, inputs }: InferStatement, shard: ShardShape, width: number): void {
  checkShard(shard);
  checkShardCommitment(input, shard);
  if (shard.inputs !== width)
    throw new InputError(`The model takes ${width} inputs, the rows of the shard have ${shard.inputs}.`);
  if (shard.rows !== rows) throw new InputError(`The shard has ${shard.rows} rows, not ${rows}.`);
  if (inputs !== null) throw new InputError('Inputs are public or a registered shard, not both.');
}

/** WrongValuesLength */
function checkLength(what: string, values: Hex | null, { features }: RowPlaces, rows: number): void {
  if (values === null) return;
  const [length, expected] = [(values.length - 2) / 2, 2 * rows * features.length];
  if (length !== expected) throw new InputError(`The public ${what} have ${expected} bytes, not ${length}.`);
}
