import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { loadBn254 } from '../../scripts/setup/bn254.ts';
import { makeDevKey } from '../../scripts/setup/devKey.ts';
import { devKeySecrets } from '../../scripts/setup/secrets.ts';
import { Curve } from '../../src/argument/curve.ts';
import { compileBaseline } from '../baseline/compile.ts';
import { baselineName, keyFile } from '../baseline/files.ts';
import { type BaselineSizes, committedMain } from '../baseline/instance.ts';
import { runMeasurement, timed } from '../support/child.ts';

/** Makes the circuit and the development key of a baseline, unless they are there. */
await runMeasurement(async (sizes: BaselineSizes): Promise<{ compileSeconds: number; keySeconds: number }> => {
  const { r1cs, seconds, hash } = await compileBaseline(baselineName(sizes), committedMain(sizes));
  const path = keyFile(sizes, hash);
  if (existsSync(path)) return { compileSeconds: seconds, keySeconds: 0 };
  const key = await timed(async () => {
    const [bn, curve] = await Promise.all([loadBn254(), Curve.load()]);
    return makeDevKey({ r1cs, secrets: devKeySecrets('baseline'), label: 'baseline' }, { bn, curve });
  });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, key.value);
  await rename(`${path}.new`, path);
  return { compileSeconds: seconds, keySeconds: key.seconds };
});
