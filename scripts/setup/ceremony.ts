import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync } from 'node:fs';
// @ts-expect-error: snarkjs has no types
import { zKey } from 'snarkjs';
import { InputError } from '../../src/errors/InputError.ts';

/**
 * The steps of a phase-2 ceremony for one circuit, each from a file to a file: `newKey`, any number of `contribute`,
 * one `applyBeacon`. Every file can be handed to the next person; `verifyRealKey` judges the last one.
 */

/** What a public beacon was: 1 to 64 bytes in hexadecimal, hashed 2^iterations times (10..63, snarkjs' bounds). */
export interface Beacon {
  value: string;
  iterations: number;
}

/** The key before anyone contributed: delta = 1, forgeable by anyone. @param ptau powers of tau prepared for phase 2 */
export async function newKey(r1cs: string, ptau: string, target: string): Promise<void> {
  const complaints: string[] = [];
  const logger = { error: (t: string) => complaints.push(t), info: () => {}, warn: () => {}, debug: () => {} };
  await intoPlace(target, async (temporary) => {
    const result = await zKey.newZKey(r1cs, ptau, temporary, logger);
    if (result === -1) throw new InputError(`${ptau} does not fit the circuit`, { details: complaints.join('; ') });
  });
}

/** Multiplies delta by a secret that is forgotten. @param entropy mixed into the system's randomness */
export async function contribute(source: string, target: string, name: string, entropy = ''): Promise<void> {
  await intoPlace(target, (temporary) =>
    zKey.contribute(source, temporary, name, randomBytes(64).toString('hex') + entropy),
  );
}

/** Multiplies delta by a value that follows from the beacon, so that the last contributor cannot choose delta. */
export async function applyBeacon(source: string, target: string, beacon: Beacon): Promise<void> {
  if (!/^([0-9a-f]{2}){1,64}$/i.test(beacon.value))
    throw new InputError(`the beacon ${beacon.value} is not hexadecimal`);
  if (!(beacon.iterations >= 10 && beacon.iterations <= 63)) {
    throw new InputError(`2^${beacon.iterations} iterations of the beacon: the exponent must be 10 to 63`);
  }
  await intoPlace(target, (temporary) => zKey.beacon(source, temporary, 'beacon', beacon.value, beacon.iterations));
}

/** Lets snarkjs write a file of its own and renames it when it is whole. */
async function intoPlace(target: string, write: (temporary: string) => Promise<unknown>): Promise<void> {
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    await write(temporary);
    if (readFileSync(temporary).subarray(0, 4).toString() !== 'zkey') throw new Error('snarkjs wrote no key');
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}
