import type { Command } from 'commander';
import { type Address, encodeFunctionData, type Hex, zeroAddress } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { datasetsAbi } from '../../src/generated/abi.ts';
import { ascending, datasetId } from '../../src/registry/ids.ts';
import { sourceInWords } from '../actions/describeSources.ts';
import { type Chain, parseAddress, requireContract } from '../chain/client.ts';
import { loadAccount } from '../chain/keys.ts';
import { readDataset, readSources } from '../chain/readDatasets.ts';
import { translateErrors } from '../chain/readRegistry.ts';
import { sha256OfFile } from '../files/read.ts';
import { parseId, shardIdsOf } from '../runs/ids.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { counted } from '../terminal/plural.ts';
import { printable } from '../terminal/printable.ts';
import {
  type AttestationsOptions,
  attestationsOf,
  type CommonOptions,
  type DatasetsOptions,
  openDatasets,
  outputOf,
  withAttestations,
  withCommon,
  withDatasets,
  withKey,
  withRpc,
} from './options.ts';
import { type SignOptions, sendOrSign, withSign } from './sendOrSign.ts';

interface DatasetOptions extends SignOptions, DatasetsOptions, AttestationsOptions {
  uri: string;
  archive?: string;
  sha256?: string;
}

const MAX_URI = 256;
/** Sources of one dataset that are shown: anybody can become one. */
const MOST_SOURCES = 20;

export function addDatasetCommand(program: Command): void {
  const dataset = program
    .command('dataset')
    .description('lists of shards with a registrar: register one, say where its rows are, revoke it, show it');
  addIdCommand(dataset);
  addRegisterCommand(dataset);
  addPublishCommand(dataset);
  addRevokeCommand(dataset);
  addShowCommand(dataset);
}

function addIdCommand(dataset: Command): void {
  withCommon(dataset.command('id'))
    .description('say which id a list of shards will have, registered or not: for sealing it from the page')
    .argument('<shards...>', 'ids, edge files, shard files, or runs of data with all their shards')
    .requiredOption('--uri <uri>', 'as it will be registered')
    .requiredOption('--registrar <address>', 'who will register it')
    .action(async (names: string[], options: CommonOptions & { uri: string; registrar: string }) => {
      const shards = ascending(await shardIdsOf(names, options.runs));
      const registrar = parseAddress(options.registrar, '--registrar');
      const id = datasetId(registrar, shards, options.uri);
      outputOf(options).result({ id, registrar, shards, uri: options.uri }, id);
    });
}

function addRegisterCommand(dataset: Command): void {
  withWhere(dataset.command('register'))
    .description('list registered shards as one dataset')
    .argument('<shards...>', 'ids, edge files, shard files, or runs of data with all their shards')
    .requiredOption('--uri <uri>', 'where to read about it; part of its identity')
    .action(async (names: string[], options: DatasetOptions) => {
      const { chain, datasets } = await openDatasets(options);
      const account = loadAccount(options, chain.id);
      const shards = ascending(await shardIdsOf(names, options.runs));
      const id = datasetId(account.address, shards, options.uri);
      const isKnown = (await stateOf(chain, datasets, id)).registrar !== zeroAddress;
      const args = [shards, options.uri] as const;
      const data = encodeFunctionData({ abi: datasetsAbi, functionName: 'registerDataset', args });
      const action = { what: 'registerDataset', shardIds: shards, uri: options.uri } as const;
      const asked = isKnown ? undefined : { to: datasets, data, action };
      const { facts, signed, text: more } = await sendOrSign(chain, account, asked, options);
      const did = isKnown ? 'You listed before' : signed ? 'To list' : 'Listed';
      const text = `${did} ${counted(shards.length, 'shard')} as dataset ${id}.${more}`;
      outputOf(options).result({ id, registrar: account.address, shards, ...facts }, text);
    });
}

function addPublishCommand(dataset: Command): void {
  withWhere(dataset.command('publish'))
    .description('say where the rows of a dataset of yours are')
    .argument('<dataset>', 'its id')
    .requiredOption('--uri <uri>', `where the archive is, at most ${MAX_URI} bytes`)
    .option('--archive <file>', 'the archive, whose SHA-256 is said')
    .option('--sha256 <hash>', 'the same, by its hash')
    .action(async (name: string, options: DatasetOptions) => {
      const id = parseId(name, 'dataset');
      const { uri } = options;
      const bytes = new TextEncoder().encode(uri).length;
      if (bytes > MAX_URI) throw new InputError(`The URI has ${bytes} bytes; at most ${MAX_URI} can be published.`);
      const archive = archiveOf(options);
      const { chain, datasets } = await openDatasets(options);
      const account = loadAccount(options, chain.id);
      await requireDataset(chain, datasets, id);
      const last = (await publicationsOf(chain, datasets, id)).at(-1);
      const isSame = last?.uri === uri && last.archive === archive;
      const args = [id, uri, archive] as const;
      const data = encodeFunctionData({ abi: datasetsAbi, functionName: 'publish', args });
      const action = { what: 'publish', dataset: id, uri, archive } as const;
      const asked = isSame ? undefined : { to: datasets, data, action };
      const { facts, signed, text: more } = await sendOrSign(chain, account, asked, options);
      const are = isSame ? 'are already' : signed ? 'will be' : 'are';
      const text = `The rows of ${id} ${are} said to be at ${printable(uri)}, SHA-256 ${archive.slice(2)}.${more}`;
      outputOf(options).result({ id, uri, archive, ...facts }, text);
    });
}

