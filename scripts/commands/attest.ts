import { type Command, Option } from 'commander';
import { type Address, encodeFunctionData, getAddress, type Hex, isAddressEqual, type LocalAccount } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { dataAttestationsAbi, trainersAbi } from '../../src/generated/abi.ts';
import {
  type AttestationPlace,
  attestationTypedData,
  MAX_ATTESTED_URI,
  MAX_LICENCE,
  type SourceWord,
} from '../../src/registry/attestation.ts';
import type { PlainAction } from '../../src/registry/requests.ts';
import {
  formatSignedAttestation,
  parseSignedAttestation,
  signedAttestationCall,
} from '../../src/registry/signedAttestation.ts';
import { type Chain, connect, parseAddress, requireContract } from '../chain/client.ts';
import { loadAccount } from '../chain/keys.ts';
import { readDataset } from '../chain/readDatasets.ts';
import { datasetsOf } from '../chain/readPlaces.ts';
import { translateErrors } from '../chain/readRegistry.ts';
import { sendCall } from '../chain/send.ts';
import { writeDurably } from '../files/durable.ts';
import { readParsed } from '../files/read.ts';
import { parseId } from '../runs/ids.ts';
import { commandLine } from '../terminal/invocation.ts';
import {
  type AttestationsOptions,
  attestationsOf,
  natural,
  openAttestations,
  outputOf,
  positive,
  withAttestations,
  withCommon,
  withKey,
  withRpc,
} from './options.ts';
import { type SignOptions, sendOrSign, withSign } from './sendOrSign.ts';

interface AttestOptions extends SignOptions, AttestationsOptions {
  uri: string;
  licence: string;
  source?: string;
  chainId?: number;
  nonce?: number;
  end?: boolean;
}

/** What a source says of a dataset, without where it stands in time. */
type Said = { says: 'attest'; uri: string; licence: string } | { says: 'withdraw' };

const HELP = `
An attestation shows that a source said so, and no more: not that the rows are the source's, nor that they are what it says.
With --sign nothing is sent: a file is written that anybody can send ('descent attest send'). With --chain-id and --nonce no
node is asked either, so that a key can sign on a machine without a network: the nonce is how often the source attested,
withdrew or cancelled anything of this dataset before.`;

export function addAttestCommand(program: Command): void {
  const attest = program
    .command('attest')
    .description('say as its source that a dataset is yours, with a licence; sign that, send it, take it back');
  withSaying(attest.command('data'))
    .description('say that a dataset is your own')
    .argument('<dataset>', 'its id')
    .option('--uri <uri>', `where more can be read, at most ${MAX_ATTESTED_URI} bytes`, '')
    .option('--licence <spdx>', `SPDX expression such as CC-BY-4.0, at most ${MAX_LICENCE} bytes`, '')
    .addHelpText('after', HELP)
    .action((dataset: string, options: AttestOptions) => {
      const { uri, licence } = options;
      requireLength(uri, MAX_ATTESTED_URI, 'URI');
      requireLength(licence, MAX_LICENCE, 'licence');
      return say(parseId(dataset, 'dataset'), { says: 'attest', uri, licence }, options);
    });
  withSaying(attest.command('withdraw'))
    .description('take back that a dataset is your own; it stays readable that you said so')
    .argument('<dataset>', 'its id')
    .addHelpText('after', HELP)
    .action((dataset: string, options: AttestOptions) =>
      say(parseId(dataset, 'dataset'), { says: 'withdraw' }, options),
    );
  addSendCommand(attest);
  addOperatorCommand(attest);
  addCancelCommand(attest);
}

