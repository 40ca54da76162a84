// docs/eip712-descent-relay.json: how a wallet shows what a trainer signs for the relay (ERC-7730, version 2 of its schema).
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { getContractAddress, type Hex, zeroHash } from 'viem';
import type { RequestField } from '../../src/registry/programs/definition.ts';
import { ALL_DEFINITIONS } from '../../src/registry/programs/definitions.ts';
import { isRelayed, PROGRAMS } from '../../src/registry/programs/list.ts';
import {
  innerTypesOf,
  type ProvedRequestType,
  RELAY_DOMAIN,
  RELAY_TYPES,
  type RequestType,
} from '../../src/registry/relay.ts';
import { PROXY } from '../chain/create2.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TARGET = 'docs/eip712-descent-relay.json';

const ofPrograms = Object.fromEntries(
  ALL_DEFINITIONS.flatMap(({ program, intent }) => (isRelayed(program) ? [[PROGRAMS[program].request, intent]] : [])),
) as Record<ProvedRequestType, string>;
const INTENTS: Record<RequestType, string> = {
  ...ofPrograms,
  TrainMany: 'Register trained models',
  RegisterForeign: 'Register a foreign child',
  RequestSeed: 'Draw a seed',
  WriteCard: "Write a model's card",
  Supersede: "Name a model's successor",
  SetStatus: "Set a model's status",
  ChooseShare: 'Choose a share of credit',
  LowerShare: "Lower a model's share for good",
  Withdraw: 'Withdraw credit',
  SetPayout: 'Choose where credit goes',
  OfferKey: "Offer a trainer's rights",
  AcceptKey: "Take over a trainer's rights",
  RegisterDataset: 'List shards as a dataset',
  PublishDataset: 'Say where rows are',
  RevokeDataset: 'Revoke a dataset for good',
  AttestDataset: 'Attest that data is your own',
  WithdrawAttestation: 'Withdraw an attestation',
  CancelSignatures: 'Cancel signed attestations',
  SetOperator: 'Choose who attests for you',
};

const CONTRACT = { format: 'addressName', params: { types: ['contract'], sources: ['local', 'ens'] } };
const ACCOUNT = { format: 'addressName', params: { types: ['eoa', 'wallet', 'contract'], sources: ['local', 'ens'] } };
const RAW = { format: 'raw' };

/** Names of the values of the contracts' enums ShardKind, Head and Mark, from 0 on. */
const KINDS = ['numbers', 'classes', 'labels'];
const HEADS = ['numbers', 'one class (softmax)', 'any labels (sigmoid)'];
const MARKS = ['current (takes the status back)', 'deprecated', 'withdrawn'];
const namesOf = (list: readonly string[]) => Object.fromEntries(list.entries());

