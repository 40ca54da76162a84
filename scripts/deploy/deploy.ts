import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Abi,
  type Address,
  createWalletClient,
  getAddress,
  type Hex,
  http,
  keccak256,
  type LocalAccount,
} from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { parseSrs, type SrsPowers } from '../../src/registry/opening.ts';
import { PROGRAMS, type Program } from '../../src/registry/statement.ts';
import { type Chain, connect } from '../chain/client.ts';
import { developmentAccount, LOCAL_CHAINS } from '../chain/keys.ts';
import { explainRevert } from '../chain/revert.ts';
import { writeDurably } from '../runs/durable.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const VERIFIERS: Record<Program, string> = {
  data: 'DataVerifier',
  seed: 'SeedVerifier',
  train: 'TrainVerifier',
  root: 'RootVerifier',
  merge: 'MergeVerifier',
  score: 'ScoreVerifier',
};

/** What stands on a chain. */
export interface Deployment {
  chainId: number;
  registry: Address;
  /** holds results and leaderboards of the registry's models */
  scoreboard: Address;
  /** checks proofs for both; its owner, the deployer at first, can add verifiers */
  verifiersContract: Address;
  /** the first verifier of each program */
  verifiers: Record<Program, Address>;
  /** keccak256 of the verifiers' code, which holds the verification keys */
  verifierCode: Record<Program, Hex>;
  /** whether the keys are development keys, with which anyone can forge */
  devKeys: boolean;
  deployer: Address;
  /** block of the registry: its events begin here */
  block: number;
  transaction: Hex;
  gas: number;
}

export interface DeployOptions {
  /** who pays; on a local chain the first development account unless given */
  account?: LocalAccount;
  /** file that keeps deployments by chain id; not written unless given */
  deploymentsFile?: string;
  /** must be set to put dev keys on any but a local chain */
  allowDevKeysOffLocal?: boolean;
  /** folder that holds `artifacts` and `src/generated/srs.json` */
  root?: string;
}

/**
 * Deploys the verifiers, the contract that calls them, a registry and its scoreboard.
 * @throws DescentError: `DEV_KEYS_OFF_LOCAL`, `NOT_BUILT` (contracts or setup missing), or what the chain says
 */
export async function deployRegistry(rpc: string, options: DeployOptions = {}): Promise<Deployment> {
  const chain = await connect(rpc);
  const root = options.root ?? ROOT;
  const srs = parseSrs(readJson(join(root, 'src/generated/srs.json'), 'npm run setup'));
  const allowed = options.allowDevKeysOffLocal ?? false;
  if (srs.devKeys && !allowed && !LOCAL_CHAINS.includes(chain.id)) throw devKeysOffLocal(chain.id);

  const deployer = new Deployer(chain, options.account ?? localAccount(chain.id), root);
  const verifiers = {} as Record<Program, Address>;
  const verifierCode = {} as Record<Program, Hex>;
  for (const program of Object.keys(PROGRAMS) as Program[]) {
    const { address } = await deployer.deploy(`contracts/verifiers/${VERIFIERS[program]}.sol`, VERIFIERS[program]);
    verifiers[program] = address;
    verifierCode[program] = keccak256((await chain.client.getCode({ address })) ?? '0x');
  }
  const checked = await deployer.deploy('contracts/Verifiers.sol', 'Verifiers', [
    (Object.keys(PROGRAMS) as Program[]).map((program) => verifiers[program]),
    powersArgument(srs),
    srs.devKeys,
    allowed,
  ]);
  const { address, block, transaction, gas } = await deployer.deploy('contracts/ModelRegistry.sol', 'ModelRegistry', [
    checked.address,
  ]);
  const scoreboard = await deployer.deploy('contracts/Scoreboard.sol', 'Scoreboard', [address]);
  const deployment: Deployment = {
    chainId: chain.id,
    registry: address,
    scoreboard: scoreboard.address,
    verifiersContract: checked.address,
    verifiers,
    verifierCode,
    devKeys: srs.devKeys,
    deployer: deployer.account.address,
    block,
    transaction,
    gas,
  };
  if (options.deploymentsFile !== undefined) recordDeployment(options.deploymentsFile, deployment);
  return deployment;
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

class Deployer {
  readonly account: LocalAccount;
  readonly #chain: Chain;
  readonly #root: string;

  constructor(chain: Chain, account: LocalAccount, root: string) {
    this.account = account;
    this.#chain = chain;
    this.#root = root;
  }

  /** Deploys a contract from its artifact and waits for it. @throws DescentError when it is not built or reverts */
  async deploy(source: string, name: string, args: readonly unknown[] = []) {
    const file = join(this.#root, 'artifacts', source, `${name}.json`);
    const { abi, bytecode } = readJson(file, 'npm run build') as { abi: Abi; bytecode: Hex };
    const wallet = createWalletClient({ account: this.account, transport: http(this.#chain.rpc, { timeout: 60_000 }) });
    try {
      const hash = await wallet.deployContract({ abi, bytecode, args, chain: null });
      const receipt = await this.#chain.client.waitForTransactionReceipt({ hash, timeout: 300_000 });
      if (receipt.status !== 'success' || !receipt.contractAddress) {
        throw new DescentError(`Deploying ${name} failed in transaction ${hash}.`, { code: 'REVERTED', exit: 'chain' });
      }
      return {
        address: getAddress(receipt.contractAddress),
        block: Number(receipt.blockNumber),
        transaction: hash,
        gas: Number(receipt.gasUsed),
      };
    } catch (error) {
      throw explainRevert(error);
    }
  }
}

function powersArgument({ tau, tauC, tauC2 }: SrsPowers) {
  return { tau, tauC, tauC2 };
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
