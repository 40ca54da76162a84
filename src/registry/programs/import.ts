import { encodeFunctionData, type Hex } from 'viem';
import type { Commitment } from '../../argument/types.ts';
import { modelRegistryAbi } from '../../generated/abi.ts';
import { decodeAnyShape, encodeAnyShape, shapeParameters } from '../../model/anyShape.ts';
import {
  namedModel,
  type ProgramDefinition,
  type ShapeFields,
  shapeFacts,
  shapeFields,
  shapeOf,
} from './definition.ts';
import { readCommitment, readModelShape, requireShapeAnd, writtenShape } from './readers.ts';
import { SHAPE_REQUEST, shapeRequest } from './shapeRequest.ts';
import { checkModelCommitment, checkShape } from './sizes.ts';
import { callOf, proofOf } from './targets.ts';

/** A committed model has weights in range and zero padding. Where they come from is declared, not proved. */
export type ImportStatement = ShapeFields & {
  program: 'import';
  commitment: Commitment;
  /** SHA-256 of the file that the weights are said to come from */
  source: Hex;
  /** 32 bytes, the hash of what inputs and outputs are said to mean; `NO_SCHEMA` where nothing is stated */
  schema: Hex;
};

export const importing: ProgramDefinition<ImportStatement> = {
  program: 'import',
  parameters: (statement) => shapeParameters(shapeOf(statement)),
  extra: ({ source, schema }) => [BigInt(source), BigInt(schema)],
  oracles: ({ commitment }) => [commitment],
  subject(statement) {
    const model = namedModel(statement.commitment, statement);
    return { id: model.id, model, parents: [], schema: statement.schema };
  },
  facts: (statement) => ({ ...shapeFacts(statement), source: statement.source }),
  leavesOpen: () =>
    'Where the weights come from: the hash of their file is declared. Proved is that they are in range.',

  check(statement) {
    checkShape(shapeOf(statement));
    checkModelCommitment('model', statement.commitment, shapeOf(statement));
  },
  written: writtenShape,
  read(file) {
    requireShapeAnd(file, ['commitment', 'source', 'schema']);
    return {
      program: 'import',
      ...readModelShape(file),
      commitment: readCommitment(file.at('commitment')),
      source: file.at('source').hex(32),
      schema: file.at('schema').hex(32),
    };
  },

  functionName: 'importModel',
  call(statement, proof) {
    const { source, schema, commitment } = statement;
    const args = [encodeAnyShape(shapeOf(statement)), source, schema, commitment, proof] as const;
    return callOf(
      'importModel',
      args,
      encodeFunctionData({ abi: modelRegistryAbi, functionName: 'importModel', args }),
    );
  },
  decode(call) {
    if (call.functionName !== 'importModel') return undefined;
    const [shape, source, schema, commitment, proof] = call.args;
    const fields = shapeFields(decodeAnyShape(shape));
    return {
      statement: { program: 'import', ...fields, commitment: [...commitment], source, schema },
      proof: proofOf(proof),
    };
  },

  intent: 'Register a declared import',
  requestFields: [
    ...SHAPE_REQUEST,
    { name: 'source', type: 'bytes32' },
    { name: 'schema', type: 'bytes32' },
    { name: 'model', type: 'bytes32' },
  ],
  request: (statement) => ({
    ...shapeRequest(shapeOf(statement)),
    source: statement.source,
    schema: statement.schema,
    model: namedModel(statement.commitment, statement).id,
  }),

  event: (statement) => ({
    name: 'Declared',
    args: { id: namedModel(statement.commitment, statement).id, source: statement.source },
  }),
};