function addSendCommand(attest: Command): void {
  withKey(withAttestations(withRpc(withCommon(attest.command('send')))))
    .description('send what a source signed; whoever sends it only pays')
    .argument('<file>', 'what --sign wrote')
    .action(async (file: string, options: AttestOptions) => {
      const signed = readParsed(file, (bytes) => parseSignedAttestation(new TextDecoder().decode(bytes)));
      const { place, word } = signed;
      const chain = await connect(options.rpc);
      if (place.chainId !== chain.id) {
        throw new InputError(`The file is for chain ${place.chainId}; the node is of chain ${chain.id}.`, {
          hint: 'Give another --rpc.',
        });
      }
      if (options.attestations !== undefined && !isAddressEqual(attestationsOf(options), place.contract)) {
        throw new InputError(`The file is for the attestations ${place.contract}, not ${options.attestations}.`);
      }
      await requireContract(chain, place.contract, 'attestations');
      const account = loadAccount(options, chain.id);
      const isSaid = await isSaidAlready(chain, place.contract, word, word);
      if (!isSaid) await requireNonce(chain, place.contract, word);
      const datasets = await datasetsOf(chain, place.contract);
      const list = await readDataset(chain, datasets, word.dataset);
      const call = signedAttestationCall(signed, list);
      const sent = isSaid ? undefined : await sendCall(chain, account, call, options.runs);
      outputOf(options).result(documentOf(word, sent), describeSent(word, sent));
    });
}

function addOperatorCommand(attest: Command): void {
  withSign(withKey(withAttestations(withRpc(withCommon(attest.command('operator'))))))
    .description('let another address, such as a resolver of EAS, attest and withdraw in your name')
    .argument('<operator>', 'its address')
    .option('--source <address>', 'the source whose key you have (default: the account)')
    .option('--end', 'let it no longer')
    .action(async (name: string, options: AttestOptions) => {
      const operator = getAddress(parseAddress(name, 'the operator'));
      const { chain, attestations, account, source } = await open(options);
      const allowed = !options.end;
      const read = { address: attestations, abi: dataAttestationsAbi } as const;
      const may = { ...read, functionName: 'mayActFor', args: [source, operator] } as const;
      const isSame = (await translateErrors(() => chain.client.readContract(may))) === allowed;
      const args = [source, operator, allowed] as const;
      const data = encodeFunctionData({ abi: dataAttestationsAbi, functionName: 'setOperator', args });
      const action = { what: 'setOperator', source, operator, allowed } as const;
      const asked = isSame ? undefined : { to: attestations, data, action };
      if (options.sign) await requireKey(chain, attestations, source, account.address);
      const { facts, signed, text: more } = await sendOrSign(chain, account, asked, options);
      const text = `${signed ? 'Soon ' : ''}${operator} ${allowed ? 'may' : 'may no longer'} attest and withdraw for ${source}.${more}`;
      outputOf(options).result({ source, operator, allowed, ...facts }, text);
    });
}

function addCancelCommand(attest: Command): void {
  withSign(withKey(withAttestations(withRpc(withCommon(attest.command('cancel'))))))
    .description('make useless what was signed about a dataset and not sent')
    .argument('<dataset>', 'its id')
    .option('--source <address>', 'the source for whom you act (default: the account)')
    .action(async (name: string, options: AttestOptions) => {
      const dataset = parseId(name, 'dataset');
      const { chain, attestations, account, source } = await open(options);
      await requireRights(chain, attestations, source, account.address);
      const args = [dataset, source] as const;
      const data = encodeFunctionData({ abi: dataAttestationsAbi, functionName: 'cancelSignatures', args });
      const action = { what: 'cancelSignatures', dataset, source } as const;
      const {
        facts,
        signed,
        text: more,
      } = await sendOrSign(chain, account, { to: attestations, data, action }, options);
      const text = `${signed ? 'To cancel' : 'Cancelled'} what ${source} signed about dataset ${dataset} so far.${more}`;
      outputOf(options).result({ dataset, source, ...facts }, text);
    });
}

function withSaying(command: Command): Command {
  return withKey(withAttestations(withRpc(withCommon(command))))
    .option('--source <address>', 'the source whose key you have (default: the account)')
    .option('--sign', 'send nothing; write a file that anybody can send')
    .option('--valid-for <hours>', 'how long it can be sent', positive, 24 * 7)
    .option('--out <file>', 'the file (default: <dataset>.attestation.json)')
    .addOption(new Option('--chain-id <number>', 'with --sign: ask no node; the chain').argParser(positive))
    .addOption(new Option('--nonce <number>', 'with --chain-id: the nonce').argParser(natural));
}

