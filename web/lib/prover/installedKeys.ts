import { keccak256 } from 'viem';
import { DescentError } from '../../../src/errors/DescentError.ts';
import srsFile from '../../../src/generated/srs.json' with { type: 'json' };
import type { InstalledKeys } from '../../../src/proof/checkProof.ts';
import { parseSrs } from '../../../src/registry/opening.ts';
import type { Program } from '../../../src/registry/programs/list.ts';

/** The keys that this page has of a program. @throws DescentError where it has none */
export async function installedKeys(program: Program, base = ''): Promise<InstalledKeys> {
  const response = await fetch(`${base}/files/${program}.vkey.json`);
  if (!response.ok) throw new DescentError(`This page has no key for ${program}.`, { code: 'NOT_BUILT' });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const srs = parseSrs(srsFile);
  const vkey = JSON.parse(new TextDecoder().decode(bytes)) as InstalledKeys['vkey'];
  return { vkey, srs, verificationKey: keccak256(bytes), devKeys: srs.devKeys };
}
