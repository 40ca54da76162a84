import { devKeySecrets, devTau } from '../../../scripts/setup/secrets.ts';
import { power } from '../../../src/numbers/field.ts';
import type { SrsPowers } from '../../../src/registry/opening.ts';
import { type KnownKey, keyOfSecrets } from './knownKey.ts';
import { C, elements, g2PointOf, TEST_SRS } from './knownTau.ts';

/** A key with a program's development secrets for alpha, beta and delta; its inputs are those of no circuit. */
export function developmentKey(program: string): KnownKey {
  const { alpha, beta, delta } = devKeySecrets(program);
  return keyOfSecrets({ alpha, beta, delta, inputs: elements(1n, 4) });
}

export const DEVELOPMENT_SRS: SrsPowers = {
  devKeys: true,
  tau: g2PointOf(devTau()),
  tauC: g2PointOf(power(devTau(), BigInt(C))),
  tables: TEST_SRS.tables,
};