/** Sends or signs a source's word. */
async function say(dataset: Hex, said: Said, options: AttestOptions): Promise<void> {
  if (options.chainId !== undefined) return signOffline(dataset, said, options);
  const { chain, attestations, account, source } = await open(options);
  const about = { dataset, source };
  if (options.sign && (await keyOf(chain, attestations, source)) === account.address) {
    const nonce = await nonceOf(chain, attestations, about);
    const { timestamp } = await chain.client.getBlock();
    return sign(
      { chainId: chain.id, contract: attestations },
      { ...about, ...said, nonce },
      timestamp,
      account,
      options,
    );
  }
  const list = await readDataset(chain, await datasetsOf(chain, attestations), dataset);
  const isSaid = await isSaidAlready(chain, attestations, about, said);
  const data =
    said.says === 'attest'
      ? encodeFunctionData({
          abi: dataAttestationsAbi,
          functionName: 'attest',
          args: [list, source, said.uri, said.licence],
        })
      : encodeFunctionData({ abi: dataAttestationsAbi, functionName: 'withdraw', args: [list, source] });
  if (options.sign) {
    // No key of the source: what an operator says is carried by the relay.
    await requireRights(chain, attestations, source, account.address);
    const { says, ...texts } = said;
    const about = { list, source };
    const action: PlainAction =
      said.says === 'attest'
        ? { what: 'attest', ...about, uri: said.uri, licence: said.licence }
        : { what: 'withdrawAttestation', ...about };
    const asked = isSaid ? undefined : { to: attestations, data, action };
    const { facts, text } = await sendOrSign(chain, account, asked, options);
    const word = { dataset, source, ...said };
    return outputOf(options).result({ dataset, source, says, ...texts, ...facts }, `${inWords(word)}${text}`);
  }
  const sent = isSaid ? undefined : await sendCall(chain, account, { to: attestations, data }, options.runs);
  outputOf(options).result(documentOf({ ...about, ...said }, sent), describeSent({ ...about, ...said }, sent));
}

async function signOffline(dataset: Hex, said: Said, options: AttestOptions): Promise<void> {
  const { chainId, nonce, sign: signs } = options;
  if (!signs || chainId === undefined || nonce === undefined) {
    throw new InputError('Without a node only a signature can be made.', {
      hint: 'Give --sign, --chain-id and --nonce.',
    });
  }
  const account = loadAccount(options, chainId);
  const contract = getAddress(attestationsOf(options));
  const word = { dataset, source: sourceOf(options, account), ...said, nonce: BigInt(nonce) };
  const now = BigInt(Math.floor(Date.now() / 1000));
  return sign({ chainId, contract }, word, now, account, options);
}

type Unbounded = SourceWord extends infer Word ? (Word extends unknown ? Omit<Word, 'deadline'> : never) : never;

async function sign(
  place: AttestationPlace,
  unbounded: Unbounded,
  now: bigint,
  account: LocalAccount,
  { validFor, out, ...options }: AttestOptions,
): Promise<void> {
  const word = { ...unbounded, deadline: now + BigInt(validFor * 3600) } as SourceWord;
  const signature = await account.signTypedData(attestationTypedData(place, word));
  const file = out ?? `${word.dataset.slice(2, 14)}.attestation.json`;
  writeDurably(file, formatSignedAttestation({ place, word, signature }));
  const until = new Date(Number(word.deadline) * 1000).toISOString();
  const text = `Signed: ${inWords(word)}\n${file}\nAnybody can send it until ${until}: ${commandLine('attest', 'send', file)}`;
  outputOf(options).result({ ...documentOf(word, undefined), file, nonce: word.nonce, deadline: word.deadline }, text);
}

/** Connects, takes the key and finds the contract. */
async function open(options: AttestOptions) {
  const { chain, attestations: named } = await openAttestations(options);
  const attestations = getAddress(named);
  const account = loadAccount(options, chain.id);
  return { chain, attestations, account, source: sourceOf(options, account) };
}

