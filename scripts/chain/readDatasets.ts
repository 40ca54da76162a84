import { type Address, type Hex, parseEventLogs } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { dataAttestationsAbi, datasetsAbi } from '../../src/generated/abi.ts';
import type { DatasetList } from '../../src/registry/attestation.ts';
import type { Chain } from './client.ts';
import { type LogOptions, readLogs } from './readLogs.ts';
import { datasetsOf, registryOf } from './readPlaces.ts';
import { translateErrors } from './readRegistry.ts';

/** What a source says of a dataset now. Its texts are hostile. */
export interface SourceStatement {
  dataset: Hex;
  source: Address;
  uri: string;
  licence: string;
}

/** All datasets by id, as their events list them. @throws DescentError (chain) */
export async function readDatasets(
  chain: Chain,
  datasets: Address,
  options: LogOptions = {},
): Promise<Map<Hex, DatasetList>> {
  return translateErrors(async () => {
    const registry = await registryOf(chain, datasets);
    const logs = await readLogs(chain, datasets, { ...options, registry });
    const listed = parseEventLogs({ abi: datasetsAbi, logs, eventName: 'DatasetRegistered' });
    return new Map(listed.map(({ args: { id, registrar, shardIds, uri } }) => [id, { registrar, shardIds, uri }]));
  });
}

/** Where a registrar says that the rows of a dataset are, with the SHA-256 of the file there. Hostile text. */
export interface Publication {
  uri: string;
  archive: Hex;
  /** Of the event, in seconds. */
  at: number;
}

/** What was said of datasets after they were listed: the last publication of each, and which are revoked. @throws DescentError (chain) */
export async function readDatasetNotes(
  chain: Chain,
  datasets: Address,
  options: LogOptions = {},
): Promise<{ published: Map<Hex, Publication>; revoked: Set<Hex> }> {
  return translateErrors(async () => {
    const registry = await registryOf(chain, datasets);
    const logs = await readLogs(chain, datasets, { ...options, registry });
    const revoked = parseEventLogs({ abi: datasetsAbi, logs, eventName: 'DatasetRevoked' });
    const published = new Map<Hex, Publication>();
    for (const { args, blockNumber } of parseEventLogs({ abi: datasetsAbi, logs, eventName: 'DatasetPublished' })) {
      const { timestamp } = await chain.client.getBlock({ blockNumber });
      published.set(args.id, { uri: args.uri, archive: args.archive, at: Number(timestamp) });
    }
    return { published, revoked: new Set(revoked.map(({ args }) => args.id)) };
  });
}

/** A dataset as it was registered. @throws DescentError UNKNOWN_DATASET */
export async function readDataset(
  chain: Chain,
  datasets: Address,
  id: Hex,
  options: LogOptions = {},
): Promise<DatasetList> {
  const list = (await readDatasets(chain, datasets, options)).get(id);
  if (list !== undefined) return list;
  throw new DescentError(`The contract of datasets ${datasets} knows no dataset ${id}.`, {
    code: 'UNKNOWN_DATASET',
    exit: 'usage',
  });
}

/** What sources say of datasets now, in the order in which they said it. @throws DescentError (chain) */
export async function readSources(
  chain: Chain,
  attestations: Address,
  options: LogOptions = {},
): Promise<SourceStatement[]> {
  return translateErrors(async () => {
    const registry = await registryOf(chain, await datasetsOf(chain, attestations));
    const logs = await readLogs(chain, attestations, { ...options, registry });
    const standing = new Map<string, SourceStatement>();
    for (const { eventName, args } of parseEventLogs({ abi: dataAttestationsAbi, logs })) {
      if (eventName !== 'DataAttested' && eventName !== 'AttestationWithdrawn') continue;
      const key = `${args.dataset} ${args.source}`;
      standing.delete(key);
      if (eventName === 'AttestationWithdrawn') continue;
      const { dataset, source, uri, licence } = args;
      standing.set(key, { dataset, source, uri, licence });
    }
    return [...standing.values()];
  });
}
