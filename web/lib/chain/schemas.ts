// What schemas say that somebody handed to whoever runs this server: the chain has their hashes alone.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Hex } from 'viem';
import { MAX_MANIFEST_LENGTH, parseManifest } from '../../../src/model/manifest.ts';
import {
  outputNames,
  pictureOf,
  rawFeatureNames,
  rawWidth,
  type Schema,
  schemaHash,
  schemaShape,
} from '../../../src/model/schema.ts';
import { MIXED_SCHEMA, NO_SCHEMA } from '../../../src/registry/schemas.ts';
import { deploymentFile } from './config.ts';
import type { StatedSchema } from './types.ts';

/** Names that a page shows. */
const MOST_NAMES = 12;
/** Files that are looked at, and time after which the folder is looked at again. */
const MOST_FILES = 1_000;
const FRESH_MS = 5_000;

/** Where manifests lie: DESCENT_SCHEMAS, or the folder `schemas` beside the deployment file. */
function schemaFolder(): string {
  return process.env.DESCENT_SCHEMAS ?? join(dirname(deploymentFile()), 'schemas');
}

let known: { folder: string; at: number; files: Map<string, Schema | undefined>; byHash: Map<Hex, Schema> } | undefined;

/**
 * The schema of a hash, out of a manifest (`dataset.json` by any name) in the folder. Its text has that hash, so that a
 * wrong file can show nothing wrong. Undefined where no file has it; what is no manifest is passed over.
 */
export function schemaOfHash(hash: Hex): Schema | undefined {
  const folder = schemaFolder();
  if (known?.folder !== folder || Date.now() - known.at > FRESH_MS) known = readFolder(folder);
  return known.byHash.get(hash);
}

function readFolder(folder: string): NonNullable<typeof known> {
  const files = new Map<string, Schema | undefined>();
  const names = existsSync(/*turbopackIgnore: true*/ folder) ? readdirSync(/*turbopackIgnore: true*/ folder) : [];
  for (const name of names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .slice(0, MOST_FILES)) {
    const path = join(folder, name);
    const { mtimeMs, size } = statSync(/*turbopackIgnore: true*/ path);
    const key = `${name} ${mtimeMs} ${size}`;
    const isKnown = known?.folder === folder && known.files.has(key);
    files.set(key, isKnown ? known?.files.get(key) : readSchema(path, size));
  }
  const found = [...files.values()].filter((schema) => schema !== undefined);
  return { folder, at: Date.now(), files, byHash: new Map(found.map((schema) => [schemaHash(schema), schema])) };
}

function readSchema(path: string, size: number): Schema | undefined {
  if (size > MAX_MANIFEST_LENGTH) return undefined;
  try {
    return parseManifest(readFileSync(/*turbopackIgnore: true*/ path, 'utf8')).schema;
  } catch {
    return undefined;
  }
}

/** What a page says of the schema that a registry has of a model. */
export function describeStated(hash: Hex): StatedSchema {
  if (hash === NO_SCHEMA) return { hash: 'none' };
  if (hash === MIXED_SCHEMA) return { hash: 'mixed' };
  const schema = schemaOfHash(hash);
  if (schema === undefined) return { hash };
  const { kind, embedder } = schema;
  const picture = pictureOf(schema);
  const text = {
    columns: rawFeatureNames(schema)?.slice(0, MOST_NAMES) ?? [],
    columnTotal: rawWidth(schema),
    kind,
    outputs: outputNames(schema)?.slice(0, MOST_NAMES) ?? [],
    outputTotal: schemaShape(schema).outputs,
    ...(embedder && { embedder }),
    ...(picture && { picture: { side: picture.side, channels: picture.channels } }),
  };
  return { hash, text };
}
