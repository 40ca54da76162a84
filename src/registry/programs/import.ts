import { encodeFunctionData, type Hex } from 'viem';
import type { Commitment } from '../../argument/types.ts';
import { modelRegistryAbi } from '../../generated/abi.ts';
import { encodeShape } from '../../model/shape.ts';
import { namedModel, type ProgramDefinition } from './definition.ts';
import { readCommitment, readWidths } from './readers.ts';
import { checkModelCommitment, checkShape } from './sizes.ts';
import { callOf, proofOf } from './targets.ts';

/** A committed model has weights in range and zero padding. Where they come from is declared, not proved. */
export interface ImportStatement {
  program: 'import';
  /** n_0 .. n_L */
  widths: number[];
  commitment: Commitment;
  /** SHA-256 of the file that the weights are said to come from */
  source: Hex;
  /** 32 bytes, the hash of what inputs and outputs are said to mean; `NO_SCHEMA` where nothing is stated */
  schema: Hex;
}

export const importing: ProgramDefinition<ImportStatement> = {
  program: 'import',
  parameters: ({ widths }) => [encodeShape(widths)],
  extra: ({ source, schema }) => [BigInt(source), BigInt(schema)],
  oracles: ({ commitment }) => [commitment],
  subject({ commitment, widths, schema }) {
    const model = namedModel(commitment, widths);
    return { id: model.id, model, parents: [], schema };
  },
  facts: ({ widths, source }) => ({ widths: widths.join('-'), source }),
  leavesOpen: () =>
    'Where the weights come from: the hash of their file is declared. Proved is that they are in range.',

  check({ widths, commitment }) {
    checkShape(widths);
    checkModelCommitment('model', commitment, widths);
  },
  read(file) {
    file.keys(['widths', 'commitment', 'source', 'schema']);
    return {
      program: 'import',
      widths: readWidths(file.at('widths')),
      commitment: readCommitment(file.at('commitment')),
      source: file.at('source').hex(32),
      schema: file.at('schema').hex(32),
    };
  },

  functionName: 'importModel',
  call({ widths, source, schema, commitment }, proof) {
    const args = [widths, source, schema, commitment, proof] as const;
    return callOf(
      'importModel',
      args,
      encodeFunctionData({ abi: modelRegistryAbi, functionName: 'importModel', args }),
    );
  },
  decode(call) {
    if (call.functionName !== 'importModel') return undefined;
    const [widths, source, schema, commitment, proof] = call.args;
    return {
      statement: { program: 'import', widths: [...widths], commitment: [...commitment], source, schema },
      proof: proofOf(proof),
    };
  },

  intent: 'Register a declared import',
  requestFields: [
    { name: 'widths', type: 'uint16[]' },
    { name: 'source', type: 'bytes32' },
    { name: 'schema', type: 'bytes32' },
    { name: 'model', type: 'bytes32' },
  ],
  request: ({ widths, source, schema, commitment }) => ({
    widths,
    source,
    schema,
    model: namedModel(commitment, widths).id,
  }),

  event: ({ commitment, widths, source }) => ({
    name: 'Declared',
    args: { id: namedModel(commitment, widths).id, source },
  }),
};
