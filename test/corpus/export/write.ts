// Writes torch-state.pt and the files for Keras, which check.py and check_keras.py beside it read with torch and Keras. Run them
// after changing src/model/export/torchState.ts, keras.ts or hdf5.ts:
//   node test/corpus/export/write.ts && python test/corpus/export/check.py && python test/corpus/export/check_keras.py
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeKeras } from '../../../src/model/export/keras.ts';
import { writeTorchState } from '../../../src/model/export/torchState.ts';
import { seedWeights } from '../../../src/training/seed.ts';
import { KERAS_MODELS } from './kerasModels.ts';

writeFileSync(
  join(import.meta.dirname, 'torch-state.pt'),
  writeTorchState(seedWeights({ widths: [5, 4, 3], head: 'squared error' }, 1n, 2n), { a: 'b' }),
);
for (const [name, weights] of Object.entries(KERAS_MODELS)) {
  writeFileSync(join(import.meta.dirname, `${name}.keras`), writeKeras(weights, { a: 'b' }));
}
