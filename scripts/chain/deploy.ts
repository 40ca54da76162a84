import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Address, getAddress, type Hex, type LocalAccount, type TransactionReceipt } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { parseSrs } from '../../src/registry/opening.ts';
import { CIRCUIT_NAMES, type Circuit } from '../../src/registry/programs/list.ts';
import { keyHash, keyOfWords } from '../../src/registry/verificationKey.ts';
import { writeDurably } from '../files/durable.ts';
import { type Chain, connect } from './client.ts';
import { DEFAULT_DELAY, deployInOrder, type FirstKey, firstKeys } from './contracts.ts';
import { type Artifact, type Deployed, Deployer } from './create2.ts';
import { developmentAccount, LOCAL_CHAINS } from './keys.ts';
import { eachPlace, PLACES, type Places } from './places.ts';
import { creationOf } from './readLogs.ts';
import { translateErrors } from './readRegistry.ts';
import { explainRevert } from './revert.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What stands on a chain. */
export interface Deployment extends Places {
  chainId: number;
  /** checks proofs for registry and scoreboard; its owner can add keys */
  verifiersContract: Address;
  /** who owned it at first; zero: nobody */
  owner: Address;
  /** seconds after its addition from which a further key counts */
  delay: number;
  /** keccak256 of the first key of each program */
  keys: Record<Circuit, Hex>;
  /** whether the keys are development keys, with which anyone can forge */
  devKeys: boolean;
  deployer: Address;
  /** block of the registry: its events begin here */
  block: number;
  transaction: Hex;
  gas: number;
  /** address and ABI-encoded constructor arguments of every contract, by the name of its source */
  contracts: Record<string, { address: Address; arguments: Hex }>;
}

export interface DeployOptions {
  /** who pays; on a local chain the first development account unless given */
  account?: LocalAccount;
  /** the first key of each program; those that setup made unless given */
  keys?: readonly FirstKey[];
  /** who may add keys; whoever pays unless given, nobody if zero */
  owner?: Address;
  /** seconds until an added key counts, 2 days to a year; 7 days unless given */
  delay?: bigint;
  /** file that keeps deployments by chain id; not written unless given */
  deploymentsFile?: string;
  /** must be set to put dev keys on any but a local chain */
  allowDevKeysOffLocal?: boolean;
  /** folder that holds `artifacts` and `src/generated/srs.json` */
  root?: string;
}

/**
 * Deploys everything: the contract that checks proofs, the relay, a registry and all that stands on it. The same code, keys,
 * powers, delay, owner and permission for development keys give the same addresses on every chain; what stands is kept.
 * @throws DescentError: `DEV_KEYS_OFF_LOCAL`, `NOT_BUILT` (contracts or setup missing), or what the chain says
 */
export async function deployRegistry(rpc: string, options: DeployOptions = {}): Promise<Deployment> {
  const chain = await connect(rpc);
  const root = options.root ?? ROOT;
  const srs = readSrs(root);
  const allowed = options.allowDevKeysOffLocal ?? false;
  if (srs.devKeys && !allowed && !LOCAL_CHAINS.includes(chain.id)) throw devKeysOffLocal(chain.id);
  const account = options.account ?? localAccount(chain.id);
  const owner = options.owner ?? account.address;

  const deployer = new Deployer(chain, account);
  const contracts: Deployment['contracts'] = {};
  const deploy = async (source: string, name: string, args: readonly unknown[] = []): Promise<Deployed> => {
    const deployed = await deployer.deploy(readArtifact(source, name, root), args);
    contracts[`${source}:${name}`] = { address: deployed.address, arguments: deployed.arguments };
    return deployed;
  };

  await deployer.prepare();
  const keys = options.keys ?? firstKeys();
  const delay = options.delay ?? DEFAULT_DELAY;
  const given = { keys, srs, delay, allowDevKeysOffLocal: allowed, owner };
  let receipt: TransactionReceipt | undefined;
  const placed = await deployInOrder(given, async (name, args) => {
    const made = await deploy(`contracts/${name}.sol`, name, args);
    if (name === 'ModelRegistry') receipt = made.receipt;
    return made.address;
  });
  receipt ??= await receiptOf(chain, placed.ModelRegistry);
  const deployment: Deployment = {
    chainId: chain.id,
    ...eachPlace((place) => placed[PLACES[place]]),
    verifiersContract: placed.Verifiers,
    owner,
    delay: Number(delay),
    keys: hashesOf(keys),
    devKeys: srs.devKeys,
    deployer: getAddress(receipt.from),
    block: Number(receipt.blockNumber),
    transaction: receipt.transactionHash,
    gas: Number(receipt.gasUsed),
    contracts,
  };
  if (options.deploymentsFile !== undefined) recordDeployment(options.deploymentsFile, deployment);
  return deployment;
}

function hashesOf(keys: readonly FirstKey[]): Record<Circuit, Hex> {
  const hashes = CIRCUIT_NAMES.map((program, k) => [program, keyHash(keyOfWords(keys[k].words))]);
  return Object.fromEntries(hashes) as Record<Circuit, Hex>;
}

/** The transaction that made a registry that stands already: the registry's first event names it. */
async function receiptOf(chain: Chain, registry: Address): Promise<TransactionReceipt> {
  const transactionHash = await translateErrors(() => creationOf(chain, registry));
  try {
    return await chain.client.getTransactionReceipt({ hash: transactionHash });
  } catch (error) {
    throw explainRevert(error);
  }
}

/** Deployments by chain id, as the file keeps them; none where the file is missing. @throws DescentError (data) */
export function readDeployments(path: string): Record<string, Deployment> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw cause;
  }
  try {
    return JSON.parse(text) as Record<string, Deployment>;
  } catch (cause) {
    throw new DescentError(`${path} is not JSON.`, { cause, code: 'FILE_FORMAT', exit: 'data' });
  }
}

function recordDeployment(path: string, deployment: Deployment): void {
  const deployments = { ...readDeployments(path), [deployment.chainId]: deployment };
  writeDurably(path, `${JSON.stringify(deployments, null, 2)}\n`);
}

/** A contract as it was compiled. @throws DescentError `NOT_BUILT` */
export function readArtifact(source: string, name: string, root = ROOT): Artifact {
  return readJson(join(root, 'artifacts', source, `${name}.json`), 'npm run build') as Artifact;
}

/** The powers of tau that contracts are made with. @throws DescentError `NOT_BUILT` */
export function readSrs(root = ROOT): ReturnType<typeof parseSrs> {
  return parseSrs(readJson(join(root, 'src/generated/srs.json'), 'npm run setup'));
}

function localAccount(chainId: number): LocalAccount {
  if (LOCAL_CHAINS.includes(chainId)) return developmentAccount(0);
  throw new DescentError(`Deploying to chain ${chainId} needs an account that pays.`, {
    code: 'NO_ACCOUNT',
    exit: 'usage',
  });
}

function devKeysOffLocal(chainId: number): DescentError {
  return new DescentError(`The keys are development keys; chain ${chainId} is not a local one.`, {
    code: 'DEV_KEYS_OFF_LOCAL',
    exit: 'usage',
    details: 'The secrets of development keys are public: anyone could register anything.',
    hint: 'Make keys with a real ceremony, or say that you want this (allowDevKeysOffLocal).',
  });
}

function readJson(path: string, command: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new DescentError(`${path} is missing or damaged.`, {
      cause,
      code: 'NOT_BUILT',
      hint: `Make it with ${command}.`,
    });
  }
}
