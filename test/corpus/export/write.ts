// Writes torch-state.pt, which check.py beside it reads with torch. Run both after changing src/model/export/torchState.ts:
//   node test/corpus/export/write.ts && python test/corpus/export/check.py
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeTorchState } from '../../../src/model/export/torchState.ts';
import { seedWeights } from '../../../src/training/seed.ts';

writeFileSync(
  join(import.meta.dirname, 'torch-state.pt'),
  writeTorchState(seedWeights({ widths: [5, 4, 3], head: 'squared error' }, 1n, 2n), { a: 'b' }),
);
