import type { Hex } from 'viem';
import { importCapacity } from '../../../src/model/capacity.ts';
import { isNetworkWeights, shapeOf } from '../../../src/model/networkWeights.ts';
import { schemaHash } from '../../../src/model/schema.ts';
import { circuitOf } from '../../../src/registry/programs/list.ts';
import { readWeightsFile } from '../../files/models.ts';
import type { RunProgram } from './runProgram.ts';

export const importing: RunProgram = {
  weight: 1,
  open(run, _, context) {
    const { source } = run.data('import') as { source: Hex };
    const weights = readWeightsFile(run.file('import', 'model'));
    importCapacity(shapeOf(weights));
    return {
      circuit: circuitOf('import', isNetworkWeights(weights)),
      prove: (prover, onStage) =>
        prover.proveImport(context, weights, { source, schema: schemaHash(weights.schema) }, onStage),
    };
  },
};
