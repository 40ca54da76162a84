import { DescentError } from '../../../src/errors/DescentError.ts';
import srsFile from '../../../src/generated/srs.json' with { type: 'json' };
import type { InstalledKeys } from '../../../src/proof/checkProof.ts';
import { parseSrs } from '../../../src/registry/opening.ts';
import type { Circuit } from '../../../src/registry/programs/list.ts';
import { keyHash, parseVerificationKey } from '../../../src/registry/verificationKey.ts';

/** The keys that this page has of a circuit. @throws DescentError where it has none */
export async function installedKeys(circuit: Circuit, base = ''): Promise<InstalledKeys> {
  const response = await fetch(`${base}/files/${circuit}.vkey.json`);
  if (!response.ok) throw new DescentError(`This page has no key for ${circuit}.`, { code: 'NOT_BUILT' });
  const vkey = parseVerificationKey(await response.json());
  const srs = parseSrs(srsFile);
  return { vkey, srs, verificationKey: keyHash(vkey), devKeys: srs.devKeys };
}
