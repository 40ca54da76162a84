import { type Hex, keccak256, stringToHex, zeroHash } from 'viem';
import { type Schema, schemaHash } from '../model/schema.ts';

/** The schema of rows or models of which none is stated. */
export const NO_SCHEMA: Hex = zeroHash;
/** keccak256("descent.schema.mixed"): the schema of a merge whose parents have different ones */
export const MIXED_SCHEMA = keccak256(stringToHex('descent.schema.mixed'));

/**
 * Whether a model and rows have the same schema; undefined where one of them states none. A merge of different lines has no
 * schema that rows could have, whatever a shard states.
 */
export function isSameSchema(model: Hex, shard: Hex): boolean | undefined {
  if (BigInt(model) === BigInt(NO_SCHEMA) || BigInt(shard) === BigInt(NO_SCHEMA)) return undefined;
  return BigInt(model) === BigInt(shard) && BigInt(model) !== BigInt(MIXED_SCHEMA);
}

/**
 * How the schema in a file, where anybody can write another one, stands to the one that a registry has.
 * @returns `silent` where the file or the registry has none, or where the model is a merge of different lines
 */
export function comparedWithStated(inFile: Schema | undefined, stated: Hex): 'same' | 'other' | 'silent' {
  if (inFile === undefined || stated === NO_SCHEMA || stated === MIXED_SCHEMA) return 'silent';
  return schemaHash(inFile) === stated ? 'same' : 'other';
}
