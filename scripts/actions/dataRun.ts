import { dataCapacity } from '../../src/model/capacity.ts';
import { formatManifest } from '../../src/model/manifest.ts';
import type { Shard } from '../../src/model/shard.ts';
import { writeShard } from '../../src/model/shardFile.ts';
import { readShardFile } from '../files/models.ts';
import { fileHash } from '../files/read.ts';
import { openSource, rangesOf, type Source, type SourceInputs } from '../files/source.ts';
import type { Json, PutFile, Run } from '../runs/run.ts';
import { type Output, remembering } from '../terminal/output.ts';

/** Inputs of a data run of shard files that exist already. */
export function copyInputs(files: readonly string[]): { [key: string]: Json } {
  return { source: 'files', files: files.map((file) => fileHash('file', file)) };
}

/**
 * Stage `data` of a run: shards `shard-0`, `shard-1`, .., of tables also the manifest `dataset.json`, by which others
 * make the same rows of the same files.
 * @param source of the inputs, where it is open already. @returns the keys of the shards
 */
export async function dataRun(
  run: Run,
  inputs: { [key: string]: Json },
  outer: Output,
  source?: Source,
): Promise<string[]> {
  const { output, notes, warnings } = remembering(outer);
  const { shards } = await run.stage('data', async (put) => {
    output.progress.stage('make shards');
    const made =
      inputs.source === 'files' ? copyShards(inputs) : await makeShards(inputs as SourceInputs, put, output, source);
    const keys = made.map((shard, k) => {
      dataCapacity(shard);
      const key = `shard-${k}`;
      put(key, `${key}.safetensors`, writeShard(shard));
      return key;
    });
    output.progress.done();
    return { shards: keys, notes, warnings };
  });
  return shards;
}

/** What was said while the shards were made: a command that is repeated gives the same document. */
export function saidOf(run: Run): { notes: string[]; warnings: string[] } {
  const { notes = [], warnings = [] } = run.data('data') as { notes?: string[]; warnings?: string[] };
  return { notes: [...notes], warnings: [...warnings] };
}

async function makeShards(
  inputs: SourceInputs,
  put: PutFile,
  output: Output,
  opened: Source | undefined,
): Promise<Shard[]> {
  const source = opened ?? (await openSource(inputs));
  if (opened === undefined) tellSource(source, output);
  const ranges = rangesOf(inputs);
  const shards = ranges.map(source.shard);
  const manifest = source.manifest(ranges.map((range, k) => ({ file: `shard-${k}.safetensors`, ...range })));
  if (manifest !== undefined) put('manifest', 'dataset.json', formatManifest(manifest));
  return shards;
}

/** Says what a source left out, recognised and decided. */
export function tellSource({ notes, warnings }: Source, output: Output): void {
  for (const note of notes) output.note(`note: ${note}`);
  for (const warning of warnings) output.warn(warning);
}

function copyShards(inputs: { [key: string]: Json }): Shard[] {
  return (inputs.files as { file: string; fileSha256: string }[]).map(({ file, fileSha256 }) =>
    readShardFile(file, fileSha256),
  );
}
