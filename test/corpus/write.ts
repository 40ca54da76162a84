// Writes the small files of the corpus to test/corpus/files. Run it after changing cases.ts:
//   node test/corpus/write.ts
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SMALL } from './cases.ts';

const FOLDER = join(import.meta.dirname, 'files');

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER);
for (const { file, make } of SMALL) writeFileSync(join(FOLDER, file), make());