/** Label and format of a field, by its name, or by its type and name where one name stands for two things. */
const FIELDS: Record<string, { label: string; format: string; params?: object }> = {
  registry: { label: 'Registry', ...CONTRACT },
  scoreboard: { label: 'Scoreboard', ...CONTRACT },
  cards: { label: 'Cards', ...CONTRACT },
  statuses: { label: 'Statuses', ...CONTRACT },
  vault: { label: 'Credit vault', ...CONTRACT },
  trainers: { label: 'Trainers', ...CONTRACT },
  datasets: { label: 'Datasets', ...CONTRACT },
  attestations: { label: 'Attestations', ...CONTRACT },
  account: { label: 'For the trainer of models', ...ACCOUNT },
  token: {
    label: 'Token (zero: Ether)',
    format: 'addressName',
    params: { types: ['token', 'contract'], sources: ['local', 'ens'] },
  },
  to: { label: 'To', ...ACCOUNT },
  payout: { label: 'Credit goes to', ...ACCOUNT },
  key: { label: 'Rights go to', ...ACCOUNT },
  share: { label: 'Share (in 1/10000)', ...RAW },
  trainer: {
    label: 'Trainer (you)',
    format: 'addressName',
    params: { types: ['eoa', 'wallet'], sources: ['local', 'ens'] },
  },
  inputs: { label: 'Inputs', ...RAW },
  outputs: { label: 'Outputs', ...RAW },
  rows: { label: 'Rows', ...RAW },
  kind: { label: 'Kind of outputs', format: 'enum', params: { $ref: '$.metadata.enums.kind' } },
  schema: { label: 'Meaning of columns (hash)', ...RAW },
  shard: { label: 'Shard', ...RAW },
  network: { label: 'Network', ...RAW },
  head: { label: 'Outputs are trained as', format: 'enum', params: { $ref: '$.metadata.enums.head' } },
  requestId: { label: 'Seed request', ...RAW },
  model: { label: 'Model', ...RAW },
  parent: { label: 'Parent', ...RAW },
  learningRate: { label: 'Learning rate (in 1/4096)', ...RAW },
  batch: { label: 'Rows in a batch', ...RAW },
  passes: { label: 'Passes over the shard', ...RAW },
  smoothing: { label: 'Target of a wrong class (in 1/2048)', ...RAW },
  keep: { label: 'Child becomes a node', ...RAW },
  secretHash: { label: 'Hash of your secret', ...RAW },
  child: { label: 'Child', ...RAW },
  source: { label: 'SHA-256 of the source', ...RAW },
  'address source': { label: 'For the source', ...ACCOUNT },
  program: { label: 'Foreign program', ...RAW },
  foreignProof: { label: 'Hash of the foreign proof', ...RAW },
  parents: { label: 'Parent', ...RAW },
  coefficients: { label: 'Coefficient (in 1/16384)', ...RAW },
  result: { label: 'Result', ...RAW },
  loss: { label: 'Log-loss (in 1/65536)', ...RAW },
  absolute: { label: 'Absolute errors (in 1/512)', ...RAW },
  k: { label: 'Places that count as top', ...RAW },
  top: { label: 'Rows on top', ...RAW },
  counted: { label: 'Hash of the counts', ...RAW },
  name: { label: 'Name', ...RAW },
  uri: { label: 'Address', ...RAW },
  node: { label: 'Model', ...RAW },
  successor: { label: 'Successor (zero: none)', ...RAW },
  steps: { label: 'Step from the successor', ...RAW },
  mark: { label: 'Status', format: 'enum', params: { $ref: '$.metadata.enums.mark' } },
  reason: { label: 'Reason', ...RAW },
  dataset: { label: 'Dataset', ...RAW },
  shardIds: { label: 'Shard', ...RAW },
  archive: { label: 'SHA-256 of the archive', ...RAW },
  licence: { label: 'Licence', ...RAW },
  operator: { label: 'Operator', ...ACCOUNT },
  allowed: { label: 'May attest and withdraw', ...RAW },
  nonce: { label: 'Number of the request', ...RAW },
  deadline: { label: 'Valid until', format: 'date', params: { encoding: 'timestamp' } },
};

/** Where the relay stands on every chain: its code decides. @param bytecode its creation code */
export function relayAddress(bytecode: Hex): Hex {
  return getContractAddress({ opcode: 'CREATE2', from: PROXY, salt: zeroHash, bytecode });
}

/** A struct as EIP-712 encodes its type, those within it behind. */
export function encodedType(primaryType: RequestType): string {
  const one = (name: string, fields: readonly RequestField[]) =>
    `${name}(${fields.map((field) => `${field.type} ${field.name}`).join(',')})`;
  const inner = Object.entries(innerTypesOf(primaryType)).map(([name, fields]) => one(name, fields));
  return [one(primaryType, RELAY_TYPES[primaryType]), ...inner].join('');
}

/** The description of all requests. @param address of the relay */
export function clearSigning(address: Hex): object {
  const formats = (Object.keys(RELAY_TYPES) as RequestType[]).map((primaryType) => {
    const inner = innerTypesOf(primaryType);
    const shown = (fields: readonly RequestField[], above = ''): object[] =>
      fields.flatMap(({ name, type }) => {
        const path = `${above}${name}${'.[]'.repeat(type.split('[]').length - 1)}`;
        const within = inner[type.replaceAll('[]', '')];
        return within === undefined
          ? [{ path, ...(FIELDS[`${type} ${name}`] ?? FIELDS[name]) }]
          : shown(within, `${path}.`);
      });
    const fields = shown(RELAY_TYPES[primaryType]);
    return [encodedType(primaryType), { intent: INTENTS[primaryType], fields }];
  });
  return {
    $schema: 'https://eips.ethereum.org/assets/eip-7730/erc7730-v2.schema.json',
    $comment:
      'Generated by scripts/build/clearSigning.ts. The relay has this address on every chain that it was deployed to; add their ids.',
    context: { eip712: { domain: RELAY_DOMAIN, deployments: [{ chainId: 31337, address }] } },
    metadata: {
      owner: 'Descent',
      contractName: 'Relay',
      enums: { kind: namesOf(KINDS), head: namesOf(HEADS), mark: namesOf(MARKS) },
    },
    display: { formats: Object.fromEntries(formats) },
  };
}

/** Creation code of the relay as Hardhat compiled it. */
export function relayBytecode(root = ROOT): Hex {
  return JSON.parse(readFileSync(`${root}artifacts/contracts/Relay.sol/Relay.json`, 'utf8')).bytecode;
}

/** The text of the file. */
export function clearSigningText(root = ROOT): string {
  return `${JSON.stringify(clearSigning(relayAddress(relayBytecode(root))), null, 2)}\n`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(`${ROOT}${TARGET}`, clearSigningText());
}