function sourceOf({ source }: AttestOptions, account: LocalAccount): Address {
  return source === undefined ? account.address : getAddress(parseAddress(source, '--source'));
}

type About = Pick<SourceWord, 'dataset' | 'source'>;

function nonceOf({ client }: Chain, attestations: Address, { dataset, source }: About): Promise<bigint> {
  const args = [dataset, source] as const;
  const call = { address: attestations, abi: dataAttestationsAbi, functionName: 'nonceOf', args } as const;
  return translateErrors(() => client.readContract(call));
}

/** Whether the contract says so now: nothing is to be done then. */
async function isSaidAlready({ client }: Chain, attestations: Address, about: About, said: Said): Promise<boolean> {
  const at = { address: attestations, abi: dataAttestationsAbi } as const;
  const args = [about.dataset, about.source] as const;
  return translateErrors(async () => {
    const stands = await client.readContract({ ...at, functionName: 'isAttested', args });
    if (said.says === 'withdraw') {
      const count = await client.readContract({ ...at, functionName: 'attestationCount', args });
      return !stands && count > 0n;
    }
    const { uri, licence } = await client.readContract({ ...at, functionName: 'attestation', args });
    return stands && uri === said.uri && licence === said.licence;
  });
}

/** @throws DescentError where the source has acted on the dataset since it signed */
async function requireNonce(chain: Chain, attestations: Address, word: SourceWord): Promise<void> {
  const nonce = await nonceOf(chain, attestations, word);
  if (nonce === word.nonce) return;
  throw new DescentError(`The file was signed with nonce ${word.nonce}; the source's next one is ${nonce}.`, {
    code: 'NONCE_USED',
    exit: 'chain',
    hint: 'The source has attested, withdrawn or cancelled since. It has to sign again.',
  });
}

/** Who signs for a source. */
async function keyOf({ client }: Chain, attestations: Address, source: Address): Promise<Address> {
  return translateErrors(async () => {
    const of = { address: attestations, abi: dataAttestationsAbi, functionName: 'trainers' } as const;
    const address = await client.readContract(of);
    return client.readContract({ address, abi: trainersAbi, functionName: 'keyOf', args: [source] });
  });
}

/** @throws InputError where the account has no rights of the source: nobody would take its signature */
async function requireKey(chain: Chain, attestations: Address, source: Address, account: Address): Promise<void> {
  const key = await keyOf(chain, attestations, source);
  if (!isAddressEqual(key, account)) throw new InputError(`${key} signs for the source ${source}, not ${account}.`);
}

/** @throws InputError where the account is neither the source's key nor its operator */
async function requireRights(chain: Chain, attestations: Address, source: Address, account: Address): Promise<void> {
  const args = [source, account] as const;
  const may = { address: attestations, abi: dataAttestationsAbi, functionName: 'mayActFor', args } as const;
  if (await translateErrors(() => chain.client.readContract(may))) return;
  const key = await keyOf(chain, attestations, source);
  throw new InputError(`${key} signs for the source ${source}, not ${account}.`, {
    hint: 'Its key can let you act for it: descent attest operator.',
  });
}

function requireLength(text: string, limit: number, what: string): void {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > limit) throw new InputError(`The ${what} has ${bytes} bytes; at most ${limit} are taken.`);
}

function documentOf(word: About & Said, sent: { transactionHash: Hex } | undefined) {
  const { dataset, source, says } = word;
  const said = word.says === 'attest' ? { uri: word.uri, licence: word.licence } : {};
  return { dataset, source, says, ...said, ...outcomeOf(sent) };
}

function outcomeOf(sent: { transactionHash: Hex } | undefined) {
  return { sent: sent !== undefined, ...(sent && { transaction: sent.transactionHash }) };
}

function inWords({ dataset, source, says }: About & Said): string {
  return `${source} says ${says === 'attest' ? '' : 'no longer '}that dataset ${dataset} is its own.`;
}

function describeSent(word: About & Said, sent: unknown): string {
  return sent === undefined ? `${inWords(word)} It was said before.` : inWords(word);
}
