import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Address, Hex, LocalAccount } from 'viem';
import { parseEdge } from '../../src/registry/edge.ts';
import type { Chain } from '../chain/client.ts';
import { type LineageGaps, type OpenPair, readGaps } from '../chain/readAudit.ts';
import { submitEdge } from '../chain/submitEdge.ts';
import { fileHash, readParsed } from '../files/read.ts';
import { shardFileIds } from '../runs/ids.ts';
import { compareRows, type DisjointInputs } from '../runs/programs/disjoint.ts';
import { findRows, type SubsetInputs } from '../runs/programs/subset.ts';
import { proveHere } from '../runs/proveHere.ts';
import { Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import type { Output } from '../terminal/output.ts';

/** Where facts are proved and sent. */
export interface Proving {
  chain: Chain;
  audit: Address;
  account: LocalAccount;
  runs: string;
  output: Output;
}

/** A fact that was proved for a lineage, or why it was not. */
export interface ProvedPair {
  trained: Hex;
  other: Hex;
  transaction?: Hex;
  gas?: number;
  /** why there is no fact */
  refused?: string;
}

/** Shard files of a folder and those below it by their ids. @throws FileFormatError for a damaged one */
export async function shardFilesIn(folder: string, output: Output): Promise<Map<Hex, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const found = names.filter((name) => /shard[^/]*\.safetensors$/.test(name));
  const files = found.map((name) => ({ shard: join(folder, name) }));
  const ids = await shardFileIds(files, output);
  return new Map(files.map(({ shard }, k) => [ids[k], shard]));
}

/** Proves and registers all open pairs of which both files are there; one that shares a row is told and left. */
export async function provePairs(
  open: readonly OpenPair[],
  files: ReadonlyMap<Hex, string>,
  proving: Proving,
): Promise<ProvedPair[]> {
  const done: ProvedPair[] = [];
  const seen = new Set<string>();
  for (const { trained, other } of open) {
    const key = [trained, other].sort().join();
    const [shard, against] = [files.get(trained), files.get(other)];
    if (seen.has(key) || shard === undefined || against === undefined || trained === other) continue;
    seen.add(key);
    done.push({ trained, other, ...(await provePair(shard, against, proving)) });
  }
  return done;
}

async function provePair(
  shard: string,
  other: string,
  { chain, audit, account, runs, output }: Proving,
): Promise<Pick<ProvedPair, 'transaction' | 'gas' | 'refused'>> {
  const inputs = disjointInputs(shard, other);
  const run = Run.start(runFolder(runs, disjointName(inputs)), 'disjoint', inputs);
  try {
    await compareFiles(run, 'disjoint', output);
    const where = { chainId: BigInt(chain.id), registry: audit, trainer: account.address, chain };
    const [{ file }] = await proveHere(run, where, output);
    const path = join(run.folder, file);
    const { transaction, gas } = await submitEdge(
      chain,
      account,
      readParsed(path, (bytes) => parseEdge(new TextDecoder().decode(bytes))),
      `${path}.sending`,
    );
    return { ...(transaction && { transaction }), ...(gas !== undefined && { gas }) };
  } catch (error) {
    if ((error as { exit?: string }).exit !== 'usage') throw error;
    return { refused: (error as Error).message };
  } finally {
    run.close();
  }
}

/** The first stage of a run: the files say what is to be proved. @throws InputError naming the rows that speak against it */
export async function compareFiles(run: Run, kind: 'disjoint' | 'subset', output: Output): Promise<void> {
  await run.stage(kind, async () => {
    output.progress.stage('compare the rows');
    const { inputs } = run;
    if (kind === 'disjoint') compareRows(inputs as DisjointInputs);
    else findRows(inputs as SubsetInputs);
    output.progress.done();
    return {};
  });
}

/** What a run that compares two shards is started with. */
export function disjointInputs(shard: string, other: string) {
  const { shard: second, shardSha256: otherSha256 } = fileHash('shard', other);
  return { ...fileHash('shard', shard), other: second, otherSha256 };
}

export function disjointName({ shardSha256, otherSha256 }: { shardSha256: string; otherSha256: string }): string {
  return `disjoint-${shardSha256.slice(0, 8)}-${otherSha256.slice(0, 8)}`;
}

/** What is open of a lineage, and after proving what can be proved. */
export async function auditLineage(
  chain: Chain,
  audit: Address,
  model: Hex,
  asked: { shards: readonly Hex[] } | { record: Hex },
  prove: (open: readonly OpenPair[]) => Promise<ProvedPair[]>,
): Promise<LineageGaps & { proved: ProvedPair[] }> {
  const before = await readGaps(chain, audit, model, asked);
  const proved = before.open.length > 0 ? await prove(before.open) : [];
  const after = proved.length > 0 ? await readGaps(chain, audit, model, asked) : before;
  return { ...after, proved };
}
