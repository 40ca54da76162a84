import { encodeFunctionData, type Hex } from 'viem';
import type { Commitment } from '../../argument/types.ts';
import { modelRegistryAbi } from '../../generated/abi.ts';
import type { Head } from '../../model/head.ts';
import { encodeShape } from '../../model/shape.ts';
import { namedModel, type ProgramDefinition } from './definition.ts';
import { headOfNumber, numberOfHead } from './heads.ts';
import { readCommitment, readModelShape } from './readers.ts';
import { checkModelCommitment, checkShape } from './sizes.ts';
import { callOf, proofOf } from './targets.ts';

/** A committed model has weights in range and zero padding. Where they come from is declared, not proved. */
export interface ImportStatement {
  program: 'import';
  /** n_0 .. n_L */
  widths: number[];
  head: Head;
  commitment: Commitment;
  /** SHA-256 of the file that the weights are said to come from */
  source: Hex;
  /** 32 bytes, the hash of what inputs and outputs are said to mean; `NO_SCHEMA` where nothing is stated */
  schema: Hex;
}

export const importing: ProgramDefinition<ImportStatement> = {
  program: 'import',
  parameters: ({ widths, head }) => [encodeShape({ widths, head })],
  extra: ({ source, schema }) => [BigInt(source), BigInt(schema)],
  oracles: ({ commitment }) => [commitment],
  subject({ commitment, widths, head, schema }) {
    const model = namedModel(commitment, { widths, head });
    return { id: model.id, model, parents: [], schema };
  },
  facts: ({ widths, head, source }) => ({ widths: widths.join('-'), head, source }),
  leavesOpen: () =>
    'Where the weights come from: the hash of their file is declared. Proved is that they are in range.',

  check({ widths, head, commitment }) {
    checkShape({ widths, head });
    checkModelCommitment('model', commitment, widths);
  },
  read(file) {
    file.keys(['widths', 'head', 'commitment', 'source', 'schema']);
    return {
      program: 'import',
      ...readModelShape(file),
      commitment: readCommitment(file.at('commitment')),
      source: file.at('source').hex(32),
      schema: file.at('schema').hex(32),
    };
  },

  functionName: 'importModel',
  call({ widths, head, source, schema, commitment }, proof) {
    const args = [widths, numberOfHead(head), source, schema, commitment, proof] as const;
    return callOf(
      'importModel',
      args,
      encodeFunctionData({ abi: modelRegistryAbi, functionName: 'importModel', args }),
    );
  },
  decode(call) {
    if (call.functionName !== 'importModel') return undefined;
    const [widths, head, source, schema, commitment, proof] = call.args;
    const shape = { widths: [...widths], head: headOfNumber(head) };
    return {
      statement: { program: 'import', ...shape, commitment: [...commitment], source, schema },
      proof: proofOf(proof),
    };
  },

  intent: 'Register a declared import',
  requestFields: [
    { name: 'widths', type: 'uint16[]' },
    { name: 'head', type: 'uint8' },
    { name: 'source', type: 'bytes32' },
    { name: 'schema', type: 'bytes32' },
    { name: 'model', type: 'bytes32' },
  ],
  request: ({ widths, head, source, schema, commitment }) => ({
    widths,
    head: numberOfHead(head),
    source,
    schema,
    model: namedModel(commitment, { widths, head }).id,
  }),

  event: ({ commitment, widths, head, source }) => ({
    name: 'Declared',
    args: { id: namedModel(commitment, { widths, head }).id, source },
  }),
};
