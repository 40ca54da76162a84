import type { Hex } from 'viem';
import { importCapacity } from '../../../src/model/capacity.ts';
import { schemaHash } from '../../../src/model/schema.ts';
import { readWeightsFile } from '../../files/models.ts';
import { type RunProgram, requireDense } from './runProgram.ts';

export const importing: RunProgram = {
  weight: 1,
  open(run, _, context) {
    const { source } = run.data('import') as { source: Hex };
    const weights = requireDense(readWeightsFile(run.file('import', 'model')));
    importCapacity(weights);
    return {
      prove: (prover, onStage) =>
        prover.proveImport(context, weights, { source, schema: schemaHash(weights.schema) }, onStage),
    };
  },
};