function addRevokeCommand(dataset: Command): void {
  withWhere(dataset.command('revoke'))
    .description('revoke a dataset of yours for good: nobody can make another benchmark of it')
    .argument('<dataset>', 'its id')
    .action(async (name: string, options: DatasetOptions) => {
      const id = parseId(name, 'dataset');
      const { chain, datasets } = await openDatasets(options);
      const account = loadAccount(options, chain.id);
      const { isRevoked } = await requireDataset(chain, datasets, id);
      const data = encodeFunctionData({ abi: datasetsAbi, functionName: 'revoke', args: [id] });
      const action = { what: 'revoke', dataset: id } as const;
      const asked = isRevoked ? undefined : { to: datasets, data, action };
      const { facts, signed, text: more } = await sendOrSign(chain, account, asked, options);
      const text = isRevoked
        ? `${id} is revoked already.`
        : `${signed ? 'To revoke' : 'Revoked'} ${id}. Benchmarks that are open stay; no other can be made of it.${more}`;
      outputOf(options).result({ id, ...facts }, text);
    });
}

function addShowCommand(dataset: Command): void {
  withAttestations(withDatasets(withRpc(withCommon(dataset.command('show')))))
    .description('tell what a dataset is, where its rows are said to be and which sources say that it is their own')
    .argument('<dataset>', 'its id')
    .action(async (name: string, options: DatasetOptions) => {
      const id = parseId(name, 'dataset');
      const { chain, datasets } = await openDatasets(options);
      const { rows, isRevoked } = await requireDataset(chain, datasets, id);
      const { registrar, shardIds, uri } = await readDataset(chain, datasets, id);
      const published = await publicationsOf(chain, datasets, id);
      const facts = {
        id,
        registrar,
        uri: printable(uri),
        rows: Number(rows),
        shards: shardIds,
        revoked: isRevoked,
        published: published.map((one) => `${printable(one.uri)}, SHA-256 ${one.archive.slice(2)}`),
        ...(options.attestations !== undefined && { sources: await sourcesOf(chain, options, id) }),
      };
      outputOf(options).result(facts, render(facts));
    });
}

/** What sources say of a dataset, a line each. */
async function sourcesOf(chain: Chain, options: DatasetOptions, id: Hex): Promise<string[]> {
  const attestations = attestationsOf(options);
  await requireContract(chain, attestations, 'attestations');
  const words = (await readSources(chain, attestations)).filter(({ dataset }) => dataset === id);
  const more = words.length - MOST_SOURCES;
  return [
    ...words.slice(0, MOST_SOURCES).map(sourceInWords),
    ...(more > 0 ? [`and ${counted(more, 'more source', 'more sources')}`] : []),
  ];
}

function withWhere(command: Command): Command {
  return withSign(withKey(withDatasets(withRpc(withCommon(command)))));
}

function archiveOf({ archive, sha256 }: DatasetOptions): Hex {
  if ((archive === undefined) === (sha256 === undefined)) {
    throw new InputError('Which archive?', { hint: 'Give either --archive or --sha256.' });
  }
  if (archive !== undefined) return `0x${sha256OfFile(archive)}`;
  if (!/^(0x)?[0-9a-f]{64}$/i.test(sha256!)) throw new InputError(`${sha256} is no SHA-256: 64 hexadecimal digits.`);
  return `0x${sha256!.replace(/^0x/i, '').toLowerCase()}`;
}

function stateOf({ client }: Chain, datasets: Address, id: Hex) {
  const call = { address: datasets, abi: datasetsAbi, functionName: 'dataset', args: [id] } as const;
  return translateErrors(() => client.readContract(call));
}

async function requireDataset(chain: Chain, datasets: Address, id: Hex) {
  const state = await stateOf(chain, datasets, id);
  if (state.registrar !== zeroAddress) return state;
  throw new DescentError(`The contract of datasets ${datasets} knows no dataset ${id}.`, {
    code: 'UNKNOWN_DATASET',
    exit: 'usage',
  });
}

async function publicationsOf({ client }: Chain, datasets: Address, id: Hex) {
  const at = { address: datasets, abi: datasetsAbi } as const;
  return translateErrors(async () => {
    const count = await client.readContract({ ...at, functionName: 'publicationCount', args: [id] });
    return client.readContract({ ...at, functionName: 'publications', args: [id, 0n, count] });
  });
}

function render(facts: Record<string, unknown>): string {
  const rows = Object.entries(facts).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value.length > 0 ? value : ['none']) : [value]).map((one, k) => [
      k === 0 ? name : '',
      String(one),
    ]),
  );
  return alignColumns(rows);
}
